import type { FileId, PeerId, ShareId } from "./ids.ts";
import type { Download, FoundHere, FoundPage, FoundState } from "./local_messages.ts";
import type { NetworkQuery } from "./network_query.ts";
import type { Visibility } from "./share_record.ts";

/** Why a search failed: a code of lib/core/errors.ts, and what it says in English. */
export interface Failure {
  readonly code: string;
  readonly detail: string;
}

/** What was found, or why not. While a newer search is under way, the results of the one before stay. */
export interface Found {
  readonly query: NetworkQuery;
  readonly results: readonly FoundHere[];
  /** Where the next page begins; undefined at the end. */
  readonly cursor: string | undefined;
  readonly from: FoundPage["from"];
  /** Why the search of `query` failed; there are no results then. */
  readonly failure: Failure | undefined;
}

export interface FoundOwner {
  readonly id: PeerId;
  readonly name: string;
  readonly isMember: boolean | undefined;
  /** Of one who is not present, as far as that is known. */
  readonly seenAt?: string;
}

/** Found shares of one content, shown once. */
export interface FoundGroup {
  readonly id: FileId;
  readonly kind: "file" | "folder";
  readonly size: number;
  /** Different names, the best match first; the others are of the same bytes. */
  readonly names: readonly [string, ...string[]];
  /** Of the first name: what a download asks for. */
  readonly shareId: ShareId;
  /** `isMember`: of the class of the tracker; undefined where it is not said. */
  readonly owners: readonly FoundOwner[];
  /** The widest: one public share is enough for anyone to read the content. */
  readonly visibility: Visibility;
  /** Present computers that hold some of it; those that shared it themselves and fetched it too may count twice. */
  readonly copies: number;
  /** When it was last shared. */
  readonly at: string;
  readonly state: FoundState;
}

/** From what the user has to what cannot be had now. */
const STATES: readonly FoundState["kind"][] = ["mine", "here", "downloading", "available", "no-source"];
const WIDEST: readonly Visibility[] = ["public", "class", "private"];

/** Equal content once, where the best of its shares stands, with all names and owners. Keeps the order of the results. */
export function groupFound(results: readonly FoundHere[]): FoundGroup[] {
  const groups = new Map<string, FoundHere[]>();
  for (const found of results) {
    const key = `${found.kind} ${found.id}`; // a file may have the bytes of a folder's listing
    const group = groups.get(key);
    if (group) group.push(found);
    else groups.set(key, [found]);
  }
  return [...groups.values()].map(asGroup);
}

function asGroup(shares: readonly FoundHere[]): FoundGroup {
  const [first, ...others] = shares as [FoundHere, ...FoundHere[]];
  const names = new Set(shares.map(({ name }) => name));
  const owners = new Map(shares.map((share) => [share.ownerId, ownerOf(share)]));
  return {
    ...{ id: first.id, kind: first.kind, size: first.size, shareId: first.shareId },
    names: [...names] as [string, ...string[]],
    owners: [...owners.values()],
    visibility: earliest(WIDEST, shares.map(({ visibility }) => visibility)),
    copies: copiesOf(shares),
    at: shares.map(({ at }) => at).reduce((newest, at) => at > newest ? at : newest),
    state: others.map(({ state }) => state).reduce((best, state) => isBefore(state, best) ? state : best, first.state),
  };
}

function ownerOf({ ownerId, owner, member, seenAt }: FoundHere): FoundOwner {
  return { id: ownerId, name: owner, isMember: member, ...seenAt !== undefined && { seenAt } };
}

/** Each share counts those who have it from its owner. An owner who shares it twice still holds one copy. */
function copiesOf(shares: readonly FoundHere[]): number {
  const byOwner = new Map<PeerId, number>();
  for (const { ownerId, peers } of shares) byOwner.set(ownerId, Math.max(peers, byOwner.get(ownerId) ?? 0));
  return [...byOwner.values()].reduce((sum, peers) => sum + peers, 0);
}

function isBefore(state: FoundState, other: FoundState): boolean {
  return STATES.indexOf(state.kind) < STATES.indexOf(other.kind);
}

function earliest<T>(order: readonly T[], values: readonly T[]): T {
  return values.reduce((best, value) => order.indexOf(value) < order.indexOf(best) ? value : best);
}

/**
 * The state of a group after news of the download of its content: undefined while there is none, "cancelled" once it
 * left the list.
 */
export function stateNow(
  { state, copies, size }: Pick<FoundGroup, "state" | "copies" | "size">,
  news: Download | "cancelled" | undefined,
): FoundState {
  if (news === undefined || state.kind === "mine") return state;
  if (news === "cancelled" || news.status === "failed") return { kind: copies > 0 ? "available" : "no-source" };
  if (news.status === "complete") return { kind: "here", downloadId: news.id, done: size };
  return { kind: "downloading", downloadId: news.id, done: news.done };
}

/** Downloads as a page of results hears of them. */
export interface DownloadNews {
  /** By content: those that are not complete, and those that became complete since the results were asked for. */
  readonly byFile: ReadonlyMap<FileId, Download>;
  /** Heard of once and no longer in the list. */
  readonly gone: ReadonlySet<string>;
}

/** What is new about the content of a group; see `stateNow`. */
export function newsOf(
  { id, state }: Pick<FoundGroup, "id" | "state">,
  news: DownloadNews,
): Download | "cancelled" | undefined {
  const download = news.byFile.get(id);
  if (download) return download;
  return "downloadId" in state && news.gone.has(state.downloadId) ? "cancelled" : undefined;
}
