import assert from "node:assert/strict";
import { whileMoving } from "../../lib/adapters/http_client.ts";
import { plainClient } from "../../lib/adapters/plain_client.ts";
import { httpPeerClient } from "../../lib/adapters/http_peer_client.ts";
import type { Address, PeerClient } from "../../lib/ports.ts";
import { codeOf, fileId } from "../fakes.ts";
import { CHUNK, nextTurn } from "../fakes_download.ts";
import { encoder, Hostile, never, send } from "./hostile.ts";

for (const what of ["bundle", "hashes"] as const) {
  const ask = (client: PeerClient, at: Address) =>
    what === "bundle" ? client.bundle(at, [{ id: fileId(1), size: 500 }], never) : client.hashes(at, large, never);
  const large = { id: fileId(1), size: 16 * CHUNK, chunkSize: CHUNK };
  const body = what === "bundle" ? new Uint8Array([0, 0, 1, 244, ...new Uint8Array(500)]) : new Uint8Array(512);

  for (const sent of [0, 8]) {
    Deno.test(`${what} of a peer that stalls after ${sent} bytes is unreachable`, async () => {
      await using server = new Hostile(async (connection) => {
        const head = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`;
        if (sent > 0) await send(connection, new Uint8Array([...encoder.encode(head), ...body.subarray(0, sent)]));
        await connection.read(new Uint8Array(1));
      });
      using http = plainClient();
      const client = httpPeerClient({ http }, { bytes: 64, ms: 200 });
      assert.equal(await codeOf(ask(client, server.at)), "unreachable");
    });
  }
}

Deno.test("a long exchange may take as long as it wants while something comes", async () => {
  const pulse = { bytes: 10, ms: 5 };
  const ticks = 20;
  const end = performance.now() + ticks * pulse.ms;
  await whileMoving(never, pulse, async (within, onBytes) => {
    while (performance.now() < end) {
      onBytes(pulse.bytes);
      within.throwIfAborted();
      await nextTurn();
    }
  });
});
