import type { FileId, Hash, Sha256, ShareId, UserId } from "../core/ids.ts";
import { isWithin } from "../core/scan.ts";
import {
  type LiveRecord,
  type SignedRecord,
  type Tombstone,
  type Visibility,
  visibleSize,
} from "../core/share_record.ts";
import type {
  Atomically,
  Clock,
  ContentStore,
  FileHasher,
  FileMoves,
  FolderReader,
  Identity,
  Log,
  RecordStore,
} from "../ports.ts";

export interface SharingPorts {
  readonly identity: Identity;
  readonly records: RecordStore;
  readonly contents: ContentStore;
  readonly atomically: Atomically;
  readonly folders: FolderReader;
  readonly moves: FileMoves;
  readonly hasher: FileHasher;
  /** For listings, which are in no file. */
  readonly hash: Hash;
  readonly newShareId: () => ShareId;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a share says; what is undefined stays as it was, or takes the default for a new share. */
export interface Draft {
  readonly path: string;
  /** Path of the share before it was renamed on disk. */
  readonly from?: string;
  readonly kind: LiveRecord["kind"];
  readonly fileId: FileId;
  readonly size: number;
  readonly sha256: Sha256;
  readonly total?: LiveRecord["total"];
  readonly grants: Iterable<FileId>;
  readonly name?: string | undefined;
  /** For a new share. */
  readonly newName: string;
  readonly visibility?: Visibility | undefined;
  readonly allow?: readonly UserId[] | undefined;
  /** Asked for by the user: also where a share was withdrawn. */
  readonly explicit: boolean;
  /** To bring back a share that was taken back; else the one at this path, or a new one. */
  readonly shareId?: ShareId | undefined;
}

/** What became of an own share. */
export interface ShareChanged {
  readonly kind: "shared" | "changed" | "removed";
  readonly name: string;
  readonly size: number;
}

/** About 3 ms; other events come in between. */
const SIGNED_AT_ONCE = 16;

/**
 * Turns what changed on disk into signed records: each version is one higher than the last, and all of one call is
 * stored in one transaction. Calls take turns, so that two of them never give the same version.
 */
export class ShareWriter {
  #withdrawn = new Map<string, ShareId>();
  #claims = new Set<{ readonly path: string }>();
  #last: Promise<unknown> = Promise.resolve();
  #listeners = new Set<(changes: readonly ShareChanged[]) => void>();

  constructor(
    readonly ports: SharingPorts,
    readonly defaults: { readonly visibility: Visibility; readonly user?: UserId | undefined },
  ) {
    for (const { path, shareId, state } of ports.records.ownPaths()) {
      if (state !== "withdrawn") break; // they come first
      this.#withdrawn.set(path, shareId);
    }
  }

  /** Paths that the user took back. */
  get withdrawn(): ReadonlyMap<string, ShareId> {
    return this.#withdrawn;
  }

  /**
   * Until disposed, only what is explicit is stored for this path and what is below: a file that is put in the shared
   * folder with a chosen visibility is never public for a moment because a scan was faster.
   */
  claim(path: string): Disposable {
    const claim = { path };
    this.#claims.add(claim);
    return { [Symbol.dispose]: () => void this.#claims.delete(claim) };
  }

  /** Whether it is claimed itself or by a folder above. */
  isClaimed(path: string): boolean {
    for (const claim of this.#claims) if (isWithin(path, claim.path)) return true;
    return false;
  }

  /** Calls `listener` after own records changed; the answer ends that. */
  onChange(listener: (changes: readonly ShareChanged[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stores the shares that differ from what is recorded, together with what `alongside` writes. */
  publish(drafts: readonly Draft[], alongside: () => void = () => {}): Promise<void> {
    return this.#inTurn(async () => {
      const { records, identity, atomically } = this.ports;
      const wanted = drafts.filter(({ path, explicit }) =>
        explicit || !(this.#withdrawn.has(path) || this.isClaimed(path))
      );
      const changed = wanted.flatMap((draft) => {
        const made = this.#recordOf(draft);
        return made ? [{ draft, ...made }] : [];
      });
      const signed: { draft: Draft; signed: SignedRecord }[] = [];
      for (let start = 0; start < changed.length; start += SIGNED_AT_ONCE) {
        const slice = changed.slice(start, start + SIGNED_AT_ONCE);
        signed.push(
          ...await Promise.all(slice.map(async ({ draft, record }) => ({
            draft,
            signed: await identity.signRecord(record),
          }))),
        );
      }
      atomically(() => {
        alongside();
        for (const { draft, signed: share } of signed) records.putOwn(share, draft.path, draft.grants);
      });
      for (const { draft } of signed) this.#withdrawn.delete(draft.path);
      if (changed.length === 0) return;
      this.#tell(changed.map(({ draft, record, isNew }) => ({
        kind: isNew ? "shared" : "changed",
        name: record.name,
        size: draft.total?.size ?? draft.size,
      })));
    });
  }

  /** Stores tombstones. A path says that the user withdrew it, "" that the file is gone. */
  bury(
    shares: readonly { readonly shareId: ShareId; readonly path: string }[],
    alongside: () => void = () => {},
  ): Promise<void> {
    return this.#inTurn(() => this.#bury(shares, alongside));
  }

  /** Stores tombstones of the shares whose files are gone. What is claimed, or there after all, stays shared. */
  buryGone(
    shares: readonly { readonly shareId: ShareId; readonly path: string }[],
    isThere: (path: string) => Promise<boolean>,
  ): Promise<void> {
    return this.#inTurn(async () => {
      const gone: { shareId: ShareId; path: "" }[] = [];
      for (const { shareId, path } of shares) {
        if (!this.isClaimed(path) && !await isThere(path)) gone.push({ shareId, path: "" });
      }
      await this.#bury(gone, () => {});
    });
  }

  async #bury(
    shares: readonly { readonly shareId: ShareId; readonly path: string }[],
    alongside: () => void,
  ): Promise<void> {
    const { records, identity, atomically } = this.ports;
    const ended = shares.flatMap(({ shareId }) => records.ownShare(shareId)?.signed.record ?? []);
    const signed = await Promise.all(shares.map(async ({ shareId, path }) => ({
      path,
      signed: await identity.signRecord(this.#tombstone(shareId)),
    })));
    atomically(() => {
      alongside();
      for (const { path, signed: share } of signed) records.putOwn(share, path, []);
    });
    const buried = new Set(shares.map(({ shareId }) => shareId));
    for (const [path, shareId] of this.#withdrawn) if (buried.has(shareId)) this.#withdrawn.delete(path);
    for (const { path, shareId } of shares) if (path !== "") this.#withdrawn.set(path, shareId);
    if (signed.length === 0) return;
    this.#tell(ended.map((record) => ({ kind: "removed", name: record.name, size: visibleSize(record) })));
  }

  /** The next version of what the draft says; undefined when it says nothing new. */
  #recordOf(draft: Draft): { record: LiveRecord; isNew: boolean } | undefined {
    const { records, identity, clock, newShareId } = this.ports;
    const owner = identity.peerId;
    const before = records.ownShareAt(draft.path) ??
      (draft.from === undefined ? undefined : records.ownShareAt(draft.from));
    const known = before?.signed.record;
    const shareId = draft.shareId ?? known?.shareId ?? this.#withdrawn.get(draft.path) ?? newShareId();
    const record: LiveRecord = {
      shareId,
      owner,
      ...(this.defaults.user === undefined ? {} : { user: this.defaults.user }),
      version: (records.get({ owner, shareId })?.record.version ?? 0) + 1,
      at: new Date(clock.now()).toISOString(),
      deleted: false,
      kind: draft.kind,
      name: draft.name ?? known?.name ?? draft.newName,
      fileId: draft.fileId,
      size: draft.size,
      sha256: draft.sha256,
      ...(draft.total === undefined ? {} : { total: draft.total }),
      visibility: draft.visibility ?? known?.visibility ?? this.defaults.visibility,
      allow: [...draft.allow ?? known?.allow ?? []],
    };
    const isSame = known && before.path === draft.path && saysTheSame(record, known);
    return isSame ? undefined : { record, isNew: known === undefined };
  }

  #tombstone(shareId: ShareId): Tombstone {
    const { records, identity, clock } = this.ports;
    const owner = identity.peerId;
    return {
      shareId,
      owner,
      ...(this.defaults.user === undefined ? {} : { user: this.defaults.user }),
      version: (records.get({ owner, shareId })?.record.version ?? 0) + 1,
      at: new Date(clock.now()).toISOString(),
      deleted: true,
    };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  #tell(changes: readonly ShareChanged[]): void {
    for (const listener of this.#listeners) listener(changes);
  }
}

function saysTheSame(a: LiveRecord, b: LiveRecord): boolean {
  return a.fileId === b.fileId && a.name === b.name && a.visibility === b.visibility && a.user === b.user &&
    a.allow.length === b.allow.length && a.allow.every((user) => b.allow.includes(user));
}
