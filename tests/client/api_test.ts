import assert from "node:assert/strict";
import { Api, ClientError } from "../../lib/client/api.ts";

const answering = (response: () => Response) => new Api(() => Promise.resolve(response()));

Deno.test("requests carry their JSON and give the answer", async () => {
  const seen: [string, RequestInit][] = [];
  const api = new Api((path, init) => {
    seen.push([path, init]);
    return Promise.resolve(
      init.method === "DELETE" ? new Response(null, { status: 204 }) : Response.json({ ok: true }),
    );
  });
  assert.deepEqual(await api.get("/api/status"), { ok: true });
  assert.deepEqual(await api.patch("/api/settings", { "ui.theme": "dark" }), { ok: true });
  assert.deepEqual(await api.post("/api/downloads/1/pause"), { ok: true });
  assert.equal(await api.delete("/api/shares/1"), undefined);
  assert.deepEqual(
    seen.map(([path, { method, body }]) => [method, path, body]),
    [
      ["GET", "/api/status", undefined],
      ["PATCH", "/api/settings", '{"ui.theme":"dark"}'],
      ["POST", "/api/downloads/1/pause", undefined],
      ["DELETE", "/api/shares/1", undefined],
    ],
  );
});

Deno.test("a problem document becomes an error with its code and details", async () => {
  const document = { code: "bad-config", key: "peer.name", detail: "peer.name must be a name", status: 400 };
  await assert.rejects(
    answering(() => Response.json(document, { status: 400 })).get("/api/settings"),
    (error: ClientError) => {
      assert.deepEqual([error.code, error.status, error.detail, error.details.key], [
        "bad-config",
        400,
        "peer.name must be a name",
        "peer.name",
      ]);
      return true;
    },
  );
});

Deno.test("an answer that is no problem document is understood by its status", async () => {
  for (
    const [status, code] of [[401, "unauthorized"], [403, "unauthorized"], [500, "internal"], [
      404,
      "internal",
    ]] as const
  ) {
    await assert.rejects(answering(() => new Response("<html>", { status })).get("/api/x"), { code, status });
  }
});

Deno.test("without an answer the error is lost, and an own abort is not an error of the network", async () => {
  const never = new Api((_path, { signal }) =>
    new Promise((_resolve, reject) => signal!.addEventListener("abort", () => reject(signal!.reason)))
  );
  await assert.rejects(new Api(() => Promise.reject(new TypeError("failed"))).get("/"), { code: "lost", status: 0 });
  await assert.rejects(never.get("/", { timeoutMs: 1 }), { code: "lost" });
  const abort = new AbortController();
  const waiting = never.get("/", { signal: abort.signal });
  abort.abort();
  await assert.rejects(waiting, { name: "AbortError" });
});
