import { setTimeout as delay } from "node:timers/promises";

/** One end of a stream of bytes: `receive PORT` prints how many came and between which times, `send PORT HOST BYTES`. */

const [what, port, host = "", bytes] = Deno.args;
const block = new Uint8Array(256 * 1024);
const CONNECT_WITHIN_MS = 5_000;

if (what === "receive") await receive();
else await send();

async function receive(): Promise<void> {
  using listener = Deno.listen({ hostname: "0.0.0.0", port: Number(port) });
  using connection = await listener.accept();
  let total = await connection.read(block) ?? 0;
  const begun = Date.now();
  for (let count; (count = await connection.read(block)) !== null;) total += count;
  console.log(JSON.stringify({ total, begun, ended: Date.now() }));
}

async function send(): Promise<void> {
  using connection = await connect();
  let left = Number(bytes);
  while (left > 0) left -= await connection.write(block.subarray(0, left));
}

/** The other end may still be starting. */
async function connect(): Promise<Deno.TcpConn> {
  const deadline = performance.now() + CONNECT_WITHIN_MS;
  for (;;) {
    try {
      return await Deno.connect({ hostname: host, port: Number(port) });
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(20);
    }
  }
}
