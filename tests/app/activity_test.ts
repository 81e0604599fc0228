import assert from "node:assert/strict";
import { openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteActivity } from "../../lib/adapters/sqlite_activity.ts";
import { ActivityLog, MAX_LINES } from "../../lib/app/activity.ts";
import { Neighbours } from "../../lib/app/neighbours.ts";
import { ActivityWatch } from "../../lib/app/watch_activity.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { DownloadRow } from "../../lib/store_ports.ts";
import { FakeClock, FakeLog, peerId } from "../fakes.ts";

class Happening implements Disposable {
  readonly clock = new FakeClock();
  readonly log = new FakeLog();
  readonly db = openPeerDatabase(":memory:", this.log);
  readonly store = sqliteActivity(this.db);
  readonly neighbours = new Neighbours(peerId(99), this.clock);
  activity = new ActivityLog(this.store, this.clock, this.log);
  watch = new ActivityWatch(this.activity, this.neighbours, this.clock);

  /** As a stop and a start. */
  async restart(): Promise<void> {
    this.watch.close();
    this.activity.start();
    await this.activity[Symbol.asyncDispose]();
    this.activity = new ActivityLog(this.store, this.clock, this.log);
  }

  heard(...numbers: number[]): void {
    this.neighbours.heard(numbers.map((n) => ({ peerId: peerId(n), name: `peer ${n}`, host: `10.0.0.${n}`, port: 1 })));
  }

  /** As text, newest first. */
  get lines(): string[] {
    return this.activity.list(100).map(({ kind, name = "", peer = "", bytes = "" }) => {
      return [kind, name, peer, bytes].join(" ").trim();
    });
  }

  [Symbol.dispose](): void {
    this.db.close();
  }
}

const shared = (name: string) => ({ kind: "shared", name, size: 1 }) as const;

Deno.test("what was shared, changed, fetched and failed stays over a restart, newest first", async () => {
  using here = new Happening();
  here.watch.sharesChanged([shared("a"), { kind: "removed", name: "b", size: 2 }]);
  here.watch.downloadEnded({ state: "complete", name: "c", size: 3, ownerName: "bob" } as DownloadRow);
  here.watch.downloadEnded({ state: "failed", name: "d", size: 4, ownerName: "bob" } as DownloadRow);
  const lines = ["failed d bob", "downloaded c bob 3", "removed b  2", "shared a  1"];
  assert.deepEqual(here.lines, lines);
  await here.restart();
  assert.deepEqual([here.lines, here.activity.lastId], [lines, 4]);
  assert.deepEqual(here.activity.since(2).map(({ id }) => id), [3, 4]);
  assert.deepEqual([here.activity.since(4), here.activity.list(1).map(({ id }) => id)], [[], [4]]);
});

Deno.test("only so many lines are kept, in memory and on the disk", async () => {
  using here = new Happening();
  here.watch.sharesChanged(Array.from({ length: 2 * MAX_LINES }, (_, index) => shared(`${index}`)));
  assert.equal(here.activity.list(1e9).length, MAX_LINES);
  await here.restart();
  here.watch = new ActivityWatch(here.activity, here.neighbours, here.clock);
  here.watch.sharesChanged([shared("last")]);
  await here.restart();
  assert.deepEqual([here.activity.list(1e9).length, here.activity.lastId], [MAX_LINES, 2 * MAX_LINES + 1]);
  assert.equal(here.db.prepare("SELECT COUNT(*) AS count FROM activity").get()?.count, MAX_LINES);
});

Deno.test("a full disk stops nothing, and what happened is stored when there is room", async () => {
  using here = new Happening();
  const { add } = here.store;
  here.store.add = () => {
    throw new EssaimError("disk-full", "Full.");
  };
  here.watch.sharesChanged([shared("a")]);
  const stored = Promise.withResolvers<void>();
  let looks = 0;
  here.activity.start(() => {
    looks++;
    if (looks === 2) here.store.add = add;
    if (looks === 3) stored.resolve();
  });
  await stored.promise;
  await here.activity[Symbol.asyncDispose]();
  assert.deepEqual(here.store.newest(10).map(({ name }) => name), ["a"]);
});

Deno.test("what others fetch from here is one line each, when they have stopped", () => {
  using here = new Happening();
  here.heard(1, 2);
  const gave = (address: string, share: string, bytes: number) =>
    here.watch.gave({ share, name: share, caller: { kind: "anonymous", address }, bytes });
  for (let chunk = 0; chunk < 100; chunk++) gave("10.0.0.1", "film", 10);
  gave("10.0.0.9", "film", 5);
  here.watch.look();
  assert.deepEqual(here.lines, []);
  here.clock.advance(10_000);
  gave("10.0.0.1", "film", 1);
  here.clock.advance(5_000);
  here.watch.look();
  assert.deepEqual(here.lines, ["given film  5"]);
  here.clock.advance(10_000);
  here.watch.look();
  assert.deepEqual(here.lines[0], "given film peer 1 1001");
  gave("10.0.0.1", "film", 7);
  here.watch.close();
  assert.deepEqual(here.lines[0], "given film peer 1 7");
});

Deno.test("who comes and goes is told, but not who was there at the start, and not after a restart", async () => {
  using here = new Happening();
  here.watch.look();
  here.heard(1);
  here.watch.look();
  assert.deepEqual(here.lines, []);
  here.heard(2);
  here.watch.look();
  here.clock.advance(60_000);
  here.heard(1);
  here.clock.advance(60_000);
  here.watch.look();
  assert.deepEqual(here.lines, ["peer-left  peer 2", "peer-joined  peer 2"]);
  await here.restart();
  assert.deepEqual(here.lines, []);
});
