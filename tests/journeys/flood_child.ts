/**
 * Asks the same as often as it can over connections that are kept, until stdin ends; prints how often it was answered with
 * each status, and whether each refusal said when to come again. Stdin: one line of JSON.
 */
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Flood, Flooded } from "./flood.ts";

const CONNECTIONS = 8;
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
const flood: Flood = JSON.parse((await lines.read()).value!);
const statuses: Record<string, number> = {};
let withoutRetry = 0;
let sent = 0;
let isOver = false;

async function ask(): Promise<void> {
  const at = { host: "127.0.0.1", port: flood.port };
  const socket = flood.tls ? connectTls({ ...at, ...flood.tls, checkServerIdentity: () => undefined }) : connectTcp(at);
  socket.on("error", () => {});
  await once(socket, flood.tls ? "secureConnect" : "connect");
  let heard = "";
  let wake = Promise.withResolvers<void>();
  socket.on("data", (bytes) => {
    heard += bytes.toString("latin1");
    wake.resolve();
  });
  socket.on("close", () => wake.resolve());
  while (!isOver && sent < flood.requests && !socket.destroyed) {
    sent++;
    socket.write(flood.request);
    heard = "";
    while (!isWhole(heard) && !socket.destroyed) {
      await wake.promise;
      wake = Promise.withResolvers();
    }
    const status = heard.slice(9, 12);
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status === "429" && !/\r\nretry-after: [1-9]/i.test(heard)) withoutRetry++;
  }
  socket.destroy();
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
  return length === undefined ? answer.endsWith("\r\n0\r\n\r\n") : answer.length >= end + 4 + Number(length);
}

const began = performance.now();
lines.read().then(() => isOver = true);
while (!isOver && sent < flood.requests) await Promise.all(Array.from({ length: CONNECTIONS }, ask));
console.log(JSON.stringify({ statuses, withoutRetry, ms: Math.round(performance.now() - began) } satisfies Flooded));
Deno.exit(0);
