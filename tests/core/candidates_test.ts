import assert from "node:assert/strict";
import fc from "fast-check";
import type { PeerBeacon } from "../../lib/core/beacon.ts";
import type { Candidate, Proof } from "../../lib/core/candidate_table.ts";
import { Candidates } from "../../lib/core/candidates.ts";
import { CLASS_ID, hexId, peerId } from "../fakes.ts";

const INTERVAL = 10_000;
const HERE = "10.0.0.1";
const THERE = "10.0.0.2";

function beaconOf(number: number, changes: Partial<PeerBeacon> = {}): PeerBeacon {
  return {
    essaim: 1,
    kind: "peer",
    peer: peerId(number),
    instance: hexId(number, 32),
    port: 5001,
    index: { epoch: hexId(number, 32), version: 5 },
    ...changes,
  };
}

/** Every candidate that is due now, and all of them are still waited for. */
function askAll(candidates: Candidates, now: number): Candidate[] {
  const all: Candidate[] = [];
  for (let next = candidates.toAsk(now); next; next = candidates.toAsk(now)) all.push(next);
  return all;
}

class Setup {
  readonly candidates = new Candidates(INTERVAL);
  now = 0;

  hear(number = 1, host = HERE, changes: Partial<PeerBeacon> = {}) {
    return this.candidates.heard(beaconOf(number, changes), host, this.now);
  }

  /** What becomes of it when all that are due answer, at these addresses only. */
  answer(by: Proof = "anyone", hosts: readonly string[] = [HERE, THERE], isLess = false): string[] {
    return askAll(this.candidates, this.now).map((candidate) => {
      if (!hosts.includes(candidate.host)) {
        this.candidates.failed(candidate, "silent", this.now);
        return "failed";
      }
      const outcome = this.candidates.proved(candidate, { by, index: candidate.index, isLess }, this.now, 0);
      if (outcome === "take") this.candidates.take(candidate);
      return outcome;
    });
  }

  placeOf = (number = 1) => this.candidates.placeOf(peerId(number))?.host;
}

Deno.test("a peer that is heard of is asked once, and used where it answered", () => {
  const setup = new Setup();
  const heard = setup.hear();
  assert.ok(heard.kind === "fresh" && heard.isNewcomer);
  assert.deepEqual(setup.answer(), ["take"]);
  assert.equal(setup.placeOf(), HERE);
  setup.now += INTERVAL;
  const again = setup.hear();
  assert.ok(again.kind === "fresh" && !again.isNewcomer);
  assert.deepEqual(setup.answer(), []);
});

Deno.test("who started again, or has another port, is asked again", () => {
  for (
    const change of [
      { instance: hexId(9, 32) },
      { port: 5002 },
      { memberPort: 5101 },
      { class: CLASS_ID },
    ]
  ) {
    const setup = new Setup();
    setup.hear();
    setup.answer();
    const heard = setup.hear(1, HERE, change);
    assert.ok(heard.kind === "fresh" && heard.isNewcomer === "instance" in change);
    assert.deepEqual(setup.answer(), ["take"], JSON.stringify(change));
  }
});

Deno.test("a beacon that says less than is known changes nothing, wherever it comes from; after a new start less may be right", () => {
  const setup = new Setup();
  setup.hear();
  setup.answer();
  const before = setup.candidates.list(setup.now);
  setup.now += 1_000;
  const older = { index: { epoch: hexId<string>(1, 32), version: 4 } };
  for (const host of [HERE, THERE]) assert.equal(setup.hear(1, host, { ...older, port: 6000 }).kind, "old");
  assert.deepEqual(
    setup.candidates.list(setup.now).map(({ answered: _, ...rest }) => rest),
    before.map(({ answered: _, ...rest }) => rest),
  );
  assert.deepEqual(setup.answer(), []);
  assert.equal(setup.hear(1, HERE, { ...older, instance: hexId(9, 32) }).kind, "fresh");
});

Deno.test("a version that somebody made up is corrected by the peer's own answer", () => {
  const setup = new Setup();
  setup.hear();
  setup.answer();
  setup.hear(1, HERE, { index: { epoch: hexId(1, 32), version: 1e9 } });
  setup.now += 5_000;
  assert.equal(setup.hear().kind, "old");
  setup.now += 5_000;
  const [asked] = askAll(setup.candidates, setup.now);
  setup.candidates.proved(
    asked!,
    { by: "anyone", index: { epoch: hexId(1, 32), version: 5 }, isLess: false },
    setup.now,
    0,
  );
  assert.equal(setup.hear().kind, "fresh");
  assert.equal(setup.placeOf(), HERE);
});

Deno.test("who proves who it is has moved at once; who cannot, only when the old address is silent", () => {
  for (
    const [first, second, expected] of [
      ["member", "member", "take"],
      ["anyone", "member", "take"],
      ["anyone", "anyone", "compare"],
      ["member", "anyone", "keep"],
    ] as const
  ) {
    const setup = new Setup();
    setup.hear();
    setup.answer(first);
    setup.now += 5_000;
    setup.hear(1, THERE);
    assert.deepEqual(setup.answer(second), [expected], `${first} then ${second}`);
    setup.now += 5_000;
    setup.hear(1, THERE);
    setup.answer(second);
    assert.equal(setup.placeOf(), expected === "take" ? THERE : HERE);
    setup.now += 100;
    setup.hear(1, THERE);
    setup.now += 5_000;
    setup.hear(1, THERE);
    setup.answer(second);
    assert.equal(setup.placeOf(), THERE, "the old address has been silent for longer than an interval");
  }
});

Deno.test("a peer with two addresses stays at one of them as long as it is heard there", () => {
  const setup = new Setup();
  for (let round = 0; round < 20; round++) {
    for (const host of [HERE, THERE]) {
      setup.hear(1, host);
      setup.answer("member");
    }
    if (round > 0) assert.equal(setup.placeOf(), THERE);
    setup.now += INTERVAL;
  }
});

Deno.test("who does not answer is asked again later and later, and at once after a new start", () => {
  const setup = new Setup();
  const asked: number[] = [];
  for (; setup.now < 60_000; setup.now += 100) {
    setup.hear();
    if (setup.answer("anyone", []).length > 0) asked.push(setup.now);
  }
  assert.deepEqual(asked, [0, 1_000, 3_000, 7_000, 15_000, 31_000]);
  assert.deepEqual(setup.candidates.list(setup.now), []);
  setup.hear(1, HERE, { instance: hexId(9, 32) });
  assert.deepEqual(setup.answer(), ["take"]);
});

Deno.test("where somebody else answers, nobody is asked for a minute, although it is not heard of meanwhile", () => {
  const setup = new Setup();
  setup.hear();
  setup.candidates.failed(setup.candidates.toAsk(0)!, "other-peer", 0);
  setup.now = 45_000;
  setup.candidates.expire(setup.now);
  setup.hear();
  assert.deepEqual(setup.answer(), []);
  setup.now = 61_000;
  assert.deepEqual(setup.answer(), ["take"]);
});

Deno.test("a neighbour that misses one question stays, one that misses three does not", () => {
  const setup = new Setup();
  setup.hear();
  setup.answer();
  setup.candidates.askAgain(() => true, setup.now);
  const states: string[] = [];
  for (; setup.now < 20_000; setup.now += 1_000) {
    setup.hear();
    if (setup.answer("anyone", []).length > 0) states.push(setup.candidates.get(peerId(1), HERE)!.answered.kind);
  }
  assert.deepEqual(states.slice(0, 3), ["proved", "proved", "silent"]);
});

Deno.test("a member that could not be proved is soon tried again", () => {
  const setup = new Setup();
  setup.hear();
  assert.deepEqual(setup.answer("anyone", [HERE], true), ["take"]);
  setup.now += 1_000;
  assert.deepEqual(setup.answer("member"), ["take"]);
});

Deno.test("after three intervals without a beacon a peer is forgotten", () => {
  const setup = new Setup();
  setup.hear();
  setup.answer();
  setup.now = 3 * INTERVAL;
  setup.candidates.expire(setup.now);
  assert.equal(setup.candidates.size, 1);
  setup.now++;
  assert.deepEqual(setup.candidates.list(setup.now), []);
  setup.candidates.expire(setup.now);
  assert.equal(setup.candidates.size, 0);
  assert.equal(setup.placeOf(), undefined);
});

Deno.test("invented peers push out neither neighbours nor each other's turn, and cause few questions", () => {
  const setup = new Setup();
  setup.hear(1, HERE);
  setup.hear(2, THERE);
  setup.answer();
  let asked = 0;
  for (let invented = 100; invented < 20_100; invented++, setup.now++) {
    setup.hear(invented, HERE);
    for (let next = setup.candidates.toAsk(setup.now); next; next = setup.candidates.toAsk(setup.now)) {
      asked++;
      setup.candidates.failed(next, "silent", setup.now);
    }
    assert.ok(setup.candidates.size <= 1 + 64);
    if (invented % 5_000 === 0) {
      for (const [number, host] of [[1, HERE], [2, THERE]] as const) {
        assert.equal(setup.hear(number, host).kind, "fresh");
        assert.equal(setup.placeOf(number), host);
      }
    }
  }
  assert.ok(asked <= 64 + 20 * 4 + 1, `${asked} questions in 20 s`);
  setup.hear(3, THERE);
  assert.deepEqual(setup.answer(), ["take"], "others are asked at once");
});

Deno.test("a peer at an address that was not asked yet does not wait for those that do not answer", () => {
  const setup = new Setup();
  for (let host = 3; host < 200; host++) {
    for (let number = 0; number < 10; number++) setup.hear(1_000 * host + number, `10.0.0.${host}`);
  }
  assert.ok(setup.candidates.size <= 1_000);
  const waiting = askAll(setup.candidates, setup.now);
  assert.equal(waiting.length, 16);
  assert.equal(new Set(waiting.map(({ host }) => host)).size, 16);
  setup.hear(1);
  for (const candidate of waiting) setup.candidates.failed(candidate, "silent", setup.now);
  const turns = new Map<string, number>();
  for (let turn = 0; !turns.has(HERE); turn++) {
    for (const candidate of askAll(setup.candidates, setup.now)) {
      if (!turns.has(candidate.host)) turns.set(candidate.host, turn);
      setup.candidates.failed(candidate, "silent", setup.now);
    }
    assert.ok(turn < 15, "each address is asked once before any is asked twice");
  }
});

Deno.test("whatever is heard and answered, the table is bounded and its questions too", () => {
  const step = fc.record({
    kind: fc.constantFrom("hear", "hear", "hear", "answer", "fail", "expire", "wait"),
    number: fc.nat(40),
    host: fc.nat(5),
    port: fc.constantFrom(5001, 5002),
    version: fc.nat(3),
    by: fc.constantFrom<Proof>("member", "anyone"),
    ms: fc.nat(20_000),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
    const candidates = new Candidates(INTERVAL);
    const asking = new Set<Candidate>();
    let now = 0;
    for (const { kind, number, host, port, version, by, ms } of steps) {
      const index = { epoch: hexId<string>(number, 32), version };
      const [oldest] = asking;
      if (kind === "hear") candidates.heard(beaconOf(number, { port, index }), `10.0.0.${host}`, now);
      if (kind === "wait") now += ms;
      if (kind === "expire") candidates.expire(now);
      if (oldest && (kind === "answer" || kind === "fail")) {
        asking.delete(oldest);
        if (kind === "fail") candidates.failed(oldest, "silent", now);
        else if (candidates.proved(oldest, { by, index, isLess: false }, now, 0.5) === "take") candidates.take(oldest);
      }
      for (const next of askAll(candidates, now)) asking.add(next);
      assert.ok(asking.size <= 16 && candidates.size <= 6 * 41);
      const listed = candidates.list(now);
      assert.ok(listed.length <= candidates.size);
      assert.ok(listed.every(({ heardAt }) => now - heardAt <= 3 * INTERVAL));
    }
    for (const candidate of asking) candidates.failed(candidate, "silent", now);
    candidates.expire(now + 1_000_000);
    assert.equal(candidates.size, 0);
    assert.deepEqual(candidates.hosts(now), []);
  }));
});
