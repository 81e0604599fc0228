/** After the start, or after the networks of this computer changed; a lost one does not matter then. */
const BURST_MS = [0, 100, 500, 2_000];
/** Several changes of the index are told at once, and within 300 ms. */
const GATHER_MS = 200;
const CHANGES_EVERY_MS = 1_000;
/** Thirty computers do not answer a newcomer at the same moment, nor each of thirty newcomers. */
const SPREAD_MS = 500;
const REPLIES_EVERY_MS = 2_000;
/** One of them may be lost. */
const REPLIES = 2;

/** To whom a beacon goes: to this computer only, to the networks only, or to both. */
export type Reach = "here" | "networks" | "everywhere";

/** When beacons are due, in monotonic milliseconds; Infinity for those that are not. */
export interface BeaconTimes {
  readonly intervalMs: number;
  /** The rest of the burst, earliest first. */
  readonly burst: readonly number[];
  readonly regularAt: number;
  readonly changeAt: number;
  /** When changes were last told. */
  readonly changedAt: number;
  readonly replyAt: number;
  readonly replyTo: Reach;
  /** Replies that are still to be sent. */
  readonly replies: number;
  readonly repliedAt: number;
}

export type BeaconEvent =
  /** Another network, or another address there. */
  | { readonly kind: "moved"; readonly at: number }
  /** The beacon says something else than before. */
  | { readonly kind: "changed"; readonly at: number }
  /** Somebody new was heard. `roll` in [0, 1) says how long to wait with the answer. */
  | { readonly kind: "newcomer"; readonly at: number; readonly roll: number; readonly from: Reach }
  | { readonly kind: "sent"; readonly at: number; readonly to: Reach };

export function beginBeacons(now: number, intervalMs: number): BeaconTimes {
  return {
    intervalMs,
    burst: burstAt(now),
    regularAt: now + intervalMs,
    changeAt: Infinity,
    changedAt: -Infinity,
    replyAt: Infinity,
    replyTo: "everywhere",
    replies: 0,
    repliedAt: -Infinity,
  };
}

/** When the next beacon is to be sent. */
export function dueBeacon({ burst: [first = Infinity], regularAt, changeAt, replyAt }: BeaconTimes): number {
  return Math.min(first, regularAt, changeAt, replyAt);
}

/** To whom the beacon that is due goes. */
export function reachOf({ burst: [first = Infinity], regularAt, changeAt, replyTo }: BeaconTimes, now: number): Reach {
  return Math.min(first, regularAt, changeAt) <= now ? "everywhere" : replyTo;
}

/** Whether this computer has just come, and asks others to make themselves known. */
export function isInBurst({ burst }: BeaconTimes): boolean {
  return burst.length > 0;
}

export function nextBeacon(times: BeaconTimes, event: BeaconEvent): BeaconTimes {
  switch (event.kind) {
    case "moved":
      return { ...times, burst: burstAt(event.at) };
    case "changed": {
      const at = Math.max(event.at + GATHER_MS, times.changedAt + CHANGES_EVERY_MS);
      return { ...times, changeAt: Math.min(times.changeAt, at) };
    }
    case "newcomer": {
      const at = Math.max(event.at + event.roll * SPREAD_MS, times.repliedAt + REPLIES_EVERY_MS);
      const isAlone = times.replies === 0 || times.replyTo === event.from;
      return {
        ...times,
        replyAt: Math.min(times.replyAt, at),
        replyTo: isAlone ? event.from : "everywhere",
        replies: REPLIES,
      };
    }
    case "sent": {
      const { at, to } = event;
      // Whatever was sent is an answer too.
      const isReply = times.replies > 0 && (to === "everywhere" || to === times.replyTo);
      const replies = times.replies - 1;
      const replied = isReply
        ? { replies, replyAt: replies > 0 ? at + REPLIES_EVERY_MS : Infinity, repliedAt: at }
        : {};
      if (to !== "everywhere") return { ...times, ...replied };
      return {
        ...times,
        ...replied,
        burst: times.burst.filter((due) => due > at),
        regularAt: at + times.intervalMs,
        changeAt: Infinity,
        changedAt: times.changeAt < Infinity ? at : times.changedAt,
      };
    }
    default:
      return event satisfies never;
  }
}

function burstAt(now: number): number[] {
  return BURST_MS.map((after) => now + after);
}
