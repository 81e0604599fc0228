import assert from "node:assert/strict";
import fc from "fast-check";
import { type Beacon, encodeBeacon, MAX_BEACON_BYTES, parseBeacon, type PeerBeacon } from "../../lib/core/beacon.ts";
import { CLASS_ID, hexId, peerId } from "../fakes.ts";

const PEER: PeerBeacon = {
  essaim: 1,
  kind: "peer",
  peer: peerId(1),
  instance: hexId(2, 32),
  class: CLASS_ID,
  port: 5001,
  memberPort: 5101,
  index: { epoch: hexId(3, 32), version: 42 },
  isNew: true,
};
const TRACKER: Beacon = {
  essaim: 1,
  kind: "tracker",
  class: CLASS_ID,
  name: "Terminale S2",
  port: 5000,
  memberPort: 5443,
};

const bytes = (text: string) => new TextEncoder().encode(text);
const json = (value: unknown) => bytes(JSON.stringify(value));

Deno.test("a beacon is read as it was written, in few bytes", () => {
  const { class: _, memberPort: __, isNew: ___, ...short } = PEER;
  for (const beacon of [PEER, TRACKER, short, { ...TRACKER, name: "é".repeat(64) }]) {
    const written = encodeBeacon(beacon as Beacon);
    assert.ok(written.length < 600, `${written.length} bytes`);
    assert.deepEqual(parseBeacon(written), beacon);
  }
});

Deno.test("what a later version adds to a beacon is ignored", () => {
  assert.deepEqual(parseBeacon(json({ ...PEER, colour: "blue", __proto__: { port: 1 } })), PEER);
  assert.deepEqual(
    parseBeacon(bytes(`{"essaim":1,"kind":"tracker","__proto__":{"a":1},${JSON.stringify(TRACKER).slice(29)}`)),
    TRACKER,
  );
});

Deno.test("what is no beacon is dropped", () => {
  const { peer, ...headless } = PEER;
  for (
    const [what, datagram] of [
      ["nothing", bytes("")],
      ["no JSON", bytes('{"essaim":1,')],
      ["not UTF-8", new Uint8Array([...bytes('{"essaim":1,"kind":"'), 0xff, 0xfe])],
      ["another program's", json({ service: "printer" })],
      ["another version's", json({ ...PEER, essaim: 2 })],
      ["of another kind", json({ ...PEER, kind: "server" })],
      ["without its peer", json({ ...headless, was: peer })],
      ["port 22", json({ ...PEER, port: 22 })],
      ["port 1023", json({ ...PEER, memberPort: 1023 })],
      ["port 0", json({ ...PEER, port: 0 })],
      ["port 65536", json({ ...PEER, port: 65_536 })],
      ["half a port", json({ ...PEER, port: 5001.5 })],
      ["a port as text", json({ ...PEER, port: "5001" })],
      ["a tracker at port 80", json({ ...TRACKER, port: 80 })],
      ["a short id", json({ ...PEER, peer: "12" })],
      ["an id in capitals", json({ ...PEER, peer: "A".repeat(32) })],
      ["no class", json({ ...PEER, class: "x" })],
      ["a name with a control character", json({ ...TRACKER, name: "a\u0007b" })],
      ["a long name", json({ ...TRACKER, name: "a".repeat(65) })],
      ["a version below 0", json({ ...PEER, index: { ...PEER.index, version: -1 } })],
      ["a version over all bounds", json({ ...PEER, index: { ...PEER.index, version: 1e300 } })],
      ["too long", json({ ...PEER, more: "x".repeat(MAX_BEACON_BYTES) })],
      ["deep", bytes('{"essaim":1,"a":'.padEnd(1_100, "["))],
      ["a list", json([PEER])],
    ] as const
  ) assert.equal(parseBeacon(datagram), undefined, what);
});

Deno.test("no datagram makes the reader throw", () => {
  const any = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    fc.json().map(bytes),
    fc.uint8Array({ maxLength: 1_200 }).map((tail) => new Uint8Array([...bytes('{"essaim":1,'), ...tail])),
    fc.tuple(fc.constantFrom<Beacon>(PEER, TRACKER), fc.string(), fc.anything()).map(([beacon, key, value]) => {
      try {
        return json({ ...beacon, [key]: value });
      } catch {
        return bytes("");
      }
    }),
    fc.tuple(fc.constantFrom<Beacon>(PEER, TRACKER), fc.nat(), fc.nat(255)).map(([beacon, place, byte]) => {
      const written = encodeBeacon(beacon);
      written[place % written.length] = byte;
      return written;
    }),
  );
  fc.assert(fc.property(any, (datagram) => {
    const beacon = parseBeacon(datagram);
    if (beacon !== undefined) assert.ok(beacon.port >= 1_024 && encodeBeacon(beacon).length <= MAX_BEACON_BYTES);
  }));
});
