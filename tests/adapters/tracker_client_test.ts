import assert from "node:assert/strict";
import { httpClient } from "../../lib/adapters/http_client.ts";
import { httpAuthorityClient, httpTrackerClient } from "../../lib/adapters/http_tracker_client.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { problem } from "../../routes/http.ts";
import { announceBy, peerId } from "../fakes.ts";

Deno.test("a tracker's refusals say what a peer can do about them", async () => {
  using http = httpClient();
  let refusal = new EssaimError("internal", "");
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => problem(refusal));
  const tracker = httpTrackerClient(http, `http://127.0.0.1:${server.addr.port}`);
  const announce = () => tracker.announce(announceBy(peerId(1)), "token", AbortSignal.timeout(5_000));
  const table: [EssaimError, Partial<EssaimError>][] = [
    [new EssaimError("bad-record", "x"), { code: "bad-input" }],
    [new EssaimError("too-large", "x"), { code: "too-large" }],
    [new EssaimError("limited", "x"), { code: "busy", retryAfterMs: 1_000 }],
    [new EssaimError("unauthorized", "x"), { code: "unauthorized" }],
    [new EssaimError("conflict", "Old.", { details: { knownSerial: 7 } }), {
      code: "conflict",
      message: "Old.",
      details: { knownSerial: 7 },
    }],
    [new EssaimError("internal", "x"), { code: "bad-content" }],
  ];
  for (const [sent, expected] of table) {
    refusal = sent;
    await assert.rejects(announce(), expected);
  }
});

Deno.test("who may not join is told why", async () => {
  using http = httpClient();
  let refusal = new EssaimError("internal", "");
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => problem(refusal));
  const authority = httpAuthorityClient(http, `http://127.0.0.1:${server.addr.port}`);
  for (const code of ["wrong-code", "name-taken", "removed"] as const) {
    refusal = new EssaimError(code, "Why.");
    await assert.rejects(authority.join("a.b.c", AbortSignal.timeout(5_000)), { code, message: "Why." });
  }
  refusal = new EssaimError("limited", "x", { retryAfterMs: 30_000 });
  await assert.rejects(authority.renew("a.b.c", AbortSignal.timeout(5_000)), { code: "limited", retryAfterMs: 30_000 });
  refusal = new EssaimError("conflict", "Why.");
  await assert.rejects(authority.join("a.b.c", AbortSignal.timeout(5_000)), { code: "conflict" });
});
