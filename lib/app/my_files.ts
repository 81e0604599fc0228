import { EssaimError } from "../core/errors.ts";
import type { ClassId, ShareId } from "../core/ids.ts";
import type {
  LocalShare,
  ShareChange,
  ShareCounts,
  ShareLinks,
  SharePage,
  SharePageQuery,
  ShareRow,
} from "../core/local_messages.ts";
import { isWithin } from "../core/scan.ts";
import { queryWords } from "../core/search.ts";
import { isRestricted } from "../core/share_record.ts";
import type { Choice } from "../core/sharing_choice.ts";
import type { FileMoves } from "../disk_ports.ts";
import type { Clock, TrackerClient } from "../ports.ts";
import type { OwnShare, RecordStore, ShareList } from "../store_ports.ts";
import { type Links, linksOf } from "./links.ts";
import { checkChosen, choiceOf, ofThisClass } from "./people.ts";
import type { ShareFiles } from "./share_file.ts";
import { baseName, parentOf } from "./share_tree.ts";
import type { Trash } from "./trash.ts";

/** The tracker's counts change slowly, and a person waits for the table. */
const COUNTS_KEPT_MS = 5_000;
const COUNTS_WITHIN_MS = 1_500;
const MAX_COUNTS_KEPT = 5_000;

export interface MyFilesPorts {
  readonly shares: ShareFiles;
  readonly records: RecordStore;
  readonly list: ShareList;
  readonly moves: FileMoves;
  readonly trash: Trash<Removed>;
  readonly tracker: TrackerClient | undefined;
  readonly links: Links;
  readonly clock: Clock;
}

/** What a share was before it was removed. */
export interface Removed {
  readonly shareId: ShareId;
  readonly name: string;
  readonly choice: Choice;
  readonly class: ClassId | undefined;
}

/** What the page "My files" does. */
export class MyFiles {
  readonly #counts = new Map<ShareId, { readonly at: number; readonly count: ShareCounts[ShareId] | undefined }>();

  constructor(readonly ports: MyFilesPorts) {}

  page({ q, ...query }: SharePageQuery): SharePage {
    const { total, shares } = this.ports.list.page({ ...query, words: queryWords(q) });
    return { total, offset: query.offset, shares: shares.map((share) => this.#row(share, share.chunks)) };
  }

  /** One row of the list. Throws `not-found`. */
  row(shareId: ShareId): ShareRow {
    const share = this.#own(shareId);
    return this.#row(share, this.ports.list.chunks(share));
  }

  #row(share: OwnShare, chunks: number): ShareRow {
    const { shares } = this.ports;
    return { ...shares.view(share), chunks, owned: isWithin(share.path, shares.sharedFolder) };
  }

  /** How many have each, and how often it was fetched; nothing of what the tracker does not say in time. */
  async counts(shareIds: readonly ShareId[], signal: AbortSignal): Promise<ShareCounts> {
    const { tracker, clock, shares } = this.ports;
    const now = clock.monotonic();
    const unknown = shareIds.filter((id) =>
      now - (this.#counts.get(id)?.at ?? -Infinity) > COUNTS_KEPT_MS && this.#mayTell(id)
    );
    if (tracker && unknown.length > 0) {
      const { owner } = shares;
      const within = AbortSignal.any([signal, AbortSignal.timeout(COUNTS_WITHIN_MS)]);
      try {
        const counts = await tracker.counts(unknown.map((shareId) => ({ owner, shareId })), within);
        for (const [index, shareId] of unknown.entries()) this.#keepCount(shareId, counts[index], now);
      } catch {
        signal.throwIfAborted();
        return {};
      }
    }
    return Object.fromEntries(shareIds.flatMap((id) => {
      const count = this.#counts.get(id)?.count;
      return count === undefined ? [] : [[id, count]];
    }));
  }

  /** Out of its class nobody is asked about what is not public. */
  #mayTell(shareId: ShareId): boolean {
    const { records, shares } = this.ports;
    const record = records.ownShare(shareId)?.signed.record;
    return !record || !isRestricted(record) || record.class === shares.ports.people?.membership.current?.class.id;
  }

  #keepCount(id: ShareId, count: { peers: number; downloads: number } | null | undefined, at: number): void {
    this.#counts.delete(id);
    this.#counts.set(id, { at, count: count ? { peers: count.peers, fetched: count.downloads } : undefined });
    if (this.#counts.size > MAX_COUNTS_KEPT) this.#counts.delete(this.#counts.keys().next().value!);
  }

  /** Throws `not-found`, `bad-name`, and what checkChosen throws. */
  async change(shareId: ShareId, change: ShareChange): Promise<LocalShare> {
    const { shares } = this.ports;
    await shares.update(shareId, checkChosen(change, shares.ports.people));
    return shares.view(this.#own(shareId));
  }

  /**
   * Ends a share. With `file: "trash"`, a file that lies in the shared folder goes to the trash; one elsewhere on the
   * computer is never touched. For ten minutes `restore` undoes it.
   */
  async remove(shareId: ShareId, file: "keep" | "trash"): Promise<void> {
    const { shares, trash } = this.ports;
    const { path, signed: { record } } = this.#own(shareId);
    const choice = choiceOf(record, shares.ports.people);
    const note = { shareId, name: record.name, choice, class: record.class };
    if (file === "trash" && isWithin(path, shares.sharedFolder)) {
      return await shares.remove(shareId, (path) => trash.put(shareId, path, note));
    }
    await shares.unshare(shareId);
    await trash.note(shareId, path, note);
  }

  /** Shares it again as it was, its file where it was, or beside it when that name is taken. Throws `not-found`. */
  async restore(shareId: ShareId): Promise<LocalShare> {
    const { shares, trash, moves } = this.ports;
    const kept = trash.take(shareId);
    try {
      const { from, place, note } = kept;
      const { people } = shares.ports;
      const { visibility, users: allow, groups } = people ? ofThisClass(note, people) : note.choice;
      const was = { shareId, name: note.name, visibility, allow, groups };
      if (place === undefined) {
        const { share } = await shares.sharePath(from, was);
        return shares.view(share);
      }
      const folder = parentOf(from);
      await moves.makeFolder(folder);
      await shares.adopt([{ ...was, path: place, folder, fileName: baseName(from) }]);
    } catch (error) {
      trash.giveBack(kept);
      throw error;
    }
    await trash.finish(kept);
    return shares.view(this.#own(shareId));
  }

  links(shareId: ShareId): ShareLinks {
    const { signed: { record } } = this.#own(shareId);
    return linksOf(record, this.ports.links);
  }

  #own(shareId: ShareId) {
    const share = this.ports.records.ownShare(shareId);
    if (share) return share;
    throw new EssaimError("not-found", `This computer has no share ${shareId}.`);
  }
}
