import { Availability } from "./availability.ts";
import type { Bitfield } from "./bitfield.ts";
import { ChunkGivers } from "./chunk_givers.ts";
import type { PeerId } from "./ids.ts";
import { chunkCount, type Manifest } from "./manifest.ts";
import { choked, forgetHave, rest, type SourceState, type Trouble } from "./source.ts";

/** Most sources remembered for one download. */
export const MAX_SOURCES = 64;
export interface DownloadLimits {
  readonly requestsPerPeer: number;
  /** Sources used at the same time. */
  readonly peers: number;
  /** Requests in flight over all sources; bounds the memory. */
  readonly requests: number;
  /** A request without a byte for so long is given to others. */
  readonly stallMs: number;
  /** Files smaller than this are asked as one run from one peer. Bytes. */
  readonly threshold: number;
}

export interface Request {
  readonly id: number;
  readonly peer: PeerId;
  readonly first: number;
  readonly last: number;
  readonly since: number;
  lastByteAt: number;
  bytes: number;
  /** Chunks of the run not yet delivered. */
  readonly open: Set<number>;
}

/**
 * One file on its way. Advanced only by `due` and `next`, which consume the state they are given (they change it in
 * place, since its arrays may have a million entries) and depend on nothing else than their arguments.
 */
export interface DownloadState {
  readonly manifest: Manifest;
  readonly limits: DownloadLimits;
  readonly verified: Bitfield;
  readonly givers: ChunkGivers;
  readonly availability: Availability;
  readonly sources: Map<PeerId, SourceState>;
  readonly requests: Map<number, Request>;
  nextRequest: number;
}

export type Action =
  /** Ask what the peer holds. */
  | { readonly kind: "ask"; readonly peer: PeerId }
  /** Read its manifest again: does it still claim to have this file? */
  | { readonly kind: "question"; readonly peer: PeerId }
  | {
    readonly kind: "request";
    readonly id: number;
    readonly peer: PeerId;
    readonly first: number;
    readonly last: number;
  }
  /** Stop listening to the answer of this request: it came too late or from a second peer. */
  | { readonly kind: "abort"; readonly id: number };

export type DownloadEvent =
  /** `moved`: at another address than before, so that what failed there no longer counts. */
  | { readonly kind: "found"; readonly peer: PeerId; readonly moved: boolean }
  | { readonly kind: "answered"; readonly peer: PeerId; readonly have: Bitfield }
  | { readonly kind: "silent"; readonly peer: PeerId; readonly why: Trouble; readonly retryAfterMs?: number }
  | { readonly kind: "confirmed"; readonly peer: PeerId }
  /** It began, or ceased, to push the four events that follow. */
  | { readonly kind: "streams"; readonly peer: PeerId; readonly on: boolean }
  /** It holds these as well. */
  | { readonly kind: "gained"; readonly peer: PeerId; readonly chunks: Iterable<number> }
  /** Only these are to be asked of it now, instead of what it offered before; undefined: whatever it holds. */
  | { readonly kind: "offered"; readonly peer: PeerId; readonly chunks: Iterable<number> | undefined }
  | { readonly kind: "choked"; readonly peer: PeerId }
  | { readonly kind: "unchoked"; readonly peer: PeerId }
  | { readonly kind: "bytes"; readonly id: number; readonly count: number }
  | { readonly kind: "verified"; readonly id: number; readonly chunk: number }
  | { readonly kind: "corrupt"; readonly id: number }
  | { readonly kind: "failed"; readonly id: number; readonly why: Trouble; readonly retryAfterMs?: number }
  | { readonly kind: "finished"; readonly id: number };

export function newDownload(
  manifest: Manifest,
  verified: Bitfield,
  limits: DownloadLimits,
  givers = new ChunkGivers(chunkCount(manifest)),
): DownloadState {
  const chunks = chunkCount(manifest);
  return {
    manifest,
    limits,
    verified,
    givers,
    availability: new Availability(chunks, MAX_SOURCES, verified.missing()),
    sources: new Map(),
    requests: new Map(),
    nextRequest: 1,
  };
}

/** Takes a request off the list; what it did not deliver is wanted again. Returns its source. */
export function end(state: DownloadState, id: number): SourceState | undefined {
  const request = state.requests.get(id);
  if (!request) return undefined;
  state.requests.delete(id);
  for (const chunk of request.open) {
    if (!state.verified.has(chunk) && copiesOf(state, chunk) === 0) state.availability.putBack(chunk);
  }
  const source = state.sources.get(request.peer);
  if (source) source.inFlight--;
  return source;
}

export function setAside(
  state: DownloadState,
  source: SourceState,
  why: Trouble,
  retryAfterMs: number | undefined,
  now: number,
): void {
  if (why === "busy" && source.streams && source.standing.kind === "ready") return choked(source, now);
  if (why !== "busy") forgetHave(source, state.availability);
  rest(source, why, retryAfterMs, now);
}

export function copiesOf(state: DownloadState, chunk: number): number {
  let copies = 0;
  for (const request of state.requests.values()) if (request.open.has(chunk)) copies++;
  return copies;
}
