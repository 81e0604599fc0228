import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { type MemberClient, memberClient } from "../../lib/adapters/member_client.ts";
import { DEFAULT_LIMITS } from "../../lib/adapters/http_listener.ts";
import { serverNameOf } from "../../lib/core/class_messages.ts";
import { until } from "./raw_http.ts";
import { TestClass, type TestMember } from "./test_class.ts";

const CONNECTIONS = 400;
const ANSWERED_MS = 2_000;
const RECOVERED_MS = 10_000;
const MOST_GROWTH_MIB = 190;
const CHUNK_BYTES = 1024 * 1024;

interface Server {
  readonly port: number;
  readonly peer: TestMember;
}

interface Slow {
  isOpen(): boolean;
  /** Sends a byte more. */
  trickle(): void;
  close(): void;
}

/** A member that is slow in one of four ways; resolves when it is, or when it was refused. */
async function slowly(way: number, { port, peer }: Server, mallory: TestMember, signal: AbortSignal): Promise<Slow> {
  const servername = serverNameOf(peer.peerId);
  if (way === 0) {
    const client = memberClient({ credentials: mallory.credentials });
    const url = `https://127.0.0.1:${port}/big`;
    const isReading = await client.to(servername).fetch(url, { signal }).then(() => true, () => false);
    return { isOpen: () => isReading, trickle: () => {}, close: () => client[Symbol.dispose]() };
  }
  const socket = way === 1
    ? connectTcp(port, "127.0.0.1") // no handshake
    : connectTls({ host: "127.0.0.1", port, ...mallory.credentials, servername });
  await new Promise<void>((resolve) => {
    for (const event of [way === 1 ? "connect" : "secureConnect", "close"]) socket.once(event, () => resolve());
    socket.on("error", () => socket.destroy());
    socket.on("data", () => {});
  });
  const begin = ["", "", "GET /chunk HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n"];
  if (socket.writable) socket.write(begin[way]!);
  return {
    isOpen: () => !socket.destroyed,
    trickle: () => way > 1 && socket.writable && socket.write("a"),
    close: () => socket.destroy(),
  };
}

async function ask(client: MemberClient, { port, peer }: Server, path: string): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(1_000);
  const response = await client.to(serverNameOf(peer.peerId)).fetch(`https://127.0.0.1:${port}/${path}`, { signal });
  return await response.bytes();
}

/** Milliseconds until a chunk came over a new connection. */
async function chunkMs(bob: TestMember, server: Server): Promise<number> {
  const start = performance.now();
  await until(async () => {
    using client = memberClient({ credentials: bob.credentials });
    return await ask(client, server, "chunk").then(({ length }) => length === CHUNK_BYTES, () => false);
  });
  return performance.now() - start;
}

Deno.test({
  name: "400 slow members and 256 descriptors do not keep a peer from answering others within 2 s",
  ignore: !existsSync("/usr/bin/prlimit"), // util-linux
  async fn() {
    const ours = await TestClass.make();
    const [peer, bob, mallory] = [await ours.member(), await ours.member(), await ours.member()];
    const child = new URL("./member_listener_child.ts", import.meta.url).pathname;
    const args = ["--nofile=256:256", Deno.execPath(), "run", "-A", child];
    await using process = new Deno.Command("/usr/bin/prlimit", { args, stdout: "piped", stdin: "piped" }).spawn();
    const input = process.stdin.getWriter();
    await input.write(new TextEncoder().encode(JSON.stringify([peer])));
    const port = Number(new TextDecoder().decode((await process.stdout.getReader().read()).value));
    const server = { port, peer };
    const memory = async () => {
      using client = memberClient({ credentials: bob.credentials });
      return Number(new TextDecoder().decode(await ask(client, server, "memory").catch(() => undefined)));
    };
    await chunkMs(bob, server);
    const before = await memory();

    const end = new AbortController();
    const attackers: Slow[] = [];
    const trickle = setInterval(() => attackers.forEach((attacker) => attacker.trickle()), 200);
    const growth: number[] = [];
    try {
      for (let i = 0; i < CONNECTIONS; i++) attackers.push(await slowly(i % 4, server, mallory, end.signal));
      assert.ok(attackers.filter((attacker) => attacker.isOpen()).length >= DEFAULT_LIMITS.maxFromLoopback / 2);
      for (let time = 0; time < 20; time++) {
        const ms = await chunkMs(bob, server);
        assert.ok(ms < ANSWERED_MS, `answered after ${ms} ms`);
        growth.push(await memory() - before);
      }
    } finally {
      clearInterval(trickle);
      end.abort();
      for (const attacker of attackers) attacker.close();
    }
    assert.ok(growth.some((mib) => mib > 0) && growth.every((mib) => !(mib > MOST_GROWTH_MIB)), `${growth} MiB`);
    const start = performance.now();
    const room = DEFAULT_LIMITS.maxFromLoopback / 8;
    const many = Array.from({ length: room }, () => chunkMs(bob, server));
    await Promise.all(many);
    assert.ok(performance.now() - start < RECOVERED_MS);
  },
});
