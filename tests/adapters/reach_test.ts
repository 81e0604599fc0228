import assert from "node:assert/strict";
import { plainClient } from "../../lib/adapters/plain_client.ts";
import { listenHttp } from "../../lib/adapters/http_listener.ts";
import { httpPeerClient } from "../../lib/adapters/http_peer_client.ts";
import { reachClient } from "../../lib/adapters/reach_client.ts";
import { networkCards, udpEcho } from "../../lib/adapters/udp_echo.ts";
import { CallBack } from "../../lib/app/call_back.ts";
import { KnownAddresses } from "../../lib/app/known_addresses.ts";
import { Neighbours } from "../../lib/app/neighbours.ts";
import type { PeerId } from "../../lib/core/ids.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { peerToPeerApi } from "../../routes/api/peer_to_peer.ts";
import { codeOf, FakeClass, FakeLog, hexId, PatientClock, peerId } from "../fakes.ts";
import { MemoryAddresses } from "../app/known_setup.ts";

const never = new AbortController().signal;

/** A peer that answers hello and callback on a real socket; the rest of it is not there. */
async function somebody(id: PeerId, clock = new PatientClock()) {
  const http = plainClient();
  const neighbours = new Neighbours(id, clock);
  const peers = httpPeerClient({ http });
  const meeting = { self: id, peers, neighbours, members: new FakeClass(clock, undefined), intervalMs: 10_000 };
  const reach = reachClient(http);
  const callBack = new CallBack({ ...meeting, clock });
  const answer = peerToPeerApi(
    {
      hello: () => ({
        peerId: id,
        name: `peer ${id.slice(-1)}`,
        software: "x",
        index: { epoch: hexId(1, 32), version: 0 },
      }),
      callback: (request: Parameters<CallBack["answer"]>[0], caller: Caller, signal: AbortSignal) =>
        callBack.answer(request, caller, signal),
      onError: () => {},
    } as unknown as Parameters<typeof peerToPeerApi>[0],
  );
  const listener = await listenHttp({
    hostname: "127.0.0.1",
    ports: [0],
    handler: (request, { remoteAddress }) => answer(request, { kind: "anonymous", address: remoteAddress }),
  });
  const known = new KnownAddresses({
    ...{ ...meeting, reach, clock, log: new FakeLog(), store: new MemoryAddresses() },
    port: () => listener.port,
  });
  return {
    ...{ id, clock, neighbours, known, reach, port: listener.port, at: { host: "127.0.0.1", port: listener.port } },
    async [Symbol.asyncDispose]() {
      await listener.close(100);
      http[Symbol.dispose]();
    },
  };
}

Deno.test("connecting by hand makes both sides see each other", async () => {
  await using alice = await somebody(peerId(1));
  await using bob = await somebody(peerId(2));
  const { name } = await alice.known.connect(`127.0.0.1:${bob.port}`, never);
  assert.equal(name, "peer 2");
  assert.deepEqual(alice.neighbours.present().map(({ peerId, port }) => [peerId, port]), [[bob.id, bob.port]]);
  assert.deepEqual(bob.neighbours.present().map(({ peerId, port }) => [peerId, port]), [[alice.id, alice.port]]);
});

Deno.test("what answers but is no peer, what does not answer, and this very peer are told apart on real sockets", async () => {
  await using alice = await somebody(peerId(1));
  await using web = await listenHttp({
    hostname: "127.0.0.1",
    ports: [0],
    handler: () => Promise.resolve(new Response("<h1>Hello</h1>", { headers: { "content-type": "text/html" } })),
  });
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  closed.close();
  for (
    const [port, code] of [[web.port, "bad-content"], [closed.addr.port, "unreachable"], [
      alice.port,
      "conflict",
    ]] as const
  ) assert.equal(await codeOf(alice.known.connect(`127.0.0.1:${port}`, never)), code);
});

Deno.test("hello says how late it is there", async () => {
  await using bob = await somebody(peerId(2));
  const { said, date } = await bob.reach.hello(bob.at, never);
  assert.equal(said.peerId, bob.id);
  assert.ok(Math.abs(date! - Date.now()) < 5_000);
});

Deno.test("a callback over HTTP says yes or no, refuses bad ports, and asks nobody but the caller's own address", async () => {
  await using bob = await somebody(peerId(2));
  await using alice = await somebody(peerId(1));
  assert.deepEqual(await alice.reach.callback(bob.at, { peerId: alice.id, port: alice.port }, never), {
    reachable: true,
  });
  assert.equal(await codeOf(alice.reach.callback(bob.at, { peerId: alice.id, port: alice.port }, never)), "busy");
  bob.clock.advance(1_000);
  const asked = alice.reach.callback(bob.at, { peerId: peerId(7), port: alice.port }, never);
  const moving = setInterval(() => bob.clock.advance(1_000), 20); // a "no" takes two seconds there
  assert.deepEqual(await asked, { reachable: false }, "another peer is there");
  clearInterval(moving);
  const post = (body: unknown) =>
    fetch(`http://127.0.0.1:${bob.port}/v1/callback`, { method: "POST", body: JSON.stringify(body) });
  for (
    const body of [
      { peerId: alice.id, port: 22 },
      { peerId: "x", port: 5001 },
      { peerId: alice.id },
      [],
      "x".repeat(2_000),
    ]
  ) {
    const response = await post(body);
    assert.ok(response.status === 400 || response.status === 413, `${response.status}`);
    await response.body?.cancel();
  }
  const response = await post({ peerId: alice.id, port: alice.port, host: "10.9.9.9" });
  assert.equal(response.status, 200, "a host is no part of the question");
  assert.deepEqual(await response.json(), { reachable: true });
});

Deno.test("the echo of this computer's own datagrams ends in time and leaves no socket open", async () => {
  const began = performance.now();
  const { broadcast, multicast } = await udpEcho(networkCards(), never);
  assert.ok(performance.now() - began < 3_000);
  for (const heard of [broadcast, multicast]) assert.ok(heard === undefined || typeof heard === "boolean");
  const stopped = await udpEcho(networkCards(), AbortSignal.abort());
  assert.ok(stopped.broadcast !== true && stopped.multicast !== true);
  assert.deepEqual(await udpEcho([], never), { broadcast: undefined, multicast: undefined });
});
