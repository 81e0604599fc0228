/** Slow connections (see slow.ts), described by one line on stdin; prints how many are open, ends when stdin does. */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { SlowAttack, Way } from "./slow.ts";

const TRICKLE_EVERY_MS = 200;
const AT_ONCE = 20;
/** Not that of others: an address has only a part of what there is. */
const ADDRESS = "127.0.0.2";
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
let text = "";
while (!text.includes("\n")) text += (await lines.read()).value ?? "\n";
const { port, connections, ways }: SlowAttack = JSON.parse(text);

async function open({ tls, begin, filler = 0, trickle, reads }: Way): Promise<Socket> {
  const wire = connectTcp({ host: "127.0.0.1", port, localAddress: ADDRESS });
  wire.on("error", () => wire.destroy());
  const socket = tls ? connectTls({ socket: wire, ...tls, checkServerIdentity: () => undefined }) : wire;
  socket.on("error", () => socket.destroy());
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const event of [tls ? "secureConnect" : "connect", "close"]) socket.once(event, () => resolve());
  await promise;
  if (reads) socket.on("data", () => {});
  else socket.pause();
  if (socket.writable) socket.write(begin);
  if (socket.writable && filler > 0) socket.write(new Uint8Array(filler).fill(32));
  const timer = setInterval(() => socket.writable && socket.write(trickle), TRICKLE_EVERY_MS);
  socket.once("close", () => clearInterval(timer));
  return socket;
}

const sockets: Socket[] = [];
for (let first = 0; first < connections; first += AT_ONCE) {
  const some = Array.from({ length: AT_ONCE }, (_, index) => open(ways[(first + index) % ways.length]!));
  sockets.push(...await Promise.all(some));
}
console.log(sockets.filter(({ destroyed }) => !destroyed).length);
await lines.read();
Deno.exit(0);
