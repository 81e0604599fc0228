import type { ClassId } from "../core/ids.ts";
import {
  type Completion,
  type Holding,
  MAX_ANNOUNCE_BYTES,
  MAX_COMPLETED_PER_ANNOUNCE,
  MAX_HOLDINGS_PER_ANNOUNCE,
  MAX_RECORDS_PER_ANNOUNCE,
  type ShareRef,
} from "../core/messages.ts";
import { isRestricted, type LiveRecord, type Tombstone } from "../core/share_record.ts";
import type { DownloadRow, RecordStore } from "../store_ports.ts";
import type { Downloads } from "./downloads.ts";

/** Of an announce, for its records; holdings take up to 300 KB. */
const RECORD_BYTES = MAX_ANNOUNCE_BYTES / 2;

/** A completed download whose share no tracker knows is told for so long. */
const TOLD_FOR_MS = 7 * 24 * 3_600_000;

/** What one announce tells. */
export interface Batch {
  readonly changes: ReturnType<RecordStore["changesSince"]>;
  readonly set: readonly Holding[];
  readonly dropped: readonly ShareRef[];
  readonly completed: readonly DownloadRow[];
  /** Whether there may be more to tell than fitted. */
  readonly more: boolean;
}

/** What the tracker was told, and what is to be told next. */
export class Untold {
  /** What the tracker was told to be held, by share. */
  #told = new Map<string, Holding>();
  /** Index versions of records that it does not accept. */
  readonly #refused = new Set<number>();
  /** Downloads whose shares the tracker does not know (yet). */
  #later: ReadonlySet<string> = new Set();

  /** `classId`: of the class as whose member the tracker is told, over mutual TLS; undefined for anyone else. */
  constructor(
    readonly records: RecordStore,
    readonly downloads: Downloads,
    readonly classId: () => ClassId | undefined,
  ) {}

  /** The tracker knows of nothing that is held. */
  forgetHoldings(): void {
    this.#told = new Map();
  }

  forgetAll(): void {
    this.forgetHoldings();
    this.#refused.clear();
  }

  /** At most `most` things; records after the index version `from`, when it is known how far the tracker is. */
  next(from: number | undefined, withCompleted: boolean, most: number): Batch {
    let left = most;
    const room = (limit: number) => Math.min(limit, left);
    const take = <T>(things: readonly T[]): readonly T[] => (left -= things.length, things);
    const changes = take(
      from === undefined ? [] : fitting(this.records.changesSince(from, room(MAX_RECORDS_PER_ANNOUNCE))),
    ).slice();
    const held = this.#holdingChanges();
    const set = take(held.set.slice(0, room(MAX_HOLDINGS_PER_ANNOUNCE)));
    const dropped = take(held.dropped.slice(0, room(MAX_HOLDINGS_PER_ANNOUNCE)));
    const places = room(MAX_COMPLETED_PER_ANNOUNCE);
    const unreported = withCompleted && places > 0 ? this.downloads.unreported(Infinity) : [];
    const tellable = unreported.filter(({ id, ref }) => !this.#later.has(id) && this.#mayTellOf(ref));
    const completed = take(tellable.slice(0, places));
    const more = set.length < held.set.length || dropped.length < held.dropped.length || completed.length === places;
    return { changes, set, dropped, completed, more };
  }

  /** The records of a batch, without those that the tracker does not accept, or may not know. */
  recordsOf({ changes }: Batch): string[] {
    return changes.filter(({ indexVersion, signed: { record } }) =>
      !this.#refused.has(indexVersion) && (record.deleted ? this.#mayTellEnd(record) : this.#mayTell(record))
    ).map(({ signed }) => signed.jws);
  }

  /** A tombstone says for which class the share was, unless that was everybody. */
  #mayTellEnd(record: Tombstone): boolean {
    return record.class === undefined || record.class === this.classId();
  }

  #mayTell(record: Pick<LiveRecord, "visibility" | "class">): boolean {
    const id = this.classId();
    return !isRestricted(record) || id !== undefined && record.class === id;
  }

  /** Whether the record under which something was fetched may be spoken of. Of one that is not here it is not known. */
  #mayTellOf(ref: ShareRef): boolean {
    const record = this.records.get(ref)?.record;
    return record === undefined || record.deleted ? this.classId() !== undefined : this.#mayTell(record);
  }

  /** What the tracker did not know before may be known to it now. `now`: milliseconds since 1970. */
  tryLater(now: number): void {
    this.#later = new Set();
    const tooOld = this.downloads.unreported(Infinity).filter(({ finishedAt = now }) => now - finishedAt > TOLD_FOR_MS);
    if (tooOld.length > 0) this.downloads.reported(tooOld.map(({ id }) => id));
  }

  /** The tracker took it in, but for completions of shares that it does not know (yet). */
  told({ set, dropped, completed }: Batch, later: readonly string[] = []): void {
    for (const holding of set) this.#told.set(keyOf(holding), holding);
    for (const ref of dropped) this.#told.delete(keyOf(ref));
    this.#later = new Set([...this.#later, ...later]);
    this.downloads.reported(completed.flatMap(({ id }) => later.includes(id) ? [] : [id]));
  }

  /** The tracker will never take it in: it is not told again. */
  skip(batch: Batch): void {
    for (const { indexVersion } of batch.changes) this.#refused.add(indexVersion);
    this.told(batch);
  }

  #holdingChanges(): { set: Holding[]; dropped: ShareRef[] } {
    const told = this.downloads.holdings().filter((holding) => this.#mayTellOf(holding));
    const held = new Map(told.map((holding) => [keyOf(holding), holding]));
    const set = [...held].filter(([key, { have, of }]) => {
      const told = this.#told.get(key);
      return told?.have !== have || told.of !== of;
    }).map(([, holding]) => holding);
    const dropped = [...this.#told].filter(([key]) => !held.has(key))
      .map(([, { fileId, owner, shareId }]) => ({ fileId, owner, shareId }));
    return { set, dropped };
  }
}

export function sizeOf({ changes, set, dropped, completed }: Batch): number {
  return changes.length + set.length + dropped.length + completed.length;
}

/** The shares that a batch is about, for the log. */
export function aboutOf({ changes, set, dropped, completed }: Batch): string[] {
  const refs = [...changes.map(({ signed }) => signed.record), ...set, ...dropped, ...completed.map(({ ref }) => ref)];
  return refs.map(({ owner, shareId }) => `${owner}/${shareId}`);
}

export function completionOf({ id, ref, given, seconds }: DownloadRow): Completion {
  const bytes = given.reduce((sum, { bytes }) => sum + bytes, 0);
  return { id, ...ref, bytes, seconds, sources: given.length };
}

/** As many of the first changes as one announce holds, at least one. */
function fitting<T extends { readonly signed: { readonly jws: string } }>(changes: readonly T[]): T[] {
  let bytes = 0;
  return changes.filter(({ signed }, i) => (bytes += signed.jws.length) <= RECORD_BYTES || i === 0);
}

function keyOf({ fileId, owner, shareId }: ShareRef): string {
  return `${fileId}/${owner}/${shareId}`;
}
