/** The listener for members with its default limits, in a process of its own; credentials come from stdin, it prints its port. */
import { readFileSync } from "node:fs";
import { fileResponse } from "../../lib/core/file_body.ts";
import { listenAs, reply } from "./members.ts";

const CHUNK_BYTES = 1024 * 1024;
const [self] = JSON.parse(new TextDecoder().decode((await Deno.stdin.readable.values().next()).value)) as [never];

const zeros = (length: number) =>
  fileResponse({
    length,
    pieceBytes: 256 * 1024,
    read: () => Promise.resolve(),
    isWaitedFor: () => false,
    close: () => {},
  }, {});

await using listener = await listenAs(self, {
  handler(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/chunk") return zeros(CHUNK_BYTES);
    if (pathname === "/big") return zeros(1e12);
    const [, kiB] = /VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))!;
    return reply(`${Number(kiB) / 1024}`);
  },
});
console.log(listener.port);
await new Promise(() => {});
