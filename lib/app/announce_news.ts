import type { Announce, LiveEvent } from "../core/messages.ts";
import { mayRead, type MemberCaller } from "../core/permission.ts";
import { type LiveRecord, type ShareRecord, type SignedRecord, visibleSize } from "../core/share_record.ts";
import type { Clock } from "../ports.ts";
import type { SwarmChange, SwarmIndex } from "../swarm_ports.ts";

/** A peer that shares a whole folder of files at once does not push all other activity out. */
const MAX_SHARES_TOLD_PER_ANNOUNCE = 20;

/** What anyone may hear of an announce, and which of its finished downloads count. */
export class AnnounceNews {
  constructor(readonly index: SwarmIndex, readonly clock: Clock) {}

  left(peer: string): LiveEvent {
    return this.#event("peer-left", peer);
  }

  /** `wasPresent`: before this announce. */
  presence(event: Announce["event"], peer: string, wasPresent: boolean): LiveEvent[] {
    if (event === "stopped") return wasPresent ? [this.left(peer)] : [];
    return wasPresent ? [] : [this.#event("peer-joined", peer)];
  }

  /** What anyone may know of these changes. A share that is no longer public is not named. */
  shares(peer: string, records: readonly SignedRecord[]): LiveEvent[] {
    const events: LiveEvent[] = [];
    if (records.length === 0) return events;
    const isTold = this.#telling();
    for (const { record } of records) {
      if (events.length >= MAX_SHARES_TOLD_PER_ANNOUNCE) break;
      const known = this.index.share(record);
      if (known !== undefined && known.version >= record.version) continue;
      if (isTold(record) && !isTold(known)) {
        const { name, fileId } = record;
        events.push(this.#event("shared", peer, { name, fileId, bytes: visibleSize(record) }));
      } else if (!isTold(record) && isTold(known)) {
        events.push(this.#event("removed", peer));
      }
    }
    return events;
  }

  /**
   * Finished downloads that were not counted yet, of shares that whoever says so may read, each of at most the share's size,
   * and what anyone may know of them. `later`: of shares that are not known here, or not to whoever says so.
   */
  completions(peer: string, { peerId, completed }: Announce, member: MemberCaller | undefined) {
    const counted: SwarmChange["completed"][number][] = [];
    const ids: string[] = [];
    const later: string[] = [];
    const told: LiveEvent[] = [];
    if (completed.length === 0) return { completed: counted, counted: ids, later, told };
    const isTold = this.#telling();
    const known = this.index.counted(peerId, completed.map(({ id }) => id));
    for (const { id, fileId, owner, shareId, bytes, seconds, sources } of completed) {
      if (known.has(id)) continue;
      known.add(id);
      const record = this.index.share({ owner, shareId });
      if (!record || record.deleted || !isPublic(record) && !(member && mayRead(member, record).allow)) {
        later.push(id);
        continue;
      }
      ids.push(id);
      const believed = Math.min(bytes, visibleSize(record));
      counted.push({ ref: { fileId, owner, shareId }, bytes: believed, seconds, sources });
      if (!isTold(record) || record.fileId !== fileId || told.length >= MAX_SHARES_TOLD_PER_ANNOUNCE) continue;
      told.push(this.#event("completed", peer, { name: record.name, fileId, bytes: believed }));
    }
    return { completed: counted, counted: ids, later, told };
  }

  /** Tells whether anyone may hear of a share: it is public, and was not taken down. */
  #telling(): (record: ShareRecord | undefined) => record is LiveRecord {
    const down = new Set(this.index.takenDown().map(({ fileId }) => fileId));
    return (record): record is LiveRecord => isPublic(record) && !down.has(record.fileId);
  }

  #event(
    kind: LiveEvent["kind"],
    peer: string,
    file: Pick<LiveEvent, "name" | "fileId" | "bytes"> = {},
  ): LiveEvent {
    return { at: new Date(this.clock.now()).toISOString(), kind, peer, ...file };
  }
}

export function isPublic(record: ShareRecord | undefined): record is LiveRecord {
  return record !== undefined && !record.deleted && record.visibility === "public";
}
