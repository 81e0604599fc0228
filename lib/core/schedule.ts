import { type Action, type DownloadState, end, setAside } from "./download_state.ts";
import { requestWindow, type SourceState } from "./source.ts";

/** Chunks are asked for together up to this many bytes, so that a request is worth its round trip. */
const REQUEST_BYTES = { least: 1024 * 1024, most: 4 * 1024 * 1024 };
/** A request lasts no longer than this at the measured rate, so that work can move to another source. */
const REQUEST_MS = 50;
/** Near the end a chunk may be asked of a second peer once its first request is this old. */
const ENDGAME_AFTER_MS = 1_000;
const MAX_COPIES = 2;

/** Everything to do now. `now`: monotonic ms; `roll` in [0, 1) breaks ties. To be called after each event and each second. */
export function due(state: DownloadState, now: number, roll: number): Action[] {
  if (state.verified.complete) return endAll(state);
  const actions = [...abandonStalled(state, now), ...dropDelivered(state)];
  if (state.paused) return [...actions, ...endAll(state)];
  for (const source of state.sources.values()) {
    const action = inquiry(source, now);
    if (action) actions.push(action);
  }
  return [...actions, ...requests(state, now, roll)];
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

function inquiry(source: SourceState, now: number): Action | undefined {
  const { standing, peer } = source;
  const returns = standing.kind === "to-ask" && now >= standing.at ||
    standing.kind === "banned" && now >= standing.until;
  if (returns || standing.kind === "ready" && source.inFlight === 0 && now >= standing.askAgainAt) {
    source.standing = { kind: "asked", since: now };
    return { kind: "ask", peer };
  }
  if (standing.kind === "suspect" && source.inFlight === 0) {
    source.standing = { kind: "questioned", since: now };
    return { kind: "question", peer };
  }
  return undefined;
}

/** New requests: one per source and turn, so that the work is spread, until windows are full or nothing is wanted. */
function requests(state: DownloadState, now: number, roll: number): Action[] {
  const { limits, manifest } = state;
  const small = manifest.size < limits.threshold;
  const crawling = small ? [...state.requests.values()].filter(({ since }) => now - since >= limits.stallMs).length : 0;
  const most = small ? 1 + crawling : limits.requests;
  const actions: Action[] = [];
  const ready = [...state.sources.values()].filter((source) => source.standing.kind === "ready");
  const turn = Math.floor(roll * ready.length);
  const inUse = () => ready.reduce((count, source) => count + (source.inFlight > 0 ? 1 : 0), 0);
  for (let progress = true; progress && state.requests.size < most;) {
    progress = false;
    for (let i = 0; i < ready.length && state.requests.size < most; i++) {
      const source = ready[(i + turn) % ready.length]!;
      if (source.inFlight === 0 && inUse() >= limits.peers) continue;
      const requestBytes = Math.max(manifest.chunkSize, bytesAtOnce(source, now));
      if (source.inFlight >= requestWindow(source, requestBytes, limits.requestsPerPeer, now)) continue;
      const run = small
        ? firstRun(state, source) ?? (crawling > 0 ? endgame(state, source, now) : undefined)
        : pickRun(state, source, requestBytes, roll) ?? endgame(state, source, now);
      if (!run) continue;
      actions.push(open(state, source, run, now));
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
  const chunk = state.availability.rarest((chunk) => source.have.has(chunk), roll);
  if (chunk === undefined) return undefined;
  const perBlock = Math.floor(bytes / state.manifest.chunkSize);
  const start = chunk - chunk % perBlock;
  return grow(state, source, chunk, start, start + perBlock - 1);
}

function firstRun(state: DownloadState, source: SourceState): Run | undefined {
  for (const chunk of state.verified.missing()) {
    if (state.availability.isWanted(chunk) && source.have.has(chunk)) {
      return grow(state, source, chunk, chunk, Infinity);
    }
  }
  return undefined;
}

function grow(state: DownloadState, source: SourceState, chunk: number, least: number, most: number): Run {
  const fits = (other: number) => state.availability.isWanted(other) && source.have.has(other);
  let first = chunk;
  let last = chunk;
  while (first > least && fits(first - 1)) first--;
  while (last < most && fits(last + 1)) last++;
  return { first, last };
}

/** All is asked for: the oldest outstanding chunk once more, of a source that is free, so that one slow peer cannot hold the end. */
function endgame(state: DownloadState, source: SourceState, now: number): Run | undefined {
  if (state.availability.size > 0) return undefined;
  for (const request of state.requests.values()) {
    if (request.peer === source.peer || now - request.since < ENDGAME_AFTER_MS) continue;
    for (const chunk of request.open) {
      if (state.verified.has(chunk) || !source.have.has(chunk)) continue;
      const copies = [...state.requests.values()].filter(({ open }) => open.has(chunk));
      // A request that crawls, byte by byte, does not count as one.
      const lively = copies.filter(({ since }) => now - since < state.limits.stallMs);
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
  state.requests.set(id, { id, peer: source.peer, first, last, since: now, lastByteAt: now, open: chunks });
  source.inFlight++;
  return { kind: "request", id, peer: source.peer, first, last };
}
