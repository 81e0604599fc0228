import { type DownloadEvent, type DownloadState, end, MAX_SOURCES, setAside } from "./download_state.ts";
import {
  answered,
  BAN_MS,
  choked,
  forgetHave,
  gained,
  newSource,
  offered,
  type SourceState,
  streams,
} from "./source.ts";

/** The state after an event. Late and unexpected events are normal and change nothing. */
export function next(state: DownloadState, event: DownloadEvent, now: number): DownloadState {
  switch (event.kind) {
    case "found": {
      const known = state.sources.get(event.peer);
      if (event.moved && known?.standing.kind === "to-ask") known.standing = { kind: "to-ask", at: now };
      if (!known && state.sources.size >= MAX_SOURCES) dropUseless(state);
      if (!known && state.sources.size < MAX_SOURCES) {
        state.sources.set(event.peer, newSource(event.peer, state.verified.length, now));
      }
      return state;
    }
    case "answered": {
      const source = state.sources.get(event.peer);
      if (source?.standing.kind === "asked") answered(source, event.have, state.availability, now);
      return state;
    }
    case "silent": {
      const source = state.sources.get(event.peer);
      if (source?.standing.kind === "asked" || source?.standing.kind === "questioned") {
        setAside(state, source, event.why, event.retryAfterMs, now);
      }
      return state;
    }
    case "confirmed": {
      const source = state.sources.get(event.peer);
      if (source?.standing.kind !== "questioned") return state;
      forgetHave(source, state.availability);
      source.standing = { kind: "banned", until: now + BAN_MS };
      return state;
    }
    case "streams":
    case "gained":
    case "offered":
    case "choked":
    case "unchoked": {
      const source = state.sources.get(event.peer);
      if (source) pushed(state, source, event, now);
      return state;
    }
    case "bytes": {
      const request = state.requests.get(event.id);
      if (!request) return state;
      request.lastByteAt = now;
      request.bytes += event.count;
      state.sources.get(request.peer)?.meter.add(event.count, now);
      return state;
    }
    case "verified":
      return delivered(state, event.id, event.chunk, now);
    case "corrupt": {
      const source = end(state, event.id);
      if (source) source.standing = { kind: "suspect" };
      return state;
    }
    case "failed": {
      const source = end(state, event.id);
      if (source?.standing.kind === "ready") setAside(state, source, event.why, event.retryAfterMs, now);
      return state;
    }
    case "finished": {
      const short = (state.requests.get(event.id)?.open.size ?? 0) > 0;
      const source = end(state, event.id);
      if (source?.slot.kind === "one") source.slot = { kind: "open" };
      if (short && source?.standing.kind === "ready") setAside(state, source, "bad-content", undefined, now);
      return state;
    }
    default:
      return event satisfies never;
  }
}

type Pushed = Extract<DownloadEvent, { kind: "streams" | "gained" | "offered" | "choked" | "unchoked" }>;

function pushed(state: DownloadState, source: SourceState, event: Pushed, now: number): void {
  switch (event.kind) {
    case "streams":
      return streams(source, event.on, now);
    case "gained":
      return gained(source, event.chunks, state.availability, now);
    case "offered":
      return offered(source, event.chunks, now);
    case "choked":
      return choked(source, now);
    case "unchoked":
      source.slot = { kind: "one" };
      return;
    default:
      return event satisfies never;
  }
}

/** Makes room: the source that failed most often in a row, if there is one, is forgotten. */
function dropUseless(state: DownloadState): void {
  let worst: SourceState | undefined;
  for (const source of state.sources.values()) {
    if (source.standing.kind !== "to-ask" || source.inFlight > 0 || source.troubles === 0) continue;
    if (source.troubles > (worst?.troubles ?? 0)) worst = source;
  }
  if (!worst) return;
  forgetHave(worst, state.availability);
  state.sources.delete(worst.peer);
}

export type Outlook =
  | { readonly kind: "complete" }
  | { readonly kind: "moving" }
  /** Nobody reachable holds what is missing; `missing` counts chunks. */
  | { readonly kind: "waiting"; readonly missing: number };

/** What a person should be told. */
export function outlook(state: DownloadState): Outlook {
  if (state.verified.complete) return { kind: "complete" };
  if (state.requests.size > 0) return { kind: "moving" };
  for (const { standing, slot, offer } of state.sources.values()) {
    const isNear = standing.kind === "asked" || standing.kind === "questioned" || standing.kind === "suspect" ||
      standing.kind === "to-ask" && standing.why === "busy" ||
      standing.kind === "ready" && (slot.kind === "choked" || offer.kind === "only");
    if (isNear) return { kind: "moving" };
  }
  return { kind: "waiting", missing: state.verified.length - state.verified.count };
}

function delivered(state: DownloadState, id: number, chunk: number, now: number): DownloadState {
  const request = state.requests.get(id);
  request?.open.delete(chunk);
  if (request) {
    request.lastByteAt = now;
    const source = state.sources.get(request.peer);
    if (source) source.troubles = source.crawls = 0;
    if (!state.verified.has(chunk)) state.givers.gave(request.peer, chunk);
  }
  state.verified.add(chunk);
  state.availability.take(chunk);
  return state;
}
