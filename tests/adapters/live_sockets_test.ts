import assert from "node:assert/strict";
import { listenHttp } from "../../lib/adapters/http_listener.ts";
import { liveSockets } from "../../lib/adapters/live_sockets.ts";

Deno.test("a reader that does not keep up is disconnected, so that memory stays bounded", async () => {
  using live = liveSockets(4);
  await using listener = await listenHttp({
    hostname: "127.0.0.1",
    ports: [0],
    handler: () => new Response(),
    upgrade: (_request, socket, head, incoming) => live.accept(incoming, socket, head),
  });
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: listener.port });
  await connection.write(new TextEncoder().encode(
    `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  ));
  await connection.read(new Uint8Array(1000));
  assert.equal(live.size, 1);
  const event = { text: "x".repeat(10_000) };
  for (let sent = 0; live.size > 0 && sent < 5_000; sent++) {
    live.send(event);
    if (sent % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.equal(live.size, 0);
});
