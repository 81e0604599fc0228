import assert from "node:assert/strict";
import { type LiveSocket, TrackerLive } from "../../lib/client/tracker_live.ts";

/** Sockets and timers that do what the test says. */
class World {
  readonly sockets: FakeSocket[] = [];
  readonly timers = new Map<number, { ms: number; run: () => void }>();
  #ids = 0;
  readonly live: TrackerLive = new TrackerLive({
    open: () => {
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return socket;
    },
    after: (ms, run) => {
      const id = ++this.#ids;
      this.timers.set(id, { ms, run });
      return () => this.timers.delete(id);
    },
    random: () => 0.5,
  });

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  /** Waits of the timers that are set. */
  get waits(): number[] {
    return [...this.timers.values()].map(({ ms }) => ms);
  }

  /** Lets the timer with the shortest wait end. */
  pass(): void {
    const [id, timer] = [...this.timers].sort(([, a], [, b]) => a.ms - b.ms)[0]!;
    this.timers.delete(id);
    timer.run();
  }
}

class FakeSocket implements LiveSocket {
  isOpen = true;
  readonly #listeners: [string, (event: { data: unknown }) => void][] = [];
  addEventListener(kind: string, listener: (event: { data: unknown }) => void): void {
    this.#listeners.push([kind, listener]);
  }
  close(): void {
    this.isOpen = false;
    this.fire("close");
  }
  fire(kind: string, data?: unknown): void {
    for (const [of, listener] of this.#listeners) if (of === kind) listener({ data });
  }
  tell(message: unknown): void {
    this.fire("message", JSON.stringify(message));
  }
}

const board = (peers: number) => ({ kind: "board", stats: { peers }, present: { total: peers, peers: [] } });
const event = (peer: string) => ({ kind: "peer-joined", peer, at: "2026-01-02T03:04:05.678Z" });

Deno.test("numbers and events arrive, events newest first and not without end", () => {
  const { live, ...world } = new World();
  live.start();
  live.start();
  const [socket] = world.sockets;
  assert.equal(world.sockets.length, 1);
  socket!.tell(board(3));
  for (let n = 0; n < 80; n++) socket!.tell(event(`peer ${n}`));
  for (const junk of ["", "{", "null"]) assert.doesNotThrow(() => socket!.fire("message", junk), junk);
  assert.equal(live.board.value?.stats.peers, 3);
  assert.deepEqual([live.events.value.length, live.events.value[0]?.peer], [50, "peer 79"]);
  assert.deepEqual([live.connection.value, live.returns.value], ["live", 1]);
});

Deno.test("a lost connection is said, and it returns by itself, ever more slowly, until the tracker answers", () => {
  const world = new World();
  const { live } = world;
  live.start();
  world.socket.tell(board(1));
  const waits: number[] = [];
  for (let n = 0; n < 8; n++) {
    world.socket.fire("close");
    assert.equal(live.connection.value, "lost");
    assert.equal(world.timers.size, 1);
    waits.push(...world.waits);
    world.pass();
  }
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  assert.equal(live.connection.value, "lost", "it is open, but nobody spoke yet");
  world.socket.tell(board(2));
  assert.deepEqual([live.connection.value, live.returns.value, live.board.value?.stats.peers], ["live", 2, 2]);
  world.socket.fire("close");
  assert.deepEqual(world.waits, [500]);
});

Deno.test("a tracker that says nothing any more counts as lost", () => {
  const world = new World();
  world.live.start();
  world.socket.tell(board(1));
  world.pass();
  assert.equal(world.live.connection.value, "lost");
  assert.equal(world.socket.isOpen, false);
  world.live.retry();
  assert.equal(world.sockets.length, 2);
});

Deno.test("a hidden page holds no connection, and an old one cannot speak for the new", () => {
  const world = new World();
  const { live } = world;
  live.start();
  const first = world.socket;
  first.tell(board(1));
  live.pause();
  assert.deepEqual([first.isOpen, world.timers.size, live.connection.value], [false, 0, "live"]);
  live.start();
  first.tell(board(9));
  first.fire("close");
  world.socket.tell(board(2));
  assert.deepEqual([live.board.value?.stats.peers, live.connection.value, live.returns.value], [2, "live", 2]);
});
