import assert from "node:assert/strict";
import { openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import { Announcer } from "../../lib/app/announce.ts";
import type { Downloads } from "../../lib/app/downloads.ts";
import { Neighbours } from "../../lib/app/neighbours.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { ClassId } from "../../lib/core/ids.ts";
import type { Announce, AnnounceReply, Certificate, Holding, ShareRef } from "../../lib/core/messages.ts";
import type { Identity, TrackerClient } from "../../lib/ports.ts";
import { CLASS_ID, FakeLog, fileId, hexId, keyOf, peerId, recordBy, shareId, userId } from "../fakes.ts";
import { QuickClock, until } from "../fakes_download.ts";
import { fakeIdentity } from "./sharing_setup.ts";

const SELF = peerId(0xa11ce);
const INTERVAL_MS = 30_000;

/** An announcer, the tracker that it talks to, and what it has to tell. */
class Announcing implements AsyncDisposable {
  readonly clock = new QuickClock();
  readonly log = new FakeLog();
  readonly heard: (Announce & { signed: boolean })[] = [];
  readonly db = openPeerDatabase(":memory:", this.log);
  readonly records = sqliteRecords(this.db, SELF);
  readonly neighbours = new Neighbours(SELF, this.clock);
  name = "alice";
  memberPort: number | undefined;
  classId: ClassId | undefined;
  lease: Announce["lease"];
  news: AnnounceReply["class"];
  readonly passedOn: AnnounceReply["class"][] = [];
  /** Completions of shares that the tracker does not know yet. */
  later: string[] = [];
  /** What was completed. */
  refOf: (id: string) => ShareRef = () => REF;
  /** Called when it is asked for. */
  onLease: () => void = () => {};
  holdings: Holding[] = [];
  unreported: string[] = [];
  /** What the tracker knows of this index; it believes what comes. */
  known: { epoch: string; version: number } | undefined;
  /** Called before each answer; may throw. */
  answer: (announce: Announce, signed: boolean, signal: AbortSignal) => void | Promise<void> = () => {};
  readonly announcer: Announcer;

  constructor() {
    const held = recordBy(REF.owner, REF);
    this.records.putForeign({ record: held, jws: "a.b.held" }, { key: keyOf(REF.owner) }, [REF.fileId]);
    const identity: Identity = {
      ...fakeIdentity,
      signAnnounce: (announce) => Promise.resolve(JSON.stringify(announce)),
    };
    const tracker = {
      announceSigned: (jws: string, signal: AbortSignal) => this.#hear(JSON.parse(jws), true, signal),
      announce: (announce: Announce, token: string, signal: AbortSignal) => {
        assert.match(token, /^token \d/);
        return this.#hear(announce, false, signal);
      },
    } as unknown as TrackerClient;
    const downloads = {
      holdings: () => this.holdings,
      unreported: (limit: number) =>
        this.unreported.slice(0, limit).map((id) => ({
          id,
          ref: this.refOf(id),
          given: [{ peerId: REF.owner, name: "bob", bytes: 10 }],
          seconds: 1,
        })),
      reported: (ids: string[]) => this.unreported = this.unreported.filter((id) => !ids.includes(id)),
    } as unknown as Downloads;
    this.announcer = new Announcer({
      ...{ identity, tracker, downloads, records: this.records, neighbours: this.neighbours },
      ...{ clock: this.clock, log: this.log, instance: hexId(1, 32), name: () => this.name, port: 5001 },
      ...{
        memberPort: () => this.memberPort,
        classId: () => this.classId,
        heardOfClass: (news) => void this.passedOn.push(news),
      },
      lease: () => {
        this.onLease();
        return Promise.resolve(this.lease);
      },
    });
  }

  share(number: number): void {
    const record = recordBy(SELF, { shareId: shareId(number), fileId: fileId(number) });
    this.records.putOwn({ record, jws: `a.b.${number}` }, `/share${number}`, [record.fileId]);
  }

  async until(count: number): Promise<void> {
    await until(() => this.heard.length >= count, `the tracker heard ${count} announces`);
  }

  async #hear(announce: Announce, signed: boolean, signal: AbortSignal): Promise<AnnounceReply> {
    await this.answer(announce, signed, signal);
    this.heard.push({ ...announce, signed });
    const { epoch, from, to } = announce.index;
    if (this.known?.epoch !== epoch && from > 0 && this.known) this.known = { epoch, version: 0 };
    else if (!this.known || from <= this.known.version) this.known = { epoch, version: to };
    return {
      ...signed ? { token: `token ${this.heard.length}` } : {},
      intervalMs: INTERVAL_MS,
      index: this.known,
      peers: [],
      ...this.news === undefined ? {} : { class: this.news },
      later: this.later.filter((id) => announce.completed.some((completion) => completion.id === id)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.answer = () => {};
    await this.announcer.close();
    this.db.close();
  }
}

const REF = { fileId: fileId(1), owner: peerId(2), shareId: shareId(9) };
const holding = (number: number, have = 1): Holding => ({ ...REF, fileId: fileId(number), have, of: 2 });
const refuse = (
  code: ConstructorParameters<typeof EssaimError>[0],
  options?: ConstructorParameters<typeof EssaimError>[2],
) => {
  throw new EssaimError(code, code, options);
};

Deno.test("the first announce is signed and carries no records: the tracker says how far it knows the index", async () => {
  await using peer = new Announcing();
  for (let i = 1; i <= 3; i++) peer.share(i);
  peer.known = { epoch: peer.records.position.epoch, version: 1 };
  peer.announcer.start();
  await peer.until(2);
  const [first, second] = peer.heard as [Announce & { signed: boolean }, Announce & { signed: boolean }];
  assert.deepEqual([first.signed, first.event, first.records], [true, "started", []]);
  assert.equal(first.index.from, 3);
  assert.equal(first.index.to, 3);
  assert.deepEqual([second.signed, second.index.from, second.index.to], [false, 1, 3]);
  assert.deepEqual(second.records, ["a.b.2", "a.b.3"]);
  assert.ok(second.serial > first.serial);
  await until(() => peer.announcer.state === "online", "it is online");
});

Deno.test("what is for a class is not told to anyone else when this peer leaves it in the middle of an announce", async () => {
  await using peer = new Announcing();
  peer.classId = CLASS_ID;
  peer.announcer.start();
  await peer.until(1);
  peer.known = { epoch: peer.records.position.epoch, version: 0 };
  const record = recordBy(SELF, { visibility: "class", class: CLASS_ID });
  peer.onLease = () => {
    peer.onLease = () => peer.lease = undefined;
    peer.classId = undefined;
    peer.announcer.beginAgain();
  };
  peer.records.putOwn({ record, jws: "a.b.secret" }, "/secret", [record.fileId]);
  peer.lease = { lease: "a.b.lease", certificate: "AAAA" as Certificate };
  const before = peer.heard.length;
  await peer.announcer.flush(1_000);
  await peer.until(before + 1);
  assert.deepEqual(peer.heard.flatMap(({ records }) => records), []);
  assert.ok(!peer.heard.some((announce) => announce.lease !== undefined));
});

Deno.test("what was held as a member is not dropped before anyone else, however soon after leaving is announced", async () => {
  await using peer = new Announcing();
  peer.classId = CLASS_ID;
  peer.holdings = [hold(peer, 3)];
  peer.announcer.start();
  await until(() => peer.heard.some(({ holdings }) => holdings.length > 0), "it is held");
  await until(() => peer.announcer.state === "online", "it is online");
  const before = peer.heard.length;
  peer.classId = undefined;
  peer.announcer.changed();
  await peer.until(before + 1);
  const [first] = peer.heard.slice(before);
  assert.deepEqual([first?.signed, first?.event], [true, "started"]);
  assert.deepEqual([first?.dropped, first?.holdings], [[], []]);
});

Deno.test("a new name of this peer is told with the next announce", async () => {
  await using peer = new Announcing();
  peer.announcer.start();
  await peer.until(1);
  peer.name = "bob";
  await peer.announcer.flush(1_000);
  assert.deepEqual([peer.heard[0]?.name, peer.heard.at(-1)?.name], ["alice", "bob"]);
});

Deno.test("a tracker that knows another epoch is told everything from the beginning", async () => {
  await using peer = new Announcing();
  for (let i = 1; i <= 3; i++) peer.share(i);
  peer.known = { epoch: hexId(77, 32), version: 50 };
  peer.announcer.start();
  await peer.until(2);
  assert.equal(peer.heard[1]!.index.from, 0);
  assert.deepEqual(peer.heard[1]!.records, ["a.b.1", "a.b.2", "a.b.3"]);
});

Deno.test("a long index is told in several announces, none of them too long", async () => {
  await using peer = new Announcing();
  const long = "x".repeat(60_000);
  for (let i = 1; i <= 100; i++) {
    const record = recordBy(SELF, { shareId: shareId(i), fileId: fileId(i) });
    peer.records.putOwn({ record, jws: `${long}.${i}` }, `/share${i}`, [record.fileId]);
  }
  peer.known = { epoch: peer.records.position.epoch, version: 0 };
  peer.announcer.start();
  await until(() => peer.known?.version === 100, "the tracker knows all");
  const told = peer.heard.flatMap(({ records }) => records);
  assert.equal(new Set(told).size, 100);
  assert.ok(peer.heard.every((announce) => JSON.stringify(announce).length < 4 * 1024 * 1024));
});

Deno.test("a tracker that restarted is told anew, signed, with all that is held", async () => {
  await using peer = new Announcing();
  peer.holdings = [holding(1), holding(2)];
  peer.announcer.start();
  await peer.until(2);
  assert.equal(peer.heard[0]!.holdings.length, 2);
  assert.equal(peer.heard[1]!.holdings.length, 0);
  let restarted = false;
  peer.answer = (_announce, signed) => {
    if (!restarted && !signed) {
      restarted = true;
      refuse("unauthorized");
    }
  };
  const before = peer.heard.length;
  peer.announcer.changed();
  await peer.until(before + 1);
  assert.deepEqual([peer.heard[before]!.signed, peer.heard[before]!.holdings.length], [true, 2]);
});

Deno.test("only changes of what is held are told, also when it is dropped", async () => {
  await using peer = new Announcing();
  peer.holdings = [holding(1), holding(2)];
  peer.announcer.start();
  await peer.until(2);
  peer.holdings = [holding(2, 2), holding(3)];
  const before = peer.heard.length;
  peer.announcer.changed();
  await peer.until(before + 1);
  const { holdings, dropped } = peer.heard[before]!;
  assert.deepEqual(holdings, [holding(2, 2), holding(3)]);
  assert.deepEqual(dropped, [{ ...REF, fileId: fileId(1) }]);
});

Deno.test("while the tracker is away it is tried ever less often, and everything is told when it is back", async () => {
  await using peer = new Announcing();
  const tries: number[] = [];
  peer.answer = () => {
    tries.push(peer.clock.elapsed);
    if (tries.length < 8) refuse("unreachable");
  };
  peer.announcer.start();
  await until(() => tries.length === 7, "it was tried seven times");
  assert.equal(peer.announcer.state, "offline");
  const waits = tries.slice(1).map((at, i) => at - tries[i]!);
  waits.slice(1).forEach((wait, i) => assert.ok(wait >= waits[i]! && wait <= 15_200, String(waits)));
  await until(() => peer.announcer.state === "online", "it is online");
  assert.equal(peer.log.codes.filter((code) => code === "tracker-offline").length, 1);
});

Deno.test("a busy tracker is left alone as long as it says", async () => {
  await using peer = new Announcing();
  const tries: number[] = [];
  peer.answer = () => {
    tries.push(peer.clock.elapsed);
    if (tries.length === 1) refuse("busy", { retryAfterMs: 9_000 });
  };
  peer.announcer.start();
  await peer.until(1);
  assert.ok(tries[1]! - tries[0]! >= 9_000);
});

Deno.test("a tracker that is busy for long is tried ever less often, whatever time it says", async () => {
  await using peer = new Announcing();
  const tries: number[] = [];
  peer.answer = () => {
    tries.push(peer.clock.elapsed);
    if (tries.length < 8) refuse("busy", { retryAfterMs: 1_000 });
  };
  peer.announcer.start();
  await peer.until(1);
  assert.ok(tries[1]! - tries[0]! >= 1_000);
  assert.ok(tries[7]! - tries[6]! >= 15_000, String(tries));
});

Deno.test("one record, holding or completion that the tracker never accepts does not stop the others", async () => {
  await using peer = new Announcing();
  for (let i = 1; i <= 20; i++) peer.share(i);
  peer.known = { epoch: peer.records.position.epoch, version: 0 };
  peer.holdings = Array.from({ length: 9 }, (_, i) => holding(i + 1));
  peer.unreported = ["1", "2", "3"];
  let refusals = 0;
  peer.answer = ({ records, holdings, completed }) => {
    const isBad = records.includes("a.b.7") || holdings.some(({ fileId: id }) => id === fileId(3)) ||
      completed.some(({ id }) => id === "2");
    if (isBad && ++refusals) refuse("bad-input");
  };
  peer.announcer.start();
  await until(() => peer.known?.version === 20 && peer.unreported.length === 0, "all is told");
  assert.equal(new Set(peer.heard.flatMap(({ records }) => records)).size, 19);
  assert.equal(new Set(peer.heard.flatMap(({ holdings }) => holdings.map(({ fileId: id }) => id))).size, 8);
  assert.deepEqual(peer.heard.flatMap(({ completed }) => completed.map(({ id }) => id)).sort(), ["1", "3"]);
  assert.equal(peer.log.codes.filter((code) => code === "announce-skipped").length, 3);
  assert.ok(refusals < 30, `${refusals} refusals`);
  assert.ok(!peer.log.codes.includes("tracker-offline"));
});

Deno.test("a tracker that accepts nothing at all makes nothing be skipped", async () => {
  await using peer = new Announcing();
  for (let i = 1; i <= 4; i++) peer.share(i);
  let tries = 0;
  peer.answer = () => {
    if (++tries < 30) refuse("too-large");
  };
  peer.known = { epoch: peer.records.position.epoch, version: 0 };
  peer.holdings = [holding(1), holding(2)];
  peer.announcer.start();
  await until(() => peer.known?.version === 4, "all is told");
  assert.ok(!peer.log.codes.includes("announce-skipped"));
  assert.equal(new Set(peer.heard.flatMap(({ records }) => records)).size, 4);
});

Deno.test("after the clock was set back, the serial goes on from what the tracker knows", async () => {
  await using peer = new Announcing();
  const known = (peer.clock.now() + 1e9) * 1000;
  peer.answer = ({ serial }) => {
    if (serial <= known) refuse("conflict", { details: { knownSerial: known } });
  };
  peer.announcer.start();
  await peer.until(1);
  assert.equal(peer.heard[0]!.serial, known + 1);
});

Deno.test("each completed download is reported once", async () => {
  await using peer = new Announcing();
  peer.unreported = Array.from({ length: 150 }, (_, i) => String(i));
  peer.announcer.start();
  await until(() => peer.unreported.length === 0, "all are reported");
  peer.announcer.changed();
  const before = peer.heard.length;
  await peer.until(before + 1);
  assert.equal(peer.heard.reduce((sum, { completed }) => sum + completed.length, 0), 150);
  assert.ok(
    peer.heard.every(({ completed, event }) =>
      completed.length <= 100 && (completed.length === 0 || event === "completed")
    ),
  );
});

Deno.test("a download of what the tracker does not know yet is told again, and holds up no other", async () => {
  await using peer = new Announcing();
  peer.unreported = Array.from({ length: 130 }, (_, i) => String(i));
  peer.later = ["3"];
  peer.announcer.start();
  await until(() => peer.unreported.length === 1, "the others are reported");
  peer.later = [];
  peer.announcer.changed();
  await until(() => peer.unreported.length === 0, "it is told again");
  const told = peer.heard.flatMap(({ completed }) => completed.filter(({ id }) => id === "3"));
  assert.ok(told.length >= 2);
});

Deno.test("a flush ends when what was known is told, even if an older announce was under way", async () => {
  await using peer = new Announcing();
  peer.announcer.start();
  await peer.until(2);
  const gate = Promise.withResolvers<void>();
  let reached = false;
  peer.answer = async () => {
    reached = true;
    await gate.promise;
  };
  peer.announcer.changed();
  await until(() => reached, "an announce is under way");
  peer.holdings = [holding(5)];
  const flushed = peer.announcer.flush(3_600_000);
  peer.answer = () => {};
  gate.resolve();
  await flushed;
  assert.ok(peer.heard.some(({ holdings }) => holdings.some(({ fileId: id }) => id === fileId(5))));
});

Deno.test("a flush ends after its time when the tracker does not answer", async () => {
  await using peer = new Announcing();
  peer.answer = (_announce, _signed, signal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  peer.announcer.start();
  await peer.announcer.flush(3_000);
  assert.ok(peer.clock.elapsed >= 3_000);
  assert.equal(peer.heard.length, 0);
});

Deno.test("a peer that stops says good-bye to a tracker that it reached, and to no other", async () => {
  const online = new Announcing();
  online.announcer.start();
  await until(() => online.announcer.state === "online", "it is online");
  await online[Symbol.asyncDispose]();
  assert.equal(online.heard.at(-1)!.event, "stopped");

  const offline = new Announcing();
  offline.answer = () => refuse("unreachable");
  offline.announcer.start();
  await until(() => offline.log.codes.includes("tracker-offline"), "it is offline");
  await offline[Symbol.asyncDispose]();
  assert.deepEqual(offline.heard, []);
});

const ME = userId(1);
/** A share that is not public. */
function hide(peer: Announcing, number: number, classId = CLASS_ID): void {
  const record = recordBy(SELF, {
    ...{ shareId: shareId(number), fileId: fileId(number), visibility: "class", user: ME, class: classId },
  });
  peer.records.putOwn({ record, jws: `hidden.${number}.c` }, `/share${number}`, [record.fileId]);
}
/** Something held under a record that is not public. */
function hold(peer: Announcing, number: number): Holding {
  const owner = peerId(3);
  const record = recordBy(owner, {
    ...{ shareId: shareId(number), fileId: fileId(number), visibility: "class", user: userId(3), class: CLASS_ID },
  });
  peer.records.putForeign({ record, jws: `a.b.${number}` }, { key: keyOf(owner) }, [record.fileId]);
  return { fileId: record.fileId, owner, shareId: record.shareId, have: 1, of: 2 };
}
const toldBy = (peer: Announcing) => ({
  records: peer.heard.flatMap(({ records }) => records),
  holdings: peer.heard.flatMap(({ holdings }) => holdings.map(({ fileId }) => fileId)),
  completed: peer.heard.flatMap(({ completed }) => completed.map(({ id }) => id)),
});

Deno.test("what is not public, own or held, is told to the tracker only as a member of its class", async (t) => {
  const cases: [string, ClassId | undefined, boolean][] = [
    ["in no class", undefined, false],
    ["in another class", hexId<ClassId>(7, 64), false],
    ["in its class", CLASS_ID, true],
  ];
  for (const [name, classId, isTold] of cases) {
    await t.step(name, async () => {
      await using peer = new Announcing();
      peer.share(1);
      hide(peer, 2);
      peer.share(3);
      peer.holdings = [holding(1), hold(peer, 20)];
      peer.unreported = ["a", "hidden"];
      peer.refOf = (id) => id === "hidden" ? peer.holdings[1]! : REF;
      peer.known = { epoch: peer.records.position.epoch, version: 0 };
      peer.classId = classId;
      peer.announcer.start();
      await until(() => peer.known?.version === 3 && !peer.unreported.includes("a"), "all that may be told is told");
      await peer.announcer.flush(1_000);
      assert.deepEqual(toldBy(peer), {
        records: isTold ? ["a.b.1", "hidden.2.c", "a.b.3"] : ["a.b.1", "a.b.3"],
        holdings: isTold ? [fileId(1), fileId(20)] : [fileId(1)],
        completed: isTold ? ["a", "hidden"] : ["a"],
      });
      assert.deepEqual(peer.unreported, isTold ? [] : ["hidden"], "it is told once it may be");
    });
  }
});

Deno.test("what is held under a record that is not known any more is not spoken of to just anyone", async () => {
  await using peer = new Announcing();
  peer.holdings = [{ ...holding(1), shareId: shareId(77) }];
  peer.announcer.start();
  await peer.until(2);
  assert.deepEqual(toldBy(peer).holdings, []);
});

Deno.test("a hundred things that may not be told do not hold up those that may", async () => {
  await using peer = new Announcing();
  const hidden = hold(peer, 20);
  peer.unreported = [...Array.from({ length: 150 }, (_, n) => `hidden ${n}`), "a"];
  peer.refOf = (id) => id === "a" ? REF : hidden;
  peer.announcer.start();
  await until(() => !peer.unreported.includes("a"), "it is reported");
  assert.deepEqual(toldBy(peer).completed, ["a"]);
});

Deno.test("a member says where it answers members, and proves what others may hand on", async () => {
  await using peer = new Announcing();
  peer.announcer.start();
  await peer.until(2);
  assert.ok(peer.heard.every((announce) => !("memberPort" in announce) && !("lease" in announce)));
  peer.memberPort = 5101;
  peer.lease = { lease: "a.b.c", certificate: "AAAA" as never };
  const before = peer.heard.length;
  await peer.announcer.flush(1_000);
  assert.deepEqual([peer.heard[before]?.memberPort, peer.heard[before]?.lease], [5101, peer.lease]);
});

Deno.test("what the tracker says of the class is passed on", async () => {
  await using peer = new Announcing();
  peer.news = { name: "Terminale S2", revocations: 3, members: "x", renew: true };
  peer.announcer.start();
  await until(() => peer.passedOn.length > 0, "it is passed on");
  assert.deepEqual(peer.passedOn[0], peer.news);
});

Deno.test("whoever joins or leaves a class begins again: another token, and all that is held", async () => {
  await using peer = new Announcing();
  peer.share(1);
  peer.holdings = [holding(1)];
  peer.announcer.start();
  await until(() => peer.announcer.state === "online", "it is online");
  const before = peer.heard.length;
  peer.classId = CLASS_ID;
  hide(peer, 2);
  peer.announcer.beginAgain();
  await until(() => peer.known?.version === 2, "all is told");
  const [first, ...others] = peer.heard.slice(before);
  assert.deepEqual([first?.signed, first?.event, first?.holdings.length], [true, "started", 1]);
  assert.deepEqual(others.flatMap(({ records }) => records), ["hidden.2.c"]);
});

Deno.test("whoever begins again while an announce is under way is told nothing by its late answer", async () => {
  await using peer = new Announcing();
  peer.share(1);
  peer.known = { epoch: peer.records.position.epoch, version: 1 };
  peer.announcer.start();
  await until(() => peer.announcer.state === "online", "it is online");
  const gate = Promise.withResolvers<void>();
  let isReached = false;
  peer.answer = async () => {
    isReached = true;
    await gate.promise;
  };
  peer.holdings = [holding(1)];
  peer.announcer.changed();
  await until(() => isReached, "an announce is under way");
  peer.answer = () => {};
  const before = peer.heard.length;
  peer.announcer.beginAgain();
  peer.known = { epoch: peer.records.position.epoch, version: 0 }; // another tracker
  gate.resolve();
  await until(() => peer.known?.version === 1, "the other tracker knows all");
  const since = peer.heard.slice(before).filter(({ signed }, index, all) =>
    all.slice(0, index + 1).some(({ signed }) => signed) || signed
  );
  assert.equal(since[0]?.event, "started");
  assert.deepEqual(since.flatMap(({ holdings }) => holdings.map(({ fileId }) => fileId)), [fileId(1)]);
  assert.deepEqual(since.flatMap(({ records }) => records), ["a.b.1"]);
});
