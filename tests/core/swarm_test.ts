import assert from "node:assert/strict";
import fc from "fast-check";
import { type Grant, sample, type Sighting, Swarm, SWARM_LIMITS } from "../../lib/core/swarm.ts";
import { fileId, hexId, peerId, shareId } from "../fakes.ts";

const ref = (file: number, owner = 1, share = file) => (
  { fileId: fileId(file), owner: peerId(owner), shareId: shareId(share) }
);

function sighting(peer: number, changes: Partial<Omit<Sighting, "peer">> & Partial<Sighting["peer"]> = {}): Sighting {
  const { restart = false, holdings = [], dropped = [], ...facts } = changes;
  return {
    peer: {
      peerId: peerId(peer),
      instance: hexId(1, 32),
      name: `peer ${peer}`,
      address: `10.0.0.${peer}`,
      port: 5001,
      ...facts,
    },
    restart,
    holdings,
    dropped,
  };
}

const held = (swarm: Swarm, ...grants: Grant[]) =>
  swarm.holdersOf(grants).map(({ peer, have, of }) => [Number.parseInt(peer.peerId, 16), have, of]).sort();

Deno.test("an owner holds its own share wholly while it is present", () => {
  const swarm = new Swarm();
  assert.deepEqual(held(swarm, ref(1)), []);
  assert.equal(swarm.announce(sighting(1), 0), "joined");
  assert.equal(swarm.announce(sighting(1), 0), "known");
  assert.deepEqual(held(swarm, ref(1)), [[1, 1, 1]]);
  assert.equal(swarm.countOf(ref(1)), 1);
  assert.equal(swarm.left(peerId(1))?.name, "peer 1");
  assert.deepEqual(held(swarm, ref(1)), []);
});

Deno.test("a holder is found only under the very share that it names", () => {
  const swarm = new Swarm();
  swarm.announce(sighting(2, { holdings: [{ ...ref(1), have: 3, of: 9 }, { ...ref(2, 7), have: 0, of: 9 }] }), 0);
  assert.deepEqual(held(swarm, ref(1)), [[2, 3, 9]]);
  assert.deepEqual(held(swarm, ref(1, 5)), []);
  assert.deepEqual(held(swarm, ref(1, 1, 5)), []);
  assert.deepEqual(held(swarm, ref(2, 7)), []);
  assert.deepEqual(held(swarm), []);
  assert.equal(swarm.countOf(ref(1)), 1);
  assert.equal(swarm.countOf(ref(2, 7)), 0);
  swarm.announce(sighting(2, { dropped: [ref(1)] }), 0);
  assert.deepEqual(held(swarm, ref(1)), []);
});

Deno.test("a file in a folder is asked from whoever holds it, or the folder's listing, under that folder's share", () => {
  const swarm = new Swarm();
  const folder = ref(1);
  const grant = { ...folder, fileId: fileId(50), listing: folder.fileId };
  swarm.announce(sighting(1), 0);
  swarm.announce(sighting(2, { holdings: [{ ...folder, have: 1, of: 1 }] }), 0);
  swarm.announce(sighting(3, { holdings: [{ ...folder, fileId: fileId(50), have: 4, of: 8 }] }), 0);
  swarm.announce(sighting(4, { holdings: [{ ...ref(1, 9), fileId: fileId(50), have: 4, of: 8 }] }), 0);
  assert.deepEqual(held(swarm, grant), [[1, 1, 1], [2, 0, 0], [3, 4, 8]]);
});

Deno.test("a holder under several shares is named once, with the most it has", () => {
  const swarm = new Swarm();
  swarm.announce(sighting(2, { holdings: [{ ...ref(1), have: 3, of: 9 }, { ...ref(1, 5), have: 9, of: 9 }] }), 0);
  assert.deepEqual(held(swarm, ref(1), ref(1, 5)), [[2, 9, 9]]);
  assert.deepEqual(held(swarm, ref(1, 5), ref(1)), [[2, 9, 9]]);
});

Deno.test("a peer that starts anew holds nothing until it says so", () => {
  for (const changes of [{ restart: true }, { instance: hexId<string>(2, 32) }]) {
    const swarm = new Swarm();
    swarm.announce(sighting(2, { holdings: [{ ...ref(1), have: 3, of: 9 }] }), 0);
    swarm.announce(sighting(2, { ...changes, holdings: [{ ...ref(3), have: 1, of: 9 }] }), 0);
    assert.deepEqual(held(swarm, ref(1), ref(3)), [[2, 1, 9]]);
  }
});

Deno.test("a silent peer expires and the others stay", () => {
  const swarm = new Swarm();
  for (const peer of [1, 2, 3]) {
    swarm.announce(sighting(peer, { holdings: [{ ...ref(9), have: 1, of: 2 }] }), peer * 100);
  }
  swarm.announce(sighting(1), 1000);
  assert.deepEqual(swarm.expire(1099, 900).map(({ peerId }) => peerId), []);
  assert.deepEqual(swarm.expire(1100, 900).map(({ peerId }) => peerId), [peerId(2)]);
  assert.equal(swarm.size, 2);
  assert.equal(swarm.holdersOf([ref(9)]).length, 2);
});

Deno.test("every bound holds, and frees itself", () => {
  const swarm = new Swarm({ peers: 3, peersPerAddress: 2, holdingsPerPeer: 2, holdings: 3 });
  const at = (peer: number, address: string) => swarm.announce(sighting(peer, { address }), 0);
  assert.deepEqual([at(1, "a"), at(2, "a"), at(3, "a"), at(3, "b"), at(4, "c")], [
    "joined",
    "joined",
    "full",
    "joined",
    "full",
  ]);
  assert.equal(at(1, "c"), "known");
  swarm.left(peerId(1));
  assert.equal(at(4, "a"), "joined");
  const many = [1, 2, 3].map((file) => ({ ...ref(file, 90), have: 1, of: 2 }));
  swarm.announce(sighting(2, { address: "a", holdings: many }), 0);
  swarm.announce(sighting(3, { address: "b", holdings: many }), 0);
  assert.deepEqual(many.map((holding) => swarm.countOf(holding)), [2, 1, 0]);
  swarm.left(peerId(2));
  swarm.announce(sighting(3, { address: "b", holdings: many }), 0);
  assert.deepEqual(many.map((holding) => swarm.countOf(holding)), [1, 1, 0]);
});

Deno.test("counts always agree with the holders, whatever comes in whatever order", () => {
  const step = fc.record({
    peer: fc.integer({ min: 1, max: 4 }),
    file: fc.integer({ min: 1, max: 3 }),
    what: fc.constantFrom("hold", "drop", "leave", "restart", "expire"),
  });
  fc.assert(fc.property(fc.array(step), (steps) => {
    const swarm = new Swarm({ ...SWARM_LIMITS, holdings: 5 });
    steps.forEach(({ peer, file, what }, now) => {
      if (what === "leave") swarm.left(peerId(peer));
      else if (what === "expire") swarm.expire(now, 3);
      else {
        const holdings = what === "hold" ? [{ ...ref(file), have: 1, of: 2 }] : [];
        const dropped = what === "drop" ? [ref(file)] : [];
        swarm.announce(sighting(peer, { restart: what === "restart", holdings, dropped }), now);
      }
      for (const f of [1, 2, 3]) assert.equal(swarm.countOf(ref(f)), swarm.holdersOf([ref(f)]).length);
    });
  }));
});

Deno.test("a sample has the size asked, no item twice and only what there is", () => {
  fc.assert(fc.property(fc.uniqueArray(fc.nat()), fc.nat(20), fc.infiniteStream(fc.nat(999)), (items, limit, rolls) => {
    const chosen = sample(items, limit, () => rolls.next().value / 1000);
    assert.equal(chosen.length, Math.min(limit, items.length));
    assert.equal(new Set(chosen).size, chosen.length);
    assert.ok(chosen.every((item) => items.includes(item)));
  }));
});
