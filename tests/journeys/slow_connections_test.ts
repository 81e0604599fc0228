import assert from "node:assert/strict";
import { MB, randomFile, sha256 } from "./files.ts";
import { Classroom, type Peer } from "./processes.ts";
import { until } from "./until.ts";

const CONNECTIONS = 400;
const ANSWERED_MS = 10_000; // promised
const MOST_BYTES = 300 * MB;

/** Half send their headers byte by byte, half ask for a whole file and never read it. */
async function attack(port: number, path: string): Promise<AsyncDisposable> {
  const end = new AbortController();
  const connections: Deno.Conn[] = [];
  const trickles: Promise<void>[] = [];
  const encoder = new TextEncoder();
  for (let n = 0; n < CONNECTIONS; n++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => undefined);
    if (!connection) continue;
    connections.push(connection);
    const request = encoder.encode(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const write = n % 2 === 0 ? trickle(connection, end.signal) : connection.write(request);
    trickles.push(Promise.resolve(write).then(() => {}, () => {}));
  }
  return {
    async [Symbol.asyncDispose]() {
      end.abort();
      for (const connection of connections) connection.close();
      await Promise.all(trickles);
    },
  };
}

async function trickle(connection: Deno.Conn, signal: AbortSignal): Promise<void> {
  for (const byte of new TextEncoder().encode(`GET /v1/hello HTTP/1.1\r\nX: ${"x".repeat(1_000)}`)) {
    await connection.write(Uint8Array.of(byte));
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, 400);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
    if (signal.aborted) return;
  }
}

async function residentBytes({ pid }: Peer): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(await Deno.readTextFile(`/proc/${pid}/status`))?.[1]) * 1024;
}

/** The body, or undefined when it is refused now. */
async function ask(url: string): Promise<Uint8Array | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000), headers: { connection: "close" } });
    const body = await response.bytes();
    return response.ok ? body : undefined;
  } catch {
    return undefined;
  }
}

Deno.test({
  name: "400 slow connections from one address do not keep a peer of 256 descriptors from answering others",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using room = await Classroom.with("bob");
    const alice = await room.startPeer("alice", { within: ["prlimit", "--nofile=256:256"] });
    const film = await randomFile(`${room.folder}/film.bin`, 40 * MB);
    const shared = await alice.share(film);
    const base = `http://127.0.0.1:${alice.port}`;
    const chunk = `${base}/v1/files/${shared.id}/chunks/3`;
    assert.equal((await ask(chunk))?.length, 256 * 1024);
    let most = 0;
    {
      await using _attack = await attack(alice.port, `/v1/files/${shared.id}/content`);
      for (const url of [`${base}/v1/hello`, chunk]) {
        await until(`${url} is answered`, async () => {
          most = Math.max(most, await residentBytes(alice));
          return await ask(url);
        }, ANSWERED_MS);
      }
    }
    assert.ok(most < MOST_BYTES, `${Math.round(most / MB)} MB in memory`);
    const { path } = await room.peer("bob").get(shared.id);
    assert.equal(await sha256(path), await sha256(film));
  },
});
