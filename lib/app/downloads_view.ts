import { outlook } from "../core/download.ts";
import type { DownloadState } from "../core/download_state.ts";
import type { PeerId } from "../core/ids.ts";
import type { Download, DownloadStatus, WaitReason } from "../core/local_messages.ts";
import { chunkCount, chunkLength } from "../core/manifest.ts";
import type { DownloadRow } from "../store_ports.ts";
import type { Neighbours } from "./neighbours.ts";

/** What is known of a download only while it runs. */
export interface Live {
  /** `waiting` with its reason, or what `state` says. */
  readonly phase: "finding" | "fetching" | { readonly waiting: string; readonly why: WaitReason };
  /** The file under way. */
  readonly state: DownloadState | undefined;
  /** Bytes proved so far. */
  readonly done: number;
  /** Whether it may move bytes now. */
  readonly hasPlace: boolean;
  /** Bytes that each peer gave before `state` began. */
  readonly given: ReadonlyMap<PeerId, number>;
}

/** Bytes proved so far. */
export function verifiedBytes(state: DownloadState): number {
  const { manifest, verified } = state;
  const last = chunkCount(manifest) - 1;
  const shorter = verified.has(last) ? manifest.chunkSize - chunkLength(manifest, last) : 0;
  return verified.count * manifest.chunkSize - shorter;
}

/** A download as the user sees it. */
export function viewDownload(
  row: DownloadRow,
  live: Live | undefined,
  neighbours: Neighbours,
  now: number,
): Download {
  const sources = sourcesOf(row, live, neighbours, now);
  const rate = sources.reduce((sum, source) => sum + source.rate, 0);
  const done = row.state === "complete" ? row.size : Math.min(row.size, live?.done ?? row.done ?? 0);
  const { status, reason, why } = statusOf(row, live);
  return {
    id: row.id,
    fileId: row.ref.fileId,
    shareId: row.ref.shareId,
    owner: row.ownerName,
    name: row.name,
    kind: row.kind,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(why === undefined ? {} : { why }),
    size: row.size,
    done,
    rate,
    ...(rate > 0 ? { secondsLeft: (row.size - done) / rate } : {}),
    sources,
    ...(row.path === undefined ? {} : { path: row.path }),
    out: row.out,
    createdAt: new Date(row.createdAt).toISOString(),
    ...(row.finishedAt === undefined ? {} : { finishedAt: new Date(row.finishedAt).toISOString() }),
  };
}

/** Whether it cannot go on now, so that another may run instead. */
export function isWaiting(live: Live): boolean {
  return typeof live.phase === "object" || chunksWaitedFor(live) !== undefined;
}

function chunksWaitedFor({ phase, state }: Live): number | undefined {
  const view = phase === "fetching" && state ? outlook(state) : undefined;
  return view?.kind === "waiting" ? view.missing : undefined;
}

/** Who gave how much, the runs before this one included. */
function sourcesOf(
  row: DownloadRow,
  live: Live | undefined,
  neighbours: Neighbours,
  now: number,
): Download["sources"] {
  const bytes = new Map(row.given.map(({ peerId, bytes }) => [peerId, bytes]));
  const names = new Map(row.given.map(({ peerId, name }) => [peerId, name]));
  for (const [peer, count] of live?.given ?? []) bytes.set(peer, (bytes.get(peer) ?? 0) + count);
  const rates = new Map<PeerId, number>();
  for (const { peer, meter } of live?.state?.sources.values() ?? []) {
    bytes.set(peer, (bytes.get(peer) ?? 0) + meter.total);
    rates.set(peer, meter.rate(now));
  }
  return [...bytes].filter(([peer, count]) => count > 0 || (rates.get(peer) ?? 0) > 0).map(([peer, count]) => ({
    peerId: peer,
    name: neighbours.get(peer)?.name ?? names.get(peer) ?? peer.slice(0, 8),
    bytes: count,
    rate: rates.get(peer) ?? 0,
  }));
}

/** What a row remembers of the way so far, a run that began at `begun` included. */
export function soFar(
  row: DownloadRow,
  live: Live,
  begun: number,
  neighbours: Neighbours,
  now: number,
): Pick<DownloadRow, "given" | "seconds" | "done"> {
  const given = sourcesOf(row, live, neighbours, now).map(({ peerId, name, bytes }) => ({ peerId, name, bytes }));
  return { given, seconds: row.seconds + (now - begun) / 1000, done: live.done };
}

function statusOf(row: DownloadRow, live: Live | undefined): {
  readonly status: DownloadStatus;
  readonly reason?: string | undefined;
  readonly why?: WaitReason | undefined;
} {
  if (row.state !== "active") return { status: row.state, reason: row.reason, why: row.why };
  if (!live) return { status: "queued" };
  if (typeof live.phase === "object") return { status: "waiting", reason: live.phase.waiting, why: live.phase.why };
  const missing = chunksWaitedFor(live);
  if (missing === undefined) return { status: live.hasPlace ? live.phase : "queued" };
  const parts = missing === 1 ? "1 part" : `${missing} parts`;
  return {
    status: "waiting",
    reason: `Nobody reachable has the ${parts} still missing. It goes on by itself when somebody does.`,
    why: { code: "missing-chunks", missing },
  };
}
