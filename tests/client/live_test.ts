import assert from "node:assert/strict";
import { type EventStream, Live } from "../../lib/client/live.ts";
import type { Download, Status } from "../../lib/core/local_messages.ts";
import { Scheduled } from "./scheduled.ts";

type Listener = (event: { readonly data?: unknown }) => void;

class FakeStream implements EventStream {
  isClosed = false;
  readonly #listeners = new Map<string, Listener[]>();

  constructor(readonly path: string) {}

  addEventListener(kind: string, listener: Listener): void {
    this.#listeners.set(kind, [...this.#listeners.get(kind) ?? [], listener]);
  }

  close(): void {
    this.isClosed = true;
  }

  emit(kind: string, content?: unknown): void {
    const data = typeof content === "string" ? content : JSON.stringify(content);
    for (const listener of this.#listeners.get(kind) ?? []) listener({ data });
  }
}

function setup(downloads: () => readonly Download[] = () => []) {
  const time = new Scheduled();
  const streams: FakeStream[] = [];
  const live = new Live({
    open(path) {
      streams.push(new FakeStream(path));
      return streams.at(-1)!;
    },
    after: time.after,
    random: () => 0.5,
    downloads: () => Promise.resolve(downloads()),
  });
  return { live, time, streams, newest: () => streams.at(-1)! };
}

const download = (id: string, done: number) => ({ id, done, status: "fetching" }) as Download;
const status = (peers: number) => ({ peers }) as Status;

Deno.test("many islands share one connection, and read the same signals", () => {
  const { live, streams, newest } = setup();
  live.start();
  live.start();
  assert.equal(streams.length, 1);
  assert.equal(newest().path, "/api/events");
  newest().emit("open");
  newest().emit("status", status(7));
  newest().emit("download", download("a", 1));
  newest().emit("download", download("b", 1));
  newest().emit("download", download("a", 2));
  newest().emit("cancelled", { id: "b" });
  newest().emit("peers", [{ name: "bob" }]);
  newest().emit("shares", { version: 4, total: 2 });
  newest().emit("rates", { down: 1, up: 2 });
  assert.equal(live.status.value?.peers, 7);
  assert.deepEqual([...live.downloads.value.values()], [download("a", 2)]);
  assert.deepEqual(live.peers.value?.map(({ name }) => name), ["bob"]);
  assert.deepEqual(live.shares.value, { version: 4, total: 2 });
  assert.deepEqual(live.rates.value, { down: 1, up: 2 });
});

Deno.test("what cannot be read is left out, and the connection stays", () => {
  const { live, newest } = setup();
  live.start();
  newest().emit("open");
  newest().emit("status", "{half");
  newest().emit("status", undefined);
  assert.equal(live.status.value, undefined);
  assert.equal(live.connection.value, "live");
});

Deno.test("a lost connection is told at once, and comes back after growing pauses", () => {
  const { live, time, streams, newest } = setup();
  live.start();
  newest().emit("open");
  newest().emit("status", status(1));
  newest().emit("error");
  assert.equal(live.connection.value, "lost");
  assert.equal(live.status.value?.peers, 1, "what was known stays");
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    const [before, count] = [time.now, streams.length];
    while (streams.length === count) time.pass(100);
    pauses.push(time.now - before);
    newest().emit("error");
  }
  assert.deepEqual(pauses, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  assert.ok(streams.slice(0, -1).every(({ isClosed }) => isClosed));

  time.pass(10_000);
  newest().emit("open");
  assert.equal(live.connection.value, "live");
  newest().emit("error");
  time.pass(500);
  assert.equal(newest().isClosed, false, "after a success the pauses are short again");
});

Deno.test("trying at once does not wait for the pause", () => {
  const { live, streams, newest } = setup();
  live.start();
  newest().emit("error");
  live.retry();
  assert.equal(streams.length, 2);
});

Deno.test("a computer that slept, or a program that hangs, counts as a break", () => {
  const { live, time, streams, newest } = setup();
  live.start();
  newest().emit("open");
  newest().emit("status", status(1));
  time.pass(19_000);
  newest().emit("status", status(1));
  time.pass(19_000);
  assert.equal(live.connection.value, "live");
  time.pass(1_000);
  assert.equal(live.connection.value, "lost");
  time.pass(500);
  assert.equal(streams.length, 2);
});

Deno.test("downloads that ended during a break are known after it", async () => {
  let known: readonly Download[] = [];
  const { live, time, newest } = setup(() => known);
  live.start();
  newest().emit("open");
  newest().emit("download", download("a", 1));
  newest().emit("download", download("gone", 1));
  newest().emit("error");
  known = [{ ...download("a", 9), status: "complete" }];
  time.pass(500);
  newest().emit("open");
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(live.returns.value, 1);
  assert.deepEqual([...live.downloads.value.values()], known);
});

Deno.test("a hidden page holds no connection, and what comes late from the old one is ignored", () => {
  const { live, time, streams, newest } = setup();
  live.start();
  const first = newest();
  first.emit("open");
  live.pause();
  assert.equal(first.isClosed, true);
  assert.equal(time.waiting, 0);
  first.emit("status", status(3));
  first.emit("error");
  time.pass(60_000);
  assert.equal(live.status.value, undefined);
  assert.equal(streams.length, 1);
  live.start();
  newest().emit("open");
  assert.equal(live.connection.value, "live");
  assert.equal(live.returns.value, 1);
});

Deno.test("the chunk map is that of the download being watched, over the same connection", () => {
  const { live, streams, newest } = setup();
  live.watchMap("a");
  assert.equal(streams.length, 0, "nothing is opened before somebody looks");
  live.start();
  assert.equal(newest().path, "/api/events?map=a");
  newest().emit("map", { downloadId: "a", chunks: 1 });
  assert.equal(live.map.value?.downloadId, "a");
  live.watchMap("b");
  assert.equal(live.map.value, undefined);
  assert.equal(newest().path, "/api/events?map=b");
  newest().emit("map", { downloadId: "a", chunks: 1 });
  assert.equal(live.map.value, undefined);
  live.watchMap(undefined);
  assert.equal(newest().path, "/api/events");
  assert.equal(streams.filter(({ isClosed }) => !isClosed).length, 1);
});

Deno.test("activity is kept newest first and bounded", () => {
  const { live, newest } = setup();
  live.start();
  for (let id = 1; id <= 80; id++) newest().emit("activity", { id, kind: "shared" });
  newest().emit("activity", { id: 80, kind: "changed" });
  assert.equal(live.activity.value.length, 50);
  assert.deepEqual(live.activity.value.slice(0, 2).map(({ id, kind }) => [id, kind]), [[80, "changed"], [
    79,
    "shared",
  ]]);
});

Deno.test("what the page was made with gives way to what is told live", () => {
  const { live, newest } = setup();
  live.seedDownloads([download("a", 1)]);
  assert.equal(live.downloads.value.size, 1);
  live.start();
  newest().emit("open");
  newest().emit("download", download("b", 1));
  live.seedDownloads([download("c", 1)]);
  assert.deepEqual([...live.downloads.value.keys()], ["a", "b"]);
});
