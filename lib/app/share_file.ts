import { EssaimError } from "../core/errors.ts";
import type { FileId, PeerId, ShareId, UserId } from "../core/ids.ts";
import { parseListing } from "../core/listing.ts";
import type { LocalShare, ScanState } from "../core/local_messages.ts";
import { printable, safeName } from "../core/safe_path.ts";
import { isWithin, sameFile, type UnsettledFile } from "../core/scan.ts";
import { type LiveRecord, type Visibility, visibleSize } from "../core/share_record.ts";
import type { Content, OwnShare, Place } from "../ports.ts";
import { adopt, type Adoptee } from "./adopt_files.ts";
import { batches, DiskChanges, fileDraft } from "./disk_changes.ts";
import { Rescan, type RescanReport } from "./rescan.ts";
import { ScanProgress } from "./scan_progress.ts";
import { followFolder } from "./share_folder.ts";
import { coveredBy, folderShares, gently, parentOf, refusePrivate, rememberFolder } from "./share_tree.ts";
import { type Draft, type ShareChanged, ShareWriter, type SharingPorts } from "./share_writer.ts";

export interface SharingOptions {
  /** Absolute and without links; it exists when sharing starts. */
  readonly sharedFolder: string;
  readonly defaultVisibility: Visibility;
  readonly quietPeriodMs: number;
  /** Asked for each file: the tracker may say. A power of two. */
  readonly chunkSize: () => number;
  /** Absolute paths of what may never be shared: identity, database, token, unfinished uploads. */
  readonly keptPrivate: readonly string[];
  readonly user?: UserId | undefined;
}

export interface ShareOptions extends Pick<Draft, "name" | "shareId"> {
  readonly visibility?: Visibility | undefined;
  readonly allow?: readonly UserId[] | undefined;
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

  constructor(readonly ports: SharingPorts, readonly options: SharingOptions) {
    this.#writer = new ShareWriter(ports, { visibility: options.defaultVisibility, user: options.user });
    this.#writer.onChange(() => this.#watched = undefined);
  }

  get owner(): PeerId {
    return this.ports.identity.peerId;
  }

  /** All own shares, as the user sees them. */
  list(): LocalShare[] {
    return this.ports.records.ownShares().map(viewShare);
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
    this.#watched ??= [this.options.sharedFolder, ...folderShares(this.ports.records).keys()];
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
      using _claim = this.#writer.claim(place.path);
      const left = await this.#shareAt(place, options);
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
    await takeAway(path);
    this.#listed.delete(path);
    await this.#writer.bury([{ shareId, path: "" }]);
  }

  /** Takes a share back: nobody is served from now on, and a file in the shared folder is not shared again by a scan. */
  async unshare(shareId: ShareId): Promise<void> {
    const { path } = this.#own(shareId);
    const { contents, records } = this.ports;
    this.#listed.delete(path);
    // What is known of a withdrawn file tells where it is when it is renamed.
    if (isWithin(path, this.options.sharedFolder)) return await this.#writer.bury([{ shareId, path }]);
    const others = new Map(
      [...records.ownPaths()].flatMap((own) =>
        own.state === "withdrawn" || own.shareId === shareId ? [] : [[own.path, own.state]]
      ),
    );
    const unused = Array.from(contents.below(path), (file) => file.path).filter((file) => !coveredBy(file, others));
    await this.#writer.bury([{ shareId, path: "" }], () => unused.forEach((file) => contents.forget(file)));
  }

  /** Gives a share another name, here and for others; the file keeps its own. Throws `bad-name`, `not-found`. */
  async rename(shareId: ShareId, name: string): Promise<void> {
    await this.update(shareId, { name: safeName(name) });
  }

  /** Changes what is given and nothing else. Throws `bad-name`, `not-found`. */
  async update(
    shareId: ShareId,
    change: {
      readonly name?: string | undefined;
      readonly visibility?: Visibility | undefined;
      readonly allow?: readonly UserId[] | undefined;
    },
  ): Promise<void> {
    const { path, record } = this.#own(shareId);
    await this.#writer.publish([{
      ...record,
      ...change,
      ...(change.name === undefined ? {} : { name: safeName(change.name) }),
      newName: record.name,
      path,
      grants: this.#grantsOf(record),
      explicit: true,
    }]);
  }

  /** Looks at the disk and brings the shares up to date. While one runs, another call waits for the same. */
  rescan(signal?: AbortSignal): Promise<RescanReport> {
    this.#scan ??= this.#progress.during(() => this.#rescan(signal)).finally(() => this.#scan = undefined);
    return this.#scan;
  }

  async #rescan(signal: AbortSignal | undefined): Promise<RescanReport> {
    const { sharedFolder, quietPeriodMs } = this.options;
    const changes = this.#changes(quietPeriodMs, signal, sharedFolder);
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
    if (isWithin(this.options.sharedFolder, path)) {
      throw new EssaimError("bad-input", `${printable(path)} holds the shared folder, whose files are shared already.`);
    }
    const changes = this.#changes(0, signal);
    const walked = await changes.walk(path);
    this.#listed.delete(path);
    await this.#endSingleShares(path);
    await followFolder(changes, path, walked, { ...chosen, explicit: true });
    await rememberFolder(this.ports, parentOf(path));
    await rememberFolder(this.ports, path);
    return [...changes.problems.keys(), ...changes.sightings.keys()];
  }

  /** A folder of the shared folder that becomes one share takes its files' own shares along. */
  async #endSingleShares(folder: string): Promise<void> {
    if (!isWithin(folder, this.options.sharedFolder)) return;
    if (folderShares(this.ports.records).has(folder)) return; // it is one already: what is shared in it was chosen
    const files: { shareId: ShareId; path: "" }[] = [];
    for await (const { path, shareId, state } of gently(this.ports.records.ownPaths(), this.ports.clock)) {
      if (state === "file" && isWithin(path, folder)) files.push({ shareId, path: "" });
    }
    for (const batch of batches(files)) await this.#writer.bury(batch);
  }

  #grantsOf({ kind, fileId }: LiveRecord): FileId[] {
    if (kind === "file") return [fileId];
    const listing = this.ports.contents.listing(fileId);
    return listing ? [fileId, ...parseListing(listing.bytes).files.map(({ id }) => id)] : [fileId];
  }

  #own(shareId: ShareId): { path: string; record: LiveRecord } {
    const share = this.ports.records.ownShare(shareId);
    if (share) return { path: share.path, record: share.signed.record };
    throw new EssaimError("not-found", `This computer has no share ${shareId}.`);
  }
}

/** Throws `conflict` for what only makes sense in a class: nobody could read it before one is joined. */
export function refuseUnjoined(visibility: Visibility | undefined): void {
  if (visibility === undefined || visibility === "public") return;
  throw new EssaimError("conflict", "Only public sharing is possible before this computer has joined a class.");
}

export function viewShare({ signed: { record }, path }: OwnShare): LocalShare {
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
    groups: [],
  };
}
