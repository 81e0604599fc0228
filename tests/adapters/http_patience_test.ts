import assert from "node:assert/strict";
import type { ListenerLimits } from "../../lib/adapters/http_listener.ts";
import { fileResponse } from "../../lib/core/file_body.ts";
import { get, listen, PATIENT, Raw, until } from "./raw_http.ts";

const HASTE: Partial<ListenerLimits> = { ...PATIENT, hurriedSendTimeoutMs: 50 };
const WITHOUT_END = () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65_536)) }));

Deno.test("a client that does not read loses its connection when they become scarce", async () => {
  await using server = await listen(WITHOUT_END, { ...HASTE, maxFromLoopback: 4 });
  await using raw = await Raw.open(server.port, false);
  raw.send(get("/"));
  await using _second = await Raw.open(server.port);
  await until(() => server.connections <= 1);
});

for (const waited of [true, false]) {
  Deno.test(`a file for a client that does not read is ${waited ? "given up as soon as another one waits" : "kept open"}`, async () => {
    const closed = Promise.withResolvers<void>();
    let isClosed = false;
    let pieces = 0;
    await using server = await listen(() =>
      fileResponse({
        length: 1e9,
        pieceBytes: 10_000,
        read(into) {
          pieces++;
          assert.ok(into.length <= 10_000);
          return Promise.resolve();
        },
        isWaitedFor: () => waited,
        close() {
          isClosed = true;
          closed.resolve();
        },
      }, {}), HASTE);
    await using raw = await Raw.open(server.port, false);
    raw.send(get("/"));
    if (waited) await closed.promise;
    else {
      let before = -1;
      await until(() => before === (before = pieces) && pieces > 10);
      assert.equal(isClosed, false);
    }
  });
}

Deno.test("a file that waits for its turn is given up when its client goes away", async () => {
  const asked = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  await using server = await listen(() =>
    fileResponse({
      length: 100,
      pieceBytes: 10,
      read: (_into, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          asked.resolve();
        }),
      isWaitedFor: () => false,
      close: () => closed.resolve(),
    }, {})
  );
  await using raw = await Raw.open(server.port);
  raw.send(get("/"));
  await asked.promise;
  raw.socket.destroy();
  await closed.promise;
});
