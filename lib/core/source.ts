import type { Availability } from "./availability.ts";
import { Bitfield } from "./bitfield.ts";
import type { PeerId } from "./ids.ts";
import { RateMeter } from "./rate.ts";

/** A peer that lies about a file is not asked for it again for this long. */
export const BAN_MS = 10 * 60_000;
const BUSY_MS = { least: 100, most: 30_000, unsaid: 1_000 };
/** Its record or file is gone; it may come back after a rescan. */
const NOT_FOUND_MS = 30_000;
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;
/** A partial source is asked again for what it holds. */
const HAVE_EVERY_MS = 2_000;

export type Trouble = "busy" | "not-found" | "unreachable" | "stalled" | "bad-content";

/** What one download knows of one peer. */
export type SourceStanding =
  /** To be asked what it holds, not before `at`. */
  | { readonly kind: "to-ask"; readonly at: number; readonly busy?: boolean }
  | { readonly kind: "asked"; readonly since: number }
  | { readonly kind: "ready"; readonly askAgainAt: number }
  /** Sent a wrong chunk: its manifest decides between a changed file and a liar. */
  | { readonly kind: "suspect" }
  | { readonly kind: "questioned"; readonly since: number }
  | { readonly kind: "banned"; readonly until: number };

export interface SourceState {
  readonly peer: PeerId;
  standing: SourceStanding;
  have: Bitfield;
  readonly meter: RateMeter;
  /** Requests under way. */
  inFlight: number;
  /** Troubles since the last verified chunk. */
  troubles: number;
  /** Requests taken from it because they crawled, since the last verified chunk. */
  crawls: number;
  /** `returned` of the availability when it last turned out to hold nothing wanted. */
  uselessAt: number | undefined;
}

export function newSource(peer: PeerId, chunks: number, now: number): SourceState {
  return {
    peer,
    standing: { kind: "to-ask", at: now },
    have: new Bitfield(chunks),
    meter: new RateMeter(now),
    inFlight: 0,
    troubles: 0,
    crawls: 0,
    uselessAt: undefined,
  };
}

/** The source told what it holds. Those that hold all are not counted: they make no chunk rarer than another. */
export function answered(source: SourceState, have: Bitfield, availability: Availability, now: number): void {
  forgetHave(source, availability);
  source.have = have;
  source.uselessAt = undefined;
  if (!have.complete) { for (const chunk of have) availability.gained(chunk); }
  source.standing = { kind: "ready", askAgainAt: have.complete ? Infinity : now + HAVE_EVERY_MS };
}

export function forgetHave(source: SourceState, availability: Availability): void {
  if (!source.have.complete) { for (const chunk of source.have) availability.lost(chunk); }
  source.have = new Bitfield(source.have.length);
}

/** The source cannot be used now; later ever later, unless it says when. */
export function rest(source: SourceState, why: Trouble, retryAfterMs: number | undefined, now: number): void {
  const doubled = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(source.troubles, 10));
  const ms = why === "busy"
    ? Math.min(BUSY_MS.most, Math.max(BUSY_MS.least, retryAfterMs ?? BUSY_MS.unsaid))
    : why === "not-found"
    ? NOT_FOUND_MS
    : doubled;
  if (why !== "busy") source.troubles++;
  source.standing = { kind: "to-ask", at: now + ms, busy: why === "busy" };
}

/**
 * Requests to keep in flight: enough for a second at the measured rate, at least two so that the line is never idle
 * between them, at most `limit`.
 */
export function requestWindow(source: SourceState, requestBytes: number, limit: number, now: number): number {
  const perSecond = source.meter.rate(now) / requestBytes;
  return Math.max(Math.min(2, limit), Math.min(limit, Math.ceil(perSecond) + 1));
}
