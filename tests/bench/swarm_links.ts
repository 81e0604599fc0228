import { fileURLToPath } from "node:url";
import type { Desk } from "../lan/networks.ts";

const LINK_END = fileURLToPath(new URL("link_end.ts", import.meta.url));
/** Bytes on the wire for each byte that TCP carries: 1,448 in a frame of 1,514. */
export const ETHERNET = 1514 / 1448;
const STREAM_BYTES = 12 * 1024 ** 2;
/** What one stream must reach of the rate, and no number of streams may pass. */
const REACHED = { least: 0.92, most: 1.04 };

/** What a link of so many bits a second carries, in bytes of a file a second. */
export const fileRate = (bitsPerSecond: number): number => bitsPerSecond / 8 / ETHERNET;

/** Sends real bytes: one stream nearly fills a link, and two share it, at the sender's end as at the receiver's. */
export async function checkLinks(desks: readonly Desk[], bitsPerSecond: number, signal: AbortSignal): Promise<string> {
  const [a, b, c] = desks;
  if (!a || !b || !c) throw new Error("Three computers are needed to check their links.");
  const said: string[] = [];
  const check = async (what: string, pairs: readonly (readonly [Desk, Desk])[]) => {
    const streams = await Promise.all(pairs.map(([from, to], index) => stream(from, to, 7_000 + index, signal)));
    const begun = Math.min(...streams.map((one) => one.begun));
    const ended = Math.max(...streams.map((one) => one.ended));
    const rate = streams.reduce((sum, { total }) => sum + total, 0) / (ended - begun) * 1_000;
    const part = rate / fileRate(bitsPerSecond);
    if (part < REACHED.least || part > REACHED.most) {
      throw new Error(
        `${what}: ${(part * 100).toFixed(0)} % of the link's rate. These links are not what is measured.`,
      );
    }
    said.push(`${what} ${(part * 100).toFixed(0)} %`);
  };
  await check("one stream", [[a, b]]);
  await check("two from one computer", [[a, b], [a, c]]);
  await check("two to one computer", [[b, a], [c, a]]);
  return said.join(", ");
}

/** Bytes of one stream, and when the first and the last of them came. */
interface Stream {
  readonly total: number;
  readonly begun: number;
  readonly ended: number;
}

async function stream(from: Desk, to: Desk, port: number, signal: AbortSignal): Promise<Stream> {
  const end = (desk: Desk, ...args: string[]) => {
    const [program = "", ...words] = [...desk.within, Deno.execPath(), "run", "-q", "-A", LINK_END, ...args];
    return new Deno.Command(program, { args: words, signal, stdin: "null", stderr: "piped", stdout: "piped" }).output();
  };
  const [received, sent] = await Promise.all([
    end(to, "receive", String(port)),
    end(from, "send", String(port), to.address, String(STREAM_BYTES)),
  ]);
  for (const { success, stderr } of [received, sent]) {
    if (!success) throw new Error(`The links could not be checked: ${new TextDecoder().decode(stderr)}`);
  }
  return JSON.parse(new TextDecoder().decode(received.stdout));
}
