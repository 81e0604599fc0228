import assert from "node:assert/strict";
import { httpClient } from "../../lib/adapters/http_client.ts";
import { httpTrackerClient } from "../../lib/adapters/http_tracker_client.ts";
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
