import type { ClassId, FileId, Hash, Sha256, ShareId, UserId } from "../core/ids.ts";
import { shareableName } from "../core/folder_listing.ts";
import { parseListing } from "../core/listing.ts";
import { printable } from "../core/safe_path.ts";
import { isWithin } from "../core/scan.ts";
import {
  type LiveRecord,
  type SignedRecord,
  type Tombstone,
  type Visibility,
  visibleSize,
} from "../core/share_record.ts";
import { type Choice, choice } from "../core/sharing_choice.ts";
import { Turns } from "../core/turns.ts";
import type { FileHasher, FileMoves, FolderReader } from "../disk_ports.ts";
import type { Clock, Identity, Log } from "../ports.ts";
import type { Atomically, ContentStore, OwnShare, RecordStore } from "../store_ports.ts";
import { choiceOf, expand, type People, refuseTooMany, refuseUnjoined, sameUsers } from "./people.ts";

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
  /** Absent where no class can be joined: then everything is public. */
  readonly people?: People | undefined;
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
  /** With `private`: users, and groups that are kept up to date. */
  readonly allow?: readonly UserId[] | undefined;
  readonly groups?: readonly string[] | undefined;
  /** Of a new share that a scan found: for whom the file was before. */
  readonly inherited?: Choice | undefined;
  /** Asked for by the user: also where a share was withdrawn. */
  readonly explicit: boolean;
  /** To bring back a share that was taken back; else the one at this path, or a new one. */
  readonly shareId?: ShareId | undefined;
}

/** What became of an own share. `revised`: its content is the same, but its name, its place or who may have it is not. */
export interface ShareChanged {
  readonly kind: "shared" | "changed" | "revised" | "removed";
  readonly name: string;
  readonly size: number;
}

/** What is given changes an own share; the rest of it stays. */
export type Revision = Pick<Draft, "name" | "visibility" | "allow" | "groups">;

interface Made {
  readonly draft: Draft;
  readonly record: LiveRecord;
  readonly choice: Choice;
  readonly became: "shared" | "changed" | "revised";
  /** It says nothing that was not signed already. */
  readonly isSame: boolean;
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
  readonly #turns = new Turns();
  #listeners = new Set<(changes: readonly ShareChanged[]) => void>();

  /** New shares that a scan could not make, because they are not for everybody and this computer is in no class. */
  readonly heldBack = new Set<string>();

  /** `usual`: who may have a new share of which nothing else is known. */
  constructor(readonly ports: SharingPorts, readonly usual: Choice) {
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

  /**
   * Stores the shares that differ from what is recorded, together with what `alongside` writes. Throws `not-joined`,
   * `removed`, `too-large` for what is explicit and cannot be.
   */
  publish(drafts: readonly Draft[], alongside: () => void = () => {}): Promise<void> {
    return this.#turns.take(() => this.#publish(drafts, alongside));
  }

  /** Changes own shares, and signs those again that say something else then. Those that ended meanwhile are left out. */
  revise(shareIds: readonly ShareId[], revision: (share: OwnShare) => Revision): Promise<void> {
    return this.#turns.take(async () => {
      const shares = shareIds.flatMap((id) => this.ports.records.ownShare(id) ?? []);
      await this.#publish(shares.map((share) => this.#revised(share, revision(share))), () => {});
    });
  }

  /** Shares at or below `from` are below `to` now; the one that was there itself has a new name. */
  move(shareIds: readonly ShareId[], from: string, to: string, alongside: () => void): Promise<void> {
    return this.#turns.take(async () => {
      const shares = shareIds.flatMap((id) => this.ports.records.ownShare(id) ?? []);
      const drafts = shares.map((share) => ({
        ...this.#revised(share, share.path === from ? { name: shareableName(to.slice(to.lastIndexOf("/") + 1)) } : {}),
        path: to + share.path.slice(from.length),
        from: share.path,
      }));
      await this.#publish(drafts, alongside);
    });
  }

  #revised(share: OwnShare, revision: Revision): Draft {
    const { path, signed: { record: { kind, fileId, size, sha256, total, name } } } = share;
    const listing = kind === "folder" ? this.ports.contents.listing(fileId) : undefined;
    const members = listing ? parseListing(listing.bytes).files.map(({ id }) => id) : [];
    return {
      ...{ path, kind, fileId, size, sha256, total, newName: name },
      ...revision,
      grants: [fileId, ...members],
      explicit: true,
    };
  }

  async #publish(drafts: readonly Draft[], alongside: () => void): Promise<void> {
    const { records, identity, atomically, people } = this.ports;
    const made = drafts
      .filter(({ path, explicit }) => explicit || !(this.#withdrawn.has(path) || this.isClaimed(path)))
      .flatMap((draft) => this.#make(draft) ?? []);
    const changed = made.filter(({ isSame }) => !isSame);
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
      if (people) { for (const one of made) this.#keepChoice(one, people); }
    });
    for (const { draft } of signed) this.#withdrawn.delete(draft.path);
    if (changed.length === 0) return;
    this.#tell(changed.map(({ draft, record, became }) => ({
      kind: became,
      name: record.name,
      size: draft.total?.size ?? draft.size,
    })));
  }

  #keepChoice({ draft, record, choice, became }: Made, { choices }: People): void {
    if (record.visibility === "private") choices.put(record.shareId, choice);
    else if (became !== "shared") choices.forget(record.shareId);
    if (draft.explicit && draft.visibility !== undefined) choices.forgetPast(draft.path);
  }

  /** Stores tombstones. A path says that the user withdrew it, "" that the file is gone. */
  bury(
    shares: readonly { readonly shareId: ShareId; readonly path: string }[],
    alongside: () => void = () => {},
  ): Promise<void> {
    return this.#turns.take(() => this.#bury(shares, alongside));
  }

  /** Stores tombstones of the shares whose files are gone. What is claimed, or there after all, stays shared. */
  buryGone(
    shares: readonly { readonly shareId: ShareId; readonly path: string }[],
    isThere: (path: string) => Promise<boolean>,
  ): Promise<void> {
    return this.#turns.take(async () => {
      const gone: { shareId: ShareId; path: "" }[] = [];
      for (const { shareId, path } of shares) {
        const isItsPath = this.ports.records.ownShareAt(path)?.signed.record.shareId === shareId;
        if (isItsPath && !this.isClaimed(path) && !await isThere(path)) gone.push({ shareId, path: "" });
      }
      await this.#bury(gone, () => {});
    });
  }

  async #bury(
    shares: readonly { readonly shareId: ShareId; readonly path: string }[],
    alongside: () => void,
  ): Promise<void> {
    const { records, identity, atomically, people } = this.ports;
    const ended = shares.flatMap(({ shareId }) => records.ownShare(shareId)?.signed.record ?? []);
    const signed = await Promise.all(shares.map(async ({ shareId, path }) => ({
      path,
      signed: await identity.signRecord(this.#tombstone(shareId)),
    })));
    atomically(() => {
      alongside();
      for (const { path, signed: share } of signed) records.putOwn(share, path, []);
      for (const { shareId } of shares) people?.choices.forget(shareId);
    });
    const buried = new Set(shares.map(({ shareId }) => shareId));
    for (const [path, shareId] of this.#withdrawn) if (buried.has(shareId)) this.#withdrawn.delete(path);
    for (const { path, shareId } of shares) if (path !== "") this.#withdrawn.set(path, shareId);
    if (signed.length === 0) return;
    this.#tell(ended.map((record) => ({ kind: "removed", name: record.name, size: visibleSize(record) })));
  }

  /** The next version of what the draft says; undefined when it has to wait for a class. */
  #make(draft: Draft): Made | undefined {
    const { records, identity, clock, newShareId, people } = this.ports;
    const owner = identity.peerId;
    const before = this.#before(draft);
    const known = before?.signed.record;
    const shareId = draft.shareId ?? known?.shareId ?? this.#withdrawn.get(draft.path) ?? newShareId();
    const last = records.get({ owner, shareId })?.record;
    const chosen = this.#choose(draft, known);
    const by = chosen.visibility === "public" ? {} : this.#signer(last);
    this.heldBack.delete(draft.path);
    if (by === undefined) {
      if (draft.explicit) refuseUnjoined(chosen.visibility, people);
      this.heldBack.add(draft.path);
      return undefined;
    }
    const allow = people && chosen.visibility === "private" ? expand(chosen, people) : [];
    refuseTooMany(allow, printable(draft.path));
    const became = known === undefined ? "shared" : known.fileId === draft.fileId ? "revised" : "changed";
    const record: LiveRecord = {
      shareId,
      owner,
      ...by,
      version: (last?.version ?? 0) + 1,
      at: known && became === "revised" ? known.at : new Date(clock.now()).toISOString(), // of the content
      deleted: false,
      kind: draft.kind,
      name: draft.name ?? known?.name ?? draft.newName,
      fileId: draft.fileId,
      size: draft.size,
      sha256: draft.sha256,
      ...(draft.total === undefined ? {} : { total: draft.total }),
      visibility: chosen.visibility,
      allow,
    };
    const isSame = known !== undefined && before?.path === draft.path && saysTheSame(record, known);
    return { draft, record, choice: chosen, became, isSame };
  }

  /** Who may have what a draft makes. */
  choiceFor(draft: Pick<Draft, "path" | "from" | "visibility" | "allow" | "groups">): Choice {
    return this.#choose({ ...draft, explicit: true }, this.#before(draft)?.signed.record);
  }

  #before({ path, from }: Pick<Draft, "path" | "from">): OwnShare | undefined {
    const { records } = this.ports;
    return records.ownShareAt(path) ?? (from === undefined ? undefined : records.ownShareAt(from));
  }

  #choose(
    { visibility, allow, groups, inherited, explicit }: Pick<
      Draft,
      "visibility" | "allow" | "groups" | "inherited" | "explicit"
    >,
    known: LiveRecord | undefined,
  ): Choice {
    const before = known && choiceOf(known, this.ports.people);
    if (visibility !== undefined) return choice(visibility, allow ?? before?.users, groups ?? before?.groups);
    if (before) return before;
    return explicit ? this.usual : inherited ?? this.usual;
  }

  /** As whom a share that is not public is signed; outside of a class as before, undefined when it is new. */
  #signer(last: LiveRecord | Tombstone | undefined): { user: UserId; class: ClassId } | undefined {
    const { current } = this.ports.people?.membership ?? {};
    if (current) return { user: current.me.user, class: current.class.id };
    return last?.user && last.class ? { user: last.user, class: last.class } : undefined;
  }

  /** Says for which class the share was, so that those who could see it may hear of its end. */
  #tombstone(shareId: ShareId): Tombstone {
    const { records, identity, clock } = this.ports;
    const owner = identity.peerId;
    const last = records.get({ owner, shareId })?.record;
    return {
      shareId,
      owner,
      ...(last?.user ? { user: last.user } : {}),
      ...(last?.class ? { class: last.class } : {}),
      version: (last?.version ?? 0) + 1,
      at: new Date(clock.now()).toISOString(),
      deleted: true,
    };
  }

  /** Does `work` between two calls: what was begun before is stored, and what begins later sees what it changed. */
  between<T>(work: () => T): Promise<T> {
    return this.#turns.take(work);
  }

  #tell(changes: readonly ShareChanged[]): void {
    for (const listener of this.#listeners) listener(changes);
  }
}

function saysTheSame(a: LiveRecord, b: LiveRecord): boolean {
  return a.fileId === b.fileId && a.name === b.name && a.visibility === b.visibility && a.user === b.user &&
    a.class === b.class && sameUsers(a.allow, b.allow);
}
