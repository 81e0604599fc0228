import { EssaimError } from "../core/errors.ts";
import type { PeerId, ShareId } from "../core/ids.ts";
import { parseListing } from "../core/listing.ts";
import type { LocalShare, ScanState } from "../core/local_messages.ts";
import { printable, safeName } from "../core/safe_path.ts";
import { isWithin, sameFile, type UnsettledFile } from "../core/scan.ts";
import { isRestricted, type LiveRecord, type Visibility, visibleSize } from "../core/share_record.ts";
import { choice, isAsWide } from "../core/sharing_choice.ts";
import type { Place } from "../disk_ports.ts";
import type { Content, OwnShare } from "../store_ports.ts";
import { adopt, type Adoptee } from "./adopt_files.ts";
import { batches, DiskChanges, fileDraft } from "./disk_changes.ts";
import { Rescan, type RescanReport } from "./rescan.ts";
import { ScanProgress } from "./scan_progress.ts";
import { choiceOf, expand, isAsChosen, refuseUnjoined } from "./people.ts";
import { followFolder, publishFolder } from "./share_folder.ts";
import {
  coveredBy,
  folderShares,
  gently,
  parentOf,
  refusePrivate,
  rememberFolder,
  selfAndAbove,
} from "./share_tree.ts";
import { type Draft, type Revision, type ShareChanged, ShareWriter, type SharingPorts } from "./share_writer.ts";

/** Shares signed in one turn: others come in between. */
const REVISED_AT_ONCE = 64;

export interface SharingOptions {
  /** At first; see `useFolder`. Absolute and without links; it exists when sharing starts. */
  readonly sharedFolder: string;
  readonly defaultVisibility: Visibility;
  readonly quietPeriodMs: number;
  /** Asked for each file: the tracker may say. A power of two. */
  readonly chunkSize: () => number;
  /** Absolute paths of what may never be shared: identity, database, token, unfinished uploads. */
  readonly keptPrivate: readonly string[];
}

export interface ShareOptions extends Pick<Draft, "name" | "shareId" | "visibility" | "allow" | "groups"> {
  readonly signal?: AbortSignal | undefined;
}

/** What was shared, and which paths of a folder were left out (unreadable, changing, impossible names). */
export interface Shared {
  readonly share: OwnShare;
  readonly left: readonly string[];
}

/** What the user and the disk do with this peer's own shares. */
export class ShareFiles {
  #writer: ShareWriter;
  #progress = new ScanProgress();
  #sightings: ReadonlyMap<string, UnsettledFile> = new Map();
  #listed = new Map<string, string>();
  #scan: Promise<RescanReport> | undefined;
  #watched: readonly string[] | undefined;
  #sharedFolder: string;

  constructor(readonly ports: SharingPorts, readonly options: SharingOptions) {
    this.#sharedFolder = options.sharedFolder;
    this.#writer = new ShareWriter(ports, choice(options.defaultVisibility));
    this.#writer.onChange(() => this.#watched = undefined);
  }

  get owner(): PeerId {
    return this.ports.identity.peerId;
  }

  /** Whose files are shared. */
  get sharedFolder(): string {
    return this.#sharedFolder;
  }

  /**
   * The files of another folder are shared from the next scan on; what was shared stays shared where it lies. Answers
   * whether it was another.
   */
  useFolder(folder: string): boolean {
    if (folder === this.#sharedFolder) return false;
    this.#sharedFolder = folder;
    this.#watched = undefined;
    return true;
  }

  /** All own shares, as the user sees them. */
  list(): LocalShare[] {
    return this.ports.records.ownShares().map((share) => this.view(share));
  }

  view({ signed: { record }, path }: OwnShare): LocalShare {
    const { users, groups } = choiceOf(record, this.ports.people);
    return {
      id: record.fileId,
      shareId: record.shareId,
      name: record.name,
      kind: record.kind,
      size: visibleSize(record),
      files: record.total?.files ?? 1,
      visibility: record.visibility,
      version: record.version,
      at: record.at,
      path,
      allow: record.allow,
      users: [...users],
      groups: [...groups],
    };
  }

  /** Calls `listener` after own records changed, so that they are announced; the answer ends that. */
  onChange(listener: (changes: readonly ShareChanged[]) => void): () => void {
    return this.#writer.onChange(listener);
  }

  scanState(): ScanState {
    return this.#progress.state;
  }

  /** The folders in which changes matter at once. */
  watched(): readonly string[] {
    this.#watched ??= [this.#sharedFolder, ...folderShares(this.ports.records).keys()];
    return this.#watched;
  }

  /** Until disposed, scans leave this path alone: take it before putting a file there that is shared explicitly. */
  claim(path: string): Disposable {
    return this.#writer.claim(path);
  }

  /**
   * Shares a file, or a folder as one share, where it is. Sharing the same path again changes its visibility and takes
   * in what changed. Throws `not-found`, `unreadable`, `bad-input`, `changed` (still being written), `too-large`.
   */
  sharePath(path: string, options: ShareOptions = {}): Promise<Shared> {
    return this.#progress.during(async () => {
      const place = await this.ports.folders.look(path);
      if (place === undefined) throw new EssaimError("not-found", `There is no file ${printable(path)}.`);
      refusePrivate(place.path, this.options.keptPrivate);
      const known = this.ports.records.ownShareAt(place.path)?.signed.record.shareId;
      if (known !== undefined && known !== (options.shareId ?? known)) {
        throw new EssaimError("conflict", `${printable(path)} is shared again already.`);
      }
      const { visibility = known === undefined ? this.options.defaultVisibility : undefined } = options;
      if (options.shareId === undefined) refuseUnjoined(visibility, this.ports.people);
      using _claim = this.#writer.claim(place.path);
      const left = await this.#keepingLists(parentOf(place.path), () => this.#shareAt(place, options));
      const share = this.ports.records.ownShareAt(place.path);
      if (share === undefined) {
        throw new EssaimError("conflict", `${printable(path)} was withdrawn while it was shared.`);
      }
      return { share, left };
    });
  }

  async #shareAt(place: Place, options: ShareOptions): Promise<readonly string[]> {
    if (place.kind === "file") {
      await this.#shareFile(place, options);
      return [];
    }
    if (place.kind === "folder") return await this.#shareFolder(place.path, options);
    throw new EssaimError("bad-input", `${printable(place.path)} is neither a file nor a folder.`);
  }

  /** Shares what lies elsewhere and puts it in its place; see adopt. */
  adopt(adoptees: readonly Adoptee[], signal?: AbortSignal): Promise<OwnShare[]> {
    return this.#progress.during(() => adopt(this.#changes(0, signal), this.ports.moves, adoptees));
  }

  /** Ends a share together with its file, which `takeAway` removes from its path; when that fails nothing has changed. */
  async remove(shareId: ShareId, takeAway: (path: string) => Promise<void>): Promise<void> {
    const { path } = this.#own(shareId);
    using _claim = this.#writer.claim(path);
    await this.#rememberAudience(path);
    await takeAway(path);
    this.#listed.delete(path);
    await this.#writer.bury([{ shareId, path: "" }]);
  }

  /** Takes a share back: nobody is served from now on, and a file in the shared folder is not shared again by a scan. */
  async unshare(shareId: ShareId): Promise<void> {
    const { path } = this.#own(shareId);
    const { contents, records } = this.ports;
    await this.#rememberAudience(path);
    this.#listed.delete(path);
    // What is known of a withdrawn file tells where it is when it is renamed.
    if (isWithin(path, this.#sharedFolder)) return await this.#writer.bury([{ shareId, path }]);
    const others = new Map(
      [...records.ownPaths()].flatMap((own) =>
        own.state === "withdrawn" || own.shareId === shareId ? [] : [[own.path, own.state]]
      ),
    );
    const unused = Array.from(contents.below(path), (file) => file.path).filter((file) => !coveredBy(file, others));
    await this.#writer.bury([{ shareId, path: "" }], () => unused.forEach((file) => contents.forget(file)));
  }

  /** For whom a share was that ends by hand: whatever brings its files back does not show them to others. */
  async #rememberAudience(path: string): Promise<void> {
    const { past } = this.#changes(0, undefined);
    const files = Array.from(this.ports.contents.below(path), (file) => file.path);
    for (const batch of batches([path, ...files])) {
      past.miss(batch);
      await this.ports.clock.sleep(0);
    }
  }

  /** Gives a share another name, here and for others; the file keeps its own. Throws `bad-name`, `not-found`. */
  async rename(shareId: ShareId, name: string): Promise<void> {
    await this.update(shareId, { name });
  }

  /** Changes what is given and nothing else. Throws `bad-name`, `not-found`, `not-joined`, `too-large`. */
  async update(shareId: ShareId, change: Revision): Promise<void> {
    const { path } = this.#own(shareId);
    const revision = { ...change, ...(change.name === undefined ? {} : { name: safeName(change.name) }) };
    const revise = () => this.#writer.revise([shareId], () => revision);
    await (change.visibility === undefined ? revise() : this.#keepingLists(path, revise));
  }

  /** Signs these again, for whom they are now: a group has changed, or the class. */
  async signAgain(shareIds: readonly ShareId[]): Promise<void> {
    for (let start = 0; start < shareIds.length; start += REVISED_AT_ONCE) {
      await this.#writer.revise(shareIds.slice(start, start + REVISED_AT_ONCE), () => ({}));
    }
    for (const id of shareIds) {
      const share = this.ports.records.ownShare(id);
      if (share) await this.#listAgain(share.path);
    }
  }

  /** Does `work` between the signing of one call and of the next. */
  whileNothingIsSigned<T>(work: () => T): Promise<T> {
    return this.#writer.between(work);
  }

  /**
   * This computer has joined a class, or is another user in it: what is not public is signed as that user, for whom it was
   * chosen. Also what a crash kept from being signed after a group had changed.
   */
  async membershipChanged(): Promise<void> {
    const { records, people, clock } = this.ports;
    if (!people?.membership.current) return;
    const others: ShareId[] = [];
    const shares = await this.whileNothingIsSigned(() => records.ownShares());
    for await (const { signed: { record } } of gently(shares, clock)) {
      if (!isAsChosen(record, people)) others.push(record.shareId);
    }
    await this.signAgain(others);
  }

  /** Does `work`, which changes for whom something at `path` is, and what follows for the folder shares around it. */
  async #keepingLists<T>(path: string, work: () => Promise<T>): Promise<T> {
    const { choices } = this.ports.people ?? {};
    const before = choices?.hasRestricted();
    const result = await work();
    if (before || choices?.hasRestricted()) await this.#listAgain(path);
    return result;
  }

  /** A folder's listing leaves out what is for fewer people by itself, so it may be another one now. */
  async #listAgain(path: string): Promise<void> {
    const { contents, records } = this.ports;
    for (const folder of selfAndAbove(path)) {
      const record = records.ownShareAt(folder)?.signed.record;
      if (record?.kind !== "folder") continue;
      const listing = contents.listing(record.fileId);
      if (!listing) continue;
      this.#listed.delete(folder);
      const emptyFolders = parseListing(listing.bytes).emptyFolders.map((name) => `${folder}/${name}`);
      await publishFolder(this.#writer, folder, {
        emptyFolders,
        chunkSize: this.options.chunkSize(),
        explicit: true,
      });
    }
  }

  /** Looks at the disk and brings the shares up to date. While one runs, another call waits for the same. */
  rescan(signal?: AbortSignal): Promise<RescanReport> {
    this.#scan ??= this.#progress.during(() => this.#rescan(signal)).finally(() => this.#scan = undefined);
    return this.#scan;
  }

  async #rescan(signal: AbortSignal | undefined): Promise<RescanReport> {
    const sharedFolder = this.#sharedFolder;
    const changes = this.#changes(this.options.quietPeriodMs, signal, sharedFolder);
    const report = await new Rescan(changes, { sharedFolder, signal }).run();
    this.#sightings = report.sightings;
    return report;
  }

  #changes(quietPeriodMs: number, signal: AbortSignal | undefined, root?: string): DiskChanges {
    return new DiskChanges(this.#writer, this.#progress, {
      quietPeriodMs,
      chunkSize: this.options.chunkSize(),
      sightings: this.#sightings,
      listed: this.#listed,
      signal,
      root,
    });
  }

  async #shareFile(place: Place & { kind: "file" }, { signal, ...chosen }: ShareOptions): Promise<void> {
    const known = this.ports.contents.at(place.path);
    const changes = this.#changes(0, signal);
    const draft = (content: Content) => ({ ...fileDraft(content), ...chosen, explicit: true });
    await rememberFolder(this.ports, parentOf(place.path));
    if (known && sameFile(known, place)) return await this.#writer.publish([draft(known)]);
    await changes.hash({ hash: [place] }, (content) => [draft(content)]);
    for (const error of changes.problems.values()) throw error;
    if (changes.hashed === 0) {
      throw new EssaimError("changed", `${printable(place.path)} is being written. Share it when it is complete.`);
    }
  }

  async #shareFolder(path: string, { signal, ...chosen }: ShareOptions): Promise<readonly string[]> {
    if (isWithin(this.#sharedFolder, path)) {
      throw new EssaimError("bad-input", `${printable(path)} holds the shared folder, whose files are shared already.`);
    }
    const changes = this.#changes(0, signal);
    const walked = await changes.walk(path);
    this.#listed.delete(path);
    await this.#endSingleShares(path, chosen);
    await followFolder(changes, path, walked, { ...chosen, explicit: true });
    await rememberFolder(this.ports, parentOf(path));
    await rememberFolder(this.ports, path);
    return [...changes.problems.keys(), ...changes.sightings.keys()];
  }

  /** A folder of the shared folder that becomes one share takes its files' own shares along, unless they are for fewer. */
  async #endSingleShares(folder: string, options: ShareOptions): Promise<void> {
    if (!isWithin(folder, this.#sharedFolder)) return;
    if (folderShares(this.ports.records).has(folder)) return; // it is one already: what is shared in it was chosen
    const files: { shareId: ShareId; path: "" }[] = [];
    for await (const { path, shareId, state } of gently(this.ports.records.ownPaths(), this.ports.clock)) {
      if (state === "file" && isWithin(path, folder) && !this.#isForFewer(path, options)) {
        files.push({ shareId, path: "" });
      }
    }
    for (const batch of batches(files)) await this.#writer.bury(batch);
  }

  #isForFewer(path: string, { visibility, allow, groups }: ShareOptions): boolean {
    const { records, people } = this.ports;
    const record = records.ownShareAt(path)?.signed.record;
    if (!people || !record || !isRestricted(record)) return false;
    const wanted = choice(visibility ?? this.options.defaultVisibility, allow, groups);
    return !isAsWide(record, { visibility: wanted.visibility, allow: expand(wanted, people) });
  }

  #own(shareId: ShareId): { path: string; record: LiveRecord } {
    const share = this.ports.records.ownShare(shareId);
    if (share) return { path: share.path, record: share.signed.record };
    throw new EssaimError("not-found", `This computer has no share ${shareId}.`);
  }
}
