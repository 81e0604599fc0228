import { Bitfield } from "./bitfield.ts";
import { outlook } from "./download.ts";
import { type Action, type DownloadState, end, type Request, setAside } from "./download_state.ts";
import { endWaits, mayAsk, requestWindow, type SourceState } from "./source.ts";

/** One request asks for no more than this, if it asks for several chunks. */
export const MAX_RUN_BYTES = 16 * 1024 * 1024;
/** Chunks are asked for together up to this many bytes, so that a request is worth its round trip. */
const REQUEST_BYTES = { least: 1024 * 1024, most: MAX_RUN_BYTES };
/** A request lasts no longer than this at the measured rate, so that work can move to another source. */
const REQUEST_MS = 50;
/**
 * Faster than this, in bytes a second of all sources and of the best one, which brings more than a gigabit link could,
 * this computer is what limits: more requests and more sources only push each other out of its caches.
 */
const FAST = { all: 500_000_000, best: 125_000_000, requests: 4, stillMs: 500 };
/**
 * So many times as many sources as are used at once are asked what they have and then tell what they gain. All of a class
 * would tell each other everything: it costs more than it brings.
 */
const KNOWN_PER_USED = 3;
/** Near the end a chunk may be asked of a second peer once its first request is this old. */
const ENDGAME_AFTER_MS = 1_000;
const MAX_COPIES = 2;
/**
 * A request crawls when, after the stall time, it is slower than `most` and than a quarter of the mean of all: on a link
 * that is slow for everybody none does. Slower than `least` always crawls. Bytes a second.
 */
const CRAWL_RATE = { least: 256, most: 4 * 1024 };
/** Doublings of the time that a source which crawled before has, when the other one is no better. */
const MAX_PATIENCE = 10;

/** Everything to do now. `now`: monotonic ms; `roll` in [0, 1) breaks ties. To be called after each event and each second. */
export function due(state: DownloadState, now: number, roll: number): Action[] {
  if (state.verified.complete) return endAll(state);
  const ends = [...abandonStalled(state, now), ...dropDelivered(state)];
  for (const source of state.sources.values()) endWaits(source, now);
  const asked = [...replaceCrawler(state, now), ...requests(state, now, roll)];
  return [...ends, ...asked, ...inquiries(state, now)];
}

function endAll(state: DownloadState): Action[] {
  return [...state.requests.keys()].map((id) => {
    end(state, id);
    return { kind: "abort", id };
  });
}

function abandonStalled(state: DownloadState, now: number): Action[] {
  const actions: Action[] = [];
  for (const request of state.requests.values()) {
    if (now - request.lastByteAt < state.limits.stallMs) continue;
    const source = end(state, request.id);
    if (source?.standing.kind === "ready") setAside(state, source, "stalled", undefined, now);
    actions.push({ kind: "abort", id: request.id });
  }
  for (const source of state.sources.values()) {
    const { standing } = source;
    const waiting = standing.kind === "asked" || standing.kind === "questioned";
    if (waiting && now - standing.since >= state.limits.stallMs) setAside(state, source, "stalled", undefined, now);
  }
  return actions;
}

/** Requests all of whose chunks came from somebody else meanwhile. */
function dropDelivered(state: DownloadState): Action[] {
  const actions: Action[] = [];
  for (const request of state.requests.values()) {
    if (request.open.size === 0 || [...request.open].some((chunk) => !state.verified.has(chunk))) continue;
    end(state, request.id);
    actions.push({ kind: "abort", id: request.id });
  }
  return actions;
}

/** In the order in which they were found. Those never asked are kept back as long as others are enough. */
function inquiries(state: DownloadState, now: number): Action[] {
  const isMoving = outlook(state).kind === "moving";
  let room = KNOWN_PER_USED * state.limits.peers;
  if (isMoving) { for (const source of state.sources.values()) if (isKnown(source)) room--; }
  const actions: Action[] = [];
  for (const source of state.sources.values()) {
    if (isUntried(source) && room-- <= 0) continue;
    const action = inquiry(source, now);
    if (action) actions.push(action);
  }
  return actions;
}

function isUntried({ standing, streams }: SourceState): boolean {
  return standing.kind === "to-ask" && standing.why === undefined && !streams;
}

/** It brings something, or tells by itself as soon as it can. */
function isKnown({ standing, streams, crawls }: SourceState): boolean {
  return crawls === 0 && (streams || standing.kind !== "to-ask" && standing.kind !== "banned");
}

function inquiry(source: SourceState, now: number): Action | undefined {
  const { standing, peer } = source;
  const returns = standing.kind === "to-ask" && now >= standing.at ||
    standing.kind === "banned" && now >= standing.until;
  if (returns || standing.kind === "ready" && source.inFlight === 0 && now >= standing.askAgainAt) {
    source.standing = { kind: "asked", since: now, gained: new Bitfield(source.have.length) };
    return { kind: "ask", peer };
  }
  if (standing.kind === "suspect" && source.inFlight === 0) {
    source.standing = { kind: "questioned", since: now };
    return { kind: "question", peer };
  }
  return undefined;
}

/**
 * Crawling requests hold their places for ever, byte by byte. When no place is free, one of them makes room for a source
 * that could do better. Sources that all crawl replace each other ever more rarely, so that they get on as well.
 */
function replaceCrawler(state: DownloadState, now: number): Action[] {
  const crawling = [...state.requests.values()].filter((request) => isCrawling(state, request, now));
  if (crawling.length === 0) return [];
  const ready = readySources(state);
  const noRequest = state.requests.size >= mostRequests(state, now);
  const noPeer = inUse(ready) >= state.limits.peers;
  if (!noRequest && !noPeer) return [];
  for (const request of crawling) {
    const source = state.sources.get(request.peer)!;
    const isBetter = (other: SourceState) =>
      other !== source && (noRequest ? hasRoom(state, other, now) : other.inFlight === 0) &&
      isOutOfPatience(state, request, source, other, now) && isUseful(state, other, request);
    if (!ready.some(isBetter)) continue;
    end(state, request.id);
    source.crawls++;
    if (source.standing.kind === "ready") setAside(state, source, "stalled", undefined, now);
    return [{ kind: "abort", id: request.id }];
  }
  return [];
}

/** Whether a crawling request has had its time, seen from another source. */
function isOutOfPatience(
  state: DownloadState,
  request: Request,
  source: SourceState,
  other: SourceState,
  now: number,
): boolean {
  if (other.crawls > source.crawls) return false;
  const patience = state.limits.stallMs * 2 ** Math.min(source.crawls, MAX_PATIENCE);
  return other.crawls < source.crawls || now - request.since >= patience;
}

function isCrawling({ requests, limits }: DownloadState, { since, bytes }: Request, now: number): boolean {
  const age = now - since;
  if (age < limits.stallMs) return false;
  let allBytes = 0;
  let allAges = 0;
  for (const request of requests.values()) {
    allBytes += request.bytes;
    allAges += now - request.since;
  }
  const quarterOfMean = allBytes * 1000 / Math.max(1, allAges) / 4;
  return bytes * 1000 / age < Math.min(CRAWL_RATE.most, Math.max(CRAWL_RATE.least, quarterOfMean));
}

/** Whether `other` may hold something wanted, or what the request was to bring. */
function isUseful({ availability }: DownloadState, other: SourceState, { open }: Request): boolean {
  const holdsWanted = availability.size > 0 && other.uselessAt !== availability.returned && other.have.count > 0;
  return holdsWanted || [...open].some((chunk) => other.have.has(chunk));
}

function readySources(state: DownloadState): SourceState[] {
  return [...state.sources.values()].filter((source) => source.standing.kind === "ready");
}

function inUse(sources: readonly SourceState[]): number {
  return sources.reduce((count, source) => count + (source.inFlight > 0 ? 1 : 0), 0);
}

/** Asked as one run of one source, as long as no source asks to have it spread. */
function isSmall({ manifest, limits, sources }: DownloadState): boolean {
  return manifest.size < limits.threshold && ![...sources.values()].some(({ offer }) => offer.kind === "only");
}

/** A small file is asked of one source, of a second one when that takes long, and of one more for each that crawls. */
function mostRequests(state: DownloadState, now: number): number {
  const { limits, requests } = state;
  if (!isSmall(state)) return isFast(state, now) ? Math.min(limits.requests, FAST.requests) : limits.requests;
  const old = [...requests.values()].filter(({ since }) => now - since >= limits.stallMs);
  const crawling = old.filter((request) => isCrawling(state, request, now)).length;
  return Math.min(limits.requests, 1 + Math.max(Math.min(1, old.length), crawling));
}

/** Not while a request stands still: its rate is that of before, and it holds a place that others need. */
function isFast({ sources, requests }: DownloadState, now: number): boolean {
  for (const { lastByteAt } of requests.values()) if (now - lastByteAt >= FAST.stillMs) return false;
  let all = 0;
  let best = 0;
  for (const { meter } of sources.values()) {
    const rate = meter.rate(now);
    all += rate;
    best = Math.max(best, rate);
  }
  return all > FAST.all && best > FAST.best;
}

function requestBytes({ manifest }: DownloadState, source: SourceState, now: number): number {
  return Math.max(manifest.chunkSize, bytesAtOnce(source, now));
}

function hasRoom(state: DownloadState, source: SourceState, now: number): boolean {
  if (source.slot.kind !== "open") return source.slot.kind === "one" && source.inFlight === 0;
  const most = state.limits.requestsPerPeer;
  const others = state.requests.size - source.inFlight;
  const least = Math.min(most, others > 0 || source.offer.kind === "only" ? 1 : 2);
  return source.inFlight < requestWindow(source, requestBytes(state, source, now), { least, most }, now);
}

/**
 * New requests: one per source and turn, so that the work is spread, until windows are full or nothing is wanted. Those
 * that crawled come last; the fastest come first where spreading brings nothing.
 */
function requests(state: DownloadState, now: number, roll: number): Action[] {
  const most = mostRequests(state, now);
  const actions: Action[] = [];
  const all = readySources(state);
  const ready = all.filter((source) => hasRoom(state, source, now));
  let used = inUse(all);
  const turn = Math.floor(roll * ready.length);
  const inOrder = [...ready.slice(turn), ...ready.slice(0, turn)].sort((a, b) => a.crawls - b.crawls);
  if (isFast(state, now)) inOrder.sort((a, b) => a.crawls - b.crawls || b.meter.rate(now) - a.meter.rate(now));
  for (let progress = true; progress && state.requests.size < most;) {
    progress = false;
    for (const source of inOrder) {
      if (state.requests.size >= most) break;
      const isNew = source.inFlight === 0;
      if (isNew && used >= state.limits.peers || !hasRoom(state, source, now)) continue;
      const fresh = isSmall(state)
        ? firstRun(state, source)
        : pickRun(state, source, requestBytes(state, source, now), roll);
      const run = fresh ?? endgame(state, source, now);
      if (!run) continue;
      actions.push(open(state, source, run, now));
      if (isNew) used++;
      progress = true;
    }
  }
  return actions;
}

function bytesAtOnce(source: SourceState, now: number): number {
  const bytes = source.meter.rate(now) * REQUEST_MS / 1000;
  return Math.min(REQUEST_BYTES.most, Math.max(REQUEST_BYTES.least, 2 ** Math.floor(Math.log2(bytes + 1))));
}

interface Run {
  readonly first: number;
  readonly last: number;
}

/** The rarest wanted chunk that the source holds and, when chunks are small, its wanted neighbours in the same block. */
function pickRun(state: DownloadState, source: SourceState, bytes: number, roll: number): Run | undefined {
  const { availability } = state;
  if (source.uselessAt === availability.returned) return undefined;
  const chunk = availability.rarest((chunk) => mayAsk(source, chunk), roll);
  if (chunk === undefined) {
    source.uselessAt = availability.returned;
    return undefined;
  }
  const perBlock = Math.floor(bytes / state.manifest.chunkSize);
  const start = chunk - chunk % perBlock;
  return grow(state, source, chunk, start, start + perBlock - 1);
}

function firstRun(state: DownloadState, source: SourceState): Run | undefined {
  for (const chunk of state.verified.missing()) {
    if (state.availability.isWanted(chunk) && mayAsk(source, chunk)) {
      const perRun = Math.max(1, Math.floor(MAX_RUN_BYTES / state.manifest.chunkSize));
      return grow(state, source, chunk, chunk, chunk + perRun - 1);
    }
  }
  return undefined;
}

function grow(state: DownloadState, source: SourceState, chunk: number, least: number, most: number): Run {
  const fits = (other: number) => state.availability.isWanted(other) && mayAsk(source, other);
  let first = chunk;
  let last = chunk;
  while (first > least && fits(first - 1)) first--;
  while (last < most && fits(last + 1)) last++;
  return { first, last };
}

/**
 * All is asked for: an outstanding chunk once more, of a source that is free, so that one slow peer cannot hold the end.
 * From the far end of a run, so that two sources meet instead of sending the same.
 */
function endgame(state: DownloadState, source: SourceState, now: number): Run | undefined {
  if (state.availability.size > 0) return undefined;
  for (const request of state.requests.values()) {
    if (request.peer === source.peer || now - request.since < ENDGAME_AFTER_MS) continue;
    for (const chunk of [...request.open].reverse()) {
      if (state.verified.has(chunk) || !mayAsk(source, chunk)) continue;
      const copies = [...state.requests.values()].filter(({ open }) => open.has(chunk));
      // A request that crawls, byte by byte, does not count as one.
      const lively = copies.filter((copy) => !isCrawling(state, copy, now));
      if (lively.length < MAX_COPIES && copies.every(({ peer }) => peer !== source.peer)) {
        return { first: chunk, last: chunk };
      }
    }
  }
  return undefined;
}

function open(state: DownloadState, source: SourceState, { first, last }: Run, now: number): Action {
  const id = state.nextRequest++;
  const chunks = new Set<number>();
  for (let chunk = first; chunk <= last; chunk++) {
    chunks.add(chunk);
    state.availability.take(chunk);
  }
  state.requests.set(id, { id, peer: source.peer, first, last, since: now, lastByteAt: now, bytes: 0, open: chunks });
  source.inFlight++;
  return { kind: "request", id, peer: source.peer, first, last };
}
