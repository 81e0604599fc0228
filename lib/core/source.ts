import type { Availability } from "./availability.ts";
import { Bitfield } from "./bitfield.ts";
import type { PeerId } from "./ids.ts";
import { RateMeter } from "./rate.ts";

/** A peer that lies about a file is not asked for it again for this long. */
export const BAN_MS = 10 * 60_000;
const BUSY_MS = { least: 100, most: 30_000, unsaid: 1_000 };
/** Its record or file is gone; it may come back after a rescan. */
const NOT_FOUND_MS = 30_000;
/** From the end of an answer to the first byte of the next one, on a busy computer. */
const BETWEEN_REQUESTS_MS = 75;
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;
/** A partial source is asked again for what it holds; one that tells by itself rarely, in case something got lost. */
const HAVE_EVERY_MS = { polled: 2_000, streamed: 30_000 };
/** One that is choked for so long is tried all the same: word of a free slot may have been lost. */
const CHOKED_MS = 5_000;
/** An offer of which nothing is wanted ends after so long without another, so that it never keeps a source idle. */
const OFFER_MS = 2_000;

export type Trouble = "busy" | "not-found" | "unreachable" | "stalled" | "bad-content";

/** What one download knows of one peer. */
export type SourceStanding =
  /** To be asked what it holds, not before `at`. */
  | { readonly kind: "to-ask"; readonly at: number; readonly why?: Trouble }
  /** `gained`: what it told meanwhile. */
  | { readonly kind: "asked"; readonly since: number; readonly gained: Bitfield }
  | { readonly kind: "ready"; readonly askAgainAt: number }
  /** Sent a wrong chunk: its manifest decides between a changed file and a liar. */
  | { readonly kind: "suspect" }
  | { readonly kind: "questioned"; readonly since: number }
  | { readonly kind: "banned"; readonly until: number };

/** What of all that a source holds may be asked of it. */
export type Offer =
  | { readonly kind: "all" }
  /** `at`: when it was made or was last of use. */
  | { readonly kind: "only"; readonly chunks: ReadonlySet<number>; at: number };

/** Whether a source has an upload slot for us. */
export type Slot =
  | { readonly kind: "open" }
  /** For one request: others wait there too. */
  | { readonly kind: "one" }
  | { readonly kind: "choked"; readonly until: number };

export interface SourceState {
  readonly peer: PeerId;
  standing: SourceStanding;
  have: Bitfield;
  /** It pushes what it gains, what it offers and when a slot is free. */
  streams: boolean;
  offer: Offer;
  slot: Slot;
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
    streams: false,
    offer: { kind: "all" },
    slot: { kind: "open" },
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
  if (source.standing.kind === "asked") { for (const chunk of source.standing.gained) have.add(chunk); }
  if (!have.complete) { for (const chunk of have) availability.gained(chunk); }
  makeReady(source, now);
}

function makeReady(source: SourceState, now: number): void {
  const { streamed, polled } = HAVE_EVERY_MS;
  const askAgainAt = source.have.complete ? Infinity : now + (source.streams ? streamed : polled);
  source.standing = { kind: "ready", askAgainAt };
  source.uselessAt = undefined;
}

/** The source holds these as well, as it told by itself. It may be the first thing that it holds at all. */
export function gained(source: SourceState, chunks: Iterable<number>, availability: Availability, now: number): void {
  const { standing, have } = source;
  if (standing.kind === "asked") {
    for (const chunk of chunks) standing.gained.add(chunk);
    return;
  }
  if (standing.kind === "to-ask" && standing.why === "not-found") makeReady(source, now);
  if (source.standing.kind !== "ready") return;
  for (const chunk of chunks) {
    if (!have.add(chunk)) continue;
    source.uselessAt = undefined;
    availability.gained(chunk);
    if (have.complete) { for (const counted of have) availability.lost(counted); }
  }
}

/** Its event stream for this file began or ended. Without one it is polled. */
export function streams(source: SourceState, on: boolean, now: number): void {
  source.streams = on;
  if (on) return;
  source.offer = { kind: "all" };
  source.slot = { kind: "open" };
  if (source.standing.kind === "ready" && !source.have.complete) source.standing = { kind: "ready", askAgainAt: now };
}

/** From now on only these are to be asked of it, whatever it offered before. Undefined: all that it holds. */
export function offered(source: SourceState, chunks: Iterable<number> | undefined, now: number): void {
  source.offer = chunks ? { kind: "only", chunks: new Set(chunks), at: now } : { kind: "all" };
  source.uselessAt = undefined;
}

export function choked(source: SourceState, now: number): void {
  source.slot = { kind: "choked", until: now + CHOKED_MS };
}

/** Ends what was waited for too long. */
export function endWaits(source: SourceState, now: number): void {
  const { slot, offer } = source;
  if (slot.kind === "choked" && now >= slot.until) source.slot = { kind: "one" };
  if (offer.kind === "all") return;
  const isInUse = source.inFlight > 0 || source.slot.kind === "choked";
  if (isInUse) offer.at = now;
  else if (now - offer.at >= OFFER_MS) offered(source, undefined, now);
}

/** Whether the source holds the chunk and gives it to us. */
export function mayAsk({ have, offer }: SourceState, chunk: number): boolean {
  return have.has(chunk) && (offer.kind === "all" || offer.chunks.has(chunk));
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
  source.standing = { kind: "to-ask", at: now + ms, why };
}

/** Requests to keep in flight: enough to last from the end of one to the first byte of the next, within bounds. */
export function requestWindow(
  source: SourceState,
  requestBytes: number,
  { least, most }: { readonly least: number; readonly most: number },
  now: number,
): number {
  const between = source.meter.rate(now) / requestBytes * BETWEEN_REQUESTS_MS / 1_000;
  return Math.min(most, Math.max(least, Math.floor(between) + 1));
}
