import assert from "node:assert/strict";
import { SwarmFigures } from "../../lib/app/swarm_figures.ts";
import { LiveBoard } from "../../lib/app/live_board.ts";
import { TrackSwarm } from "../../lib/app/track_swarm.ts";
import type { Board } from "../../lib/core/messages.ts";
import { Swarm } from "../../lib/core/swarm.ts";
import { announceBy, FakeClass, FakeClock, MemorySwarmIndex, peerId, trustingSignatures } from "../fakes.ts";

/** A clock whose sleepers wake when told. */
class SleepyClock extends FakeClock {
  readonly sleepers: { ms: number; wake: () => void }[] = [];
  override sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    signal?.addEventListener("abort", () => reject(signal.reason));
    this.sleepers.push({ ms, wake: resolve });
    return promise;
  };
  /** A little early, as timers of whole milliseconds do. */
  async wake(): Promise<void> {
    const { ms, wake } = this.sleepers.shift()!;
    this.advance(ms - 0.5);
    wake();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function setup() {
  const clock = new SleepyClock();
  const index = new MemorySwarmIndex();
  const swarm = new Swarm();
  const members = new FakeClass(clock);
  const figures = new SwarmFigures({ index, swarm, clock });
  const track = new TrackSwarm({
    ...{ index, swarm, members, clock },
    signatures: trustingSignatures,
    peerExpiresMs: 90_000,
    announceIntervalMs: 30_000,
  });
  const boards: Board[] = [];
  const errors: unknown[] = [];
  const watched = { isWatched: true };
  const board = new LiveBoard({
    ...{ figures, track, clock },
    tell: (board) => boards.push(board),
    isWatched: () => watched.isWatched,
    onError: (error) => errors.push(error),
  });
  const come = (number: number) =>
    track.announceSigned(JSON.stringify(announceBy(peerId(number), { name: `peer ${number}` })), {
      address: `10.0.0.${number}`,
      host: undefined,
    }, { kind: "anonymous", address: `10.0.0.${number}` });
  return { clock, index, figures, boards, errors, watched, board, come };
}

Deno.test("a whole class that comes at once is told in one board, soon", async () => {
  const { clock, boards, board, come } = setup();
  using _ = board;
  for (let number = 1; number <= 30; number++) await come(number);
  assert.equal(clock.sleepers.length, 1);
  assert.ok(clock.sleepers[0]!.ms <= 500);
  await clock.wake();
  assert.deepEqual(boards.map(({ stats, present }) => [stats.peers, present.total]), [[30, 30]]);
});

Deno.test("a board is never older than the change that it tells of, even when numbers were just counted", async () => {
  const { clock, figures, boards, board, come } = setup();
  using _ = board;
  assert.equal(figures.stats().peers, 0);
  await come(1);
  await clock.wake();
  assert.equal(boards.at(-1)?.stats.peers, 1);
});

Deno.test("nothing is counted while nobody looks, and a quiet class is told of every 15 seconds", async () => {
  const { clock, boards, watched, board, come } = setup();
  using _ = board;
  watched.isWatched = false;
  await come(1);
  await clock.wake();
  assert.deepEqual(boards, []);
  watched.isWatched = true;
  clock.advance(14_000);
  board.tick();
  assert.deepEqual(clock.sleepers, []);
  clock.advance(1_000);
  board.tick();
  board.tick();
  await clock.wake();
  assert.equal(boards.length, 1);
});

Deno.test("a board that cannot be counted is reported, and the next change tries again", async () => {
  const { clock, index, boards, errors, board, come } = setup();
  using _ = board;
  const { totals } = index;
  index.totals = () => {
    throw new Error("disk");
  };
  await come(1);
  await clock.wake();
  assert.equal(errors.length, 1);
  index.totals = totals;
  await come(2);
  await clock.wake();
  assert.equal(boards.length, 1);
});
