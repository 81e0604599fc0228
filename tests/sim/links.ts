/** What limits the transfers of a simulated swarm. Rates in bytes a second, times in milliseconds. */

/** A transfer between two computers, by their numbers. `rate` is set by the network. */
export interface Stream {
  readonly from: number;
  readonly to: number;
  rate: number;
}

export interface Network {
  /** One way. */
  readonly delayMs: number;
  /** Sets the rate of each. */
  share(streams: readonly Stream[]): void;
}

export interface LinkOptions {
  readonly up: number;
  readonly down: number;
  readonly delayMs: number;
  /** Part of the packets that is lost. */
  readonly loss: number;
}

/** So often the rates that are left over are shared anew; max-min fairness is then near enough. */
const ROUNDS = 5;
const SEGMENT_BYTES = 1448;

/** Each computer on a link of its own to a switch that is never busy. */
export function wired(computers: number, { up, down, delayMs, loss }: LinkOptions): Network {
  const [upLeft, downLeft] = [new Float64Array(computers), new Float64Array(computers)];
  const [upCount, downCount] = [new Uint32Array(computers), new Uint32Array(computers)];
  const most = lossyRate(2 * delayMs, loss);
  return {
    delayMs,
    share(streams) {
      upLeft.fill(up);
      downLeft.fill(down);
      for (const stream of streams) stream.rate = 0;
      for (let round = 0; round < ROUNDS; round++) {
        upCount.fill(0);
        downCount.fill(0);
        for (const { from, to, rate } of streams) {
          if (rate >= most || upLeft[from]! < 1 || downLeft[to]! < 1) continue;
          upCount[from]!++;
          downCount[to]!++;
        }
        const [upShare, downShare] = [
          upLeft.map((left, at) => left / upCount[at]!),
          downLeft.map((left, at) => left / downCount[at]!),
        ];
        let isShared = false;
        for (const stream of streams) {
          const { from, to, rate } = stream;
          if (rate >= most || upLeft[from]! < 1 || downLeft[to]! < 1) continue;
          const more = Math.min(upShare[from]!, downShare[to]!, most - rate, upLeft[from]!, downLeft[to]!);
          stream.rate += more;
          upLeft[from]! -= more;
          downLeft[to]! -= more;
          isShared = true;
        }
        if (!isShared) return;
      }
    },
  };
}

/** All computers but the first one, which is wired, on one Wi-Fi: from one to another each byte is on the air twice. */
export function sharedAir(rate: number, delayMs: number): Network {
  return {
    delayMs,
    share(streams) {
      for (const stream of streams) stream.rate = rate / streams.length / (stream.from === 0 ? 1 : 2);
    },
  };
}

/** What TCP gets where packets are lost (Mathis et al., 1997). */
function lossyRate(roundTripMs: number, loss: number): number {
  return loss === 0 ? Infinity : SEGMENT_BYTES * 1_000 / Math.max(1, roundTripMs) * Math.sqrt(1.5 / loss);
}

/**
 * The least time in which all of `computers` can have a file of so many chunks, sent on by whoever has a chunk, where
 * links have the same rate both ways: each further doubling of the holders takes the time of one chunk (Mundinger,
 * Weber, Weiss, "Optimal scheduling of peer-to-peer file dissemination", 2008). Seconds.
 */
export function lowerBound(bytes: number, chunks: number, computers: number, rate: number): number {
  return bytes / rate * (1 + Math.floor(Math.log2(computers)) / chunks);
}
