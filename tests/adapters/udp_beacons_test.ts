import assert from "node:assert/strict";
import { udpBeacons, type UdpBeaconsOptions } from "../../lib/adapters/udp_beacons.ts";
import { encodeBeacon, type PeerBeacon } from "../../lib/core/beacon.ts";
import type { Datagram } from "../../lib/discovery_ports.ts";
import { FakeLog, hexId, peerId } from "../fakes.ts";

function beacon(number: number): Uint8Array {
  const index = { epoch: hexId<string>(1, 32), version: number };
  const said: PeerBeacon = {
    essaim: 1,
    kind: "peer",
    peer: peerId(number),
    instance: hexId(number, 32),
    port: 5001,
    index,
  };
  return encodeBeacon(said);
}

/** A UDP port that nobody has. */
function freePort(): number {
  using conn = scoped(Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port: 0 }));
  return (conn.of.addr as Deno.NetAddr).port;
}

function scoped(of: Deno.DatagramConn): { of: Deno.DatagramConn } & Disposable {
  return { of, [Symbol.dispose]: () => of.close() };
}

/** A socket with what it hears. Networks other than the loopback are left out unless `cards` says otherwise. */
function listening(options: Partial<UdpBeaconsOptions> & { port: number }) {
  const log = new FakeLog();
  const socket = udpBeacons({ log, cards: () => [], lookedAtMs: 10, ...options });
  const heard: (Omit<Datagram, "bytes"> & { text: string })[] = [];
  const counts = { moved: 0 };
  let news = Promise.withResolvers<void>();
  const happened = () => {
    news.resolve();
    news = Promise.withResolvers();
  };
  socket.open({
    heard({ bytes, ...rest }) {
      heard.push({ ...rest, text: new TextDecoder().decode(bytes) });
      happened();
    },
    moved() {
      counts.moved++;
      happened();
    },
  });
  return {
    ...{ socket, heard, counts, log },
    /** Waits until it is so, as long as the test may last. */
    async until(isSo: () => boolean) {
      while (!isSo()) {
        const early = Promise.withResolvers<void>();
        const timer = setTimeout(early.resolve, 20);
        await Promise.race([news.promise, early.promise]);
        clearTimeout(timer);
      }
    },
    [Symbol.asyncDispose]: () => socket.close(),
  };
}

Deno.test("several programs on one computer hear each other on the same port", async () => {
  const port = freePort();
  await using a = listening({ port });
  await using b = listening({ port });
  await using c = listening({ port });
  await a.socket.send(beacon(1), "everywhere", false);
  const text = new TextDecoder().decode(beacon(1));
  for (const { heard, until } of [a, b, c]) {
    await until(() => heard.length > 0);
    assert.deepEqual(heard, [{ from: "127.0.0.1", way: "loopback", isOwn: true, text }]);
  }
  assert.deepEqual([a.socket.state, a.socket.sent, a.socket.lastError], ["on", 1, undefined]);
  await a.socket.send(beacon(2), "networks", true);
  assert.equal(a.socket.sent, 1, "it is on no network");
});

Deno.test("what is no beacon, or too long for one, is dropped", async () => {
  const port = freePort();
  await using a = listening({ port });
  using sender = scoped(Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 }));
  const to = { transport: "udp", hostname: "127.0.0.1", port } as const;
  const long = new Uint8Array(1_201);
  long.set(beacon(1));
  for (const bytes of [new Uint8Array(0), new Uint8Array(300), long, new Uint8Array(60_000)]) {
    await sender.of.send(bytes, to);
  }
  await sender.of.send(beacon(1), to);
  await a.until(() => a.heard.length > 0);
  assert.equal(a.heard.length, 1);
  assert.ok(a.socket.dropped >= 3);
});

Deno.test("a flood from one address is cut before anything is read, and others are still heard", async () => {
  const port = freePort();
  await using a = listening({ port });
  using flooder = scoped(Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 }));
  using other = scoped(Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.2", port: 0 }));
  const to = { transport: "udp", hostname: "127.0.0.1", port } as const;
  for (let sent = 0; sent < 5_000; sent++) await flooder.of.send(beacon(sent), to);
  const fromOther = () => a.heard.filter(({ from }) => from === "127.0.0.2").length;
  for (let tries = 0; fromOther() === 0 && tries < 100; tries++) {
    await other.of.send(beacon(1), to);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await a.until(() => fromOther() > 0);
  const cut = a.heard.length - fromOther();
  assert.ok(cut <= 400 + 100 * 30, `${cut} of them were read`);
  assert.ok(a.socket.dropped > 0);
});

Deno.test("a port that another program has for itself is a warning, and is used once it is free", async () => {
  const port = freePort();
  const taken = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port });
  await using a = listening({ port });
  assert.equal(a.socket.state, "port-taken");
  assert.deepEqual(a.log.codes.filter((code) => code === "discovery-failed"), ["discovery-failed"]);
  await a.socket.send(beacon(1), "everywhere", true);
  taken.close();
  await a.until(() => a.socket.state === "on");
  await a.socket.send(beacon(1), "everywhere", false);
  await a.until(() => a.heard.length > 0);
  assert.deepEqual(a.log.codes.filter((code) => /discovery-(failed|on)/.test(code)), [
    "discovery-failed",
    "discovery-on",
  ]);
});

Deno.test("a network that comes later is noticed, used, and noticed again when it goes", async () => {
  const port = freePort();
  let cards: { family: string; address: string; netmask: string }[] = [];
  await using a = listening({ port, cards: () => cards });
  cards = [{ family: "IPv4", address: "198.51.100.7", netmask: "255.255.255.0" }];
  await a.until(() => a.counts.moved === 1);
  await a.socket.send(beacon(1), "networks", true); // it cannot really be sent there, which harms nothing
  cards = [];
  await a.until(() => a.counts.moved === 2);
  await a.socket.send(beacon(2), "here", false);
  await a.until(() => a.heard.length > 0);
});

Deno.test("networks that cannot be read are none", async () => {
  const port = freePort();
  const cards = () => {
    throw new Deno.errors.NotCapable("not allowed");
  };
  await using a = listening({ port, cards });
  await a.socket.send(beacon(1), "everywhere", true);
  await a.until(() => a.heard.length > 0);
  assert.match(a.socket.lastError ?? "", /not allowed/);
});

Deno.test("after it is closed nothing is sent, heard or waited for", async () => {
  const port = freePort();
  const a = listening({ port });
  await a.socket.close();
  await a.socket.send(beacon(1), "everywhere", true);
  assert.equal(a.socket.sent, 0);
  await a.socket.close();
  using again = scoped(Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port }));
  assert.ok(again.of);
});
