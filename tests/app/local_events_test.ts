import assert from "node:assert/strict";
import { sqliteActivity } from "../../lib/adapters/sqlite_activity.ts";
import { ActivityLog } from "../../lib/app/activity.ts";
import { LocalEvents } from "../../lib/app/local_events.ts";
import { Traffic } from "../../lib/app/traffic.ts";
import type { LocalEvent, LocalPeer, Status } from "../../lib/core/local_messages.ts";
import { PatientClock, peerId } from "../fakes.ts";
import { CHUNK, stalls, testFile, until } from "../fakes_download.ts";
import { Downloading } from "./downloads_setup.ts";

/** Events over real downloads; everything else is what the test says. */
class Happening implements AsyncDisposable {
  status = { shares: 1 } as Status;
  shares = { version: 1, total: 1 };
  peers: LocalPeer[] = [];
  readonly heard: LocalEvent[] = [];
  readonly traffic;
  readonly activity;
  readonly events;
  #stop = new AbortController();
  #listening: Promise<void> = Promise.resolve();

  private constructor(readonly peer: Downloading) {
    const { clock, log, downloads } = peer;
    this.traffic = new Traffic(clock);
    this.activity = new ActivityLog(sqliteActivity(peer.db), clock, log);
    this.events = new LocalEvents({
      ...{ downloads, clock, traffic: this.traffic, activity: this.activity },
      status: () => this.status,
      peers: () => this.peers,
      shares: () => this.shares,
    });
  }

  static async make(): Promise<Happening> {
    return new Happening(await Downloading.make());
  }

  listen(map?: string): void {
    this.#listening = (async () => {
      for await (const events of this.events.listen(this.#stop.signal, map)) this.heard.push(...events);
    })();
  }

  /** Waits for the next event that fits; those before it are forgotten. */
  async hears<K extends LocalEvent["kind"]>(kind: K, fits: (event: LocalEvent & { kind: K }) => boolean = () => true) {
    const isIt = (event: LocalEvent): event is LocalEvent & { kind: K } => event.kind === kind && fits(event as never);
    await until(() => this.heard.some(isIt), `${kind} is told`);
    return this.heard.splice(0, this.heard.findIndex(isIt) + 1).at(-1) as LocalEvent & { kind: K };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#listening;
    await this.peer[Symbol.asyncDispose]();
  }
}

const ALICE: LocalPeer = {
  peerId: peerId(1),
  name: "alice",
  host: "10.0.0.1",
  port: 1,
  lastSeen: "2026-01-01T00:00:00.000Z",
};

Deno.test("who begins to listen is told how everything is, at once and once", async () => {
  await using here = await Happening.make();
  here.peers = [ALICE];
  here.activity.note({ kind: "shared", name: "before" });
  const done = here.peer.share("done", testFile(1));
  await here.peer.fetch(done);
  await here.peer.clock.sleep(10);
  here.peer.network.sources.get(1)!.gone = true;
  await here.peer.add(here.peer.share("waits", testFile(CHUNK, 2)));
  here.listen();
  await until(() => here.heard.length > 0, "something is told");
  const first = here.heard.map((event) => event.kind === "download" ? event.download.name : event.kind);
  assert.deepEqual(first, ["status", "waits", "shares", "peers", "rates"]);
});

Deno.test("each change is told, and nothing else", async () => {
  await using here = await Happening.make();
  here.listen();
  await here.hears("status");
  here.status = { shares: 2 } as Status;
  assert.equal((await here.hears("status")).status.shares, 2);
  here.shares = { version: 2, total: 5 };
  assert.deepEqual((await here.hears("shares")).shares, { version: 2, total: 5 });
  here.peers = [ALICE];
  assert.deepEqual((await here.hears("peers")).peers, [ALICE]);
  here.peers = [];
  assert.deepEqual((await here.hears("peers")).peers, []);
  here.activity.note({ kind: "shared", name: "a" });
  assert.equal((await here.hears("activity")).activity.name, "a");
  here.traffic.received(4_000);
  here.traffic.sent(2_000);
  await here.hears("rates", ({ rates }) => rates.down === 2_000 && rates.up === 1_000);
  here.heard.length = 0;
  for (let slot = 0; slot < 3; slot++) await here.hears("rates");
  assert.deepEqual(here.heard, []);
});

Deno.test("what people wait for is told at once, without the time in between", async () => {
  await using here = await Happening.make();
  const { downloads } = here.peer;
  const events = new LocalEvents({
    ...{ downloads, clock: new PatientClock(), traffic: here.traffic, activity: here.activity },
    ...{ status: () => here.status, peers: () => here.peers, shares: () => here.shares },
  });
  const stop = new AbortController();
  const listening = events.listen(stop.signal);
  await listening.next();
  for (const shares of [2, 3]) {
    const news = listening.next();
    here.status = { shares } as Status;
    events.tellNow();
    assert.deepEqual((await news).value, [{ kind: "status", status: here.status }]);
  }
  const last = listening.next();
  stop.abort();
  assert.equal((await last).done, true);
});

Deno.test("a download is told as it changes and when it is no longer there, with its map for who asks", async () => {
  await using here = await Happening.make();
  const { network, downloads } = here.peer;
  const file = here.peer.share("film", testFile(8 * CHUNK));
  network.sources.get(1)!.behaviour = async (request) => {
    await request.give(request.first);
    return await stalls(request);
  };
  const { id } = await here.peer.add(file);
  here.listen(id);
  await here.hears("download", ({ download }) => download.done > 0);
  const { map } = await here.hears("map", ({ map }) => Uint8Array.fromBase64(map.cells).includes(3));
  assert.deepEqual([map.downloadId, map.chunks, map.sources.map(({ name }) => name)], [id, 8, ["peer 1"]]);
  await downloads.pause(id);
  await here.hears("download", ({ download }) => download.status === "paused");
  await downloads.cancel(id);
  assert.deepEqual((await here.hears("cancelled")).cancelled, { id });
});

Deno.test("the map of a download that does not exist is no event, and so many listen and no more", async () => {
  await using here = await Happening.make();
  here.listen("0".repeat(16));
  await here.hears("rates");
  assert.ok(!here.heard.some(({ kind }) => kind === "map"));
  const stop = new AbortController();
  const others = Array.from({ length: 63 }, () => here.events.listen(stop.signal));
  await Promise.all(others.map((events) => events.next()));
  assert.throws(() => here.events.listen(stop.signal), { code: "busy" });
  await others[0]!.return();
  assert.ok(here.events.listen(stop.signal));
  stop.abort();
  await Promise.all(others.map((events) => events.next()));
});
