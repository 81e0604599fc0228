import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { ShareId } from "../core/ids.ts";
import { isWithin, type ScanPlan, type UnsettledFile } from "../core/scan.ts";
import { batches, type DiskChanges, fileDraft } from "./disk_changes.ts";
import { renamedFolders } from "./renamed_folders.ts";
import { followFolder, moveFolderShare } from "./share_folder.ts";
import { coveredBy, folderShares, gently, isSameFolder, parentOf, rememberFolder, selfAndAbove } from "./share_tree.ts";
import type { SharingPorts } from "./share_writer.ts";

export interface RescanOptions {
  /** Absolute, without links. */
  readonly sharedFolder: string;
  readonly signal?: AbortSignal | undefined;
}

export interface RescanReport {
  /** Files that may still be written; give them to the next scan. */
  readonly sightings: ReadonlyMap<string, UnsettledFile>;
  readonly hashed: number;
  readonly unchanged: number;
  /** Paths that could not be read or shared, with the reason. */
  readonly problems: ReadonlyMap<string, EssaimError>;
}

/**
 * One look at the shared folder and at everything shared elsewhere: brings the records up to date with the disk. What
 * cannot be read keeps its shares. It may end at any moment; the next one goes on with what is left.
 */
export class Rescan {
  #ports: SharingPorts;

  constructor(readonly changes: DiskChanges, readonly options: RescanOptions) {
    this.#ports = changes.writer.ports;
  }

  async run(): Promise<RescanReport> {
    const { sharedFolder, signal } = this.options;
    const { records, clock } = this.#ports;
    await this.#unlessUnreadable(sharedFolder, () => this.#followRenamedFolders());
    for (const [path, shareId] of folderShares(records)) {
      signal?.throwIfAborted();
      await this.#unlessUnreadable(path, () => this.#folderShare(path, shareId));
    }
    const inShared = new Map<string, ShareId>();
    const elsewhere = new Map<string, ShareId>();
    for await (const { path, shareId, state } of gently(records.ownPaths(), clock)) {
      if (state === "file") (isWithin(path, sharedFolder) ? inShared : elsewhere).set(path, shareId);
    }
    await this.#unlessUnreadable(sharedFolder, () => this.#sharedFolder(inShared));
    await this.#filesElsewhere(elsewhere);
    this.changes.past.appear(this.changes.sightings.values());
    const { sightings, hashed, unchanged, problems } = this.changes;
    return { sightings, hashed, unchanged, problems };
  }

  /** Each file is its own share, unless a folder share has it or the user withdrew it. */
  async #sharedFolder(shares: ReadonlyMap<string, ShareId>): Promise<void> {
    const { contents, records } = this.#ports;
    const root = this.options.sharedFolder;
    const { withdrawn, heldBack } = this.changes.writer;
    heldBack.clear();
    const walked = await this.changes.walk(root);
    const folders = folderShares(records);
    const outside = (path: string) => !shares.has(path) && (coveredBy(path, folders) || coveredBy(path, withdrawn));
    const seen = walked.files.filter(({ path }) => !outside(path));
    const present = new Set(walked.files.map(({ path }) => path));
    const known = Iterator.from(contents.below(root)).filter(({ path }) =>
      !outside(path) || (!present.has(path) && coveredBy(path, withdrawn))
    );
    if (walked.files.length === 0 && shares.size > 0 && !await isSameFolder(this.#ports, root)) {
      throw new EssaimError("unreadable", `${root} is empty and not the folder that it was. Is its disk plugged in?`);
    }
    await this.#ports.clock.sleep(0); // for 100,000 files each of these steps takes some 50 ms
    const plan = await this.changes.plan(known, seen, walked.unreadable);
    await this.#ports.clock.sleep(0);
    await this.#withdrawRenamed(plan);
    await this.changes.moveFiles(plan);
    const recorded = new Set(
      [...plan.hash, ...plan.waiting, ...plan.moved.map(({ to }) => to)].map(({ path }) => path),
    );
    const unrecorded = seen.filter(({ path }) => !shares.has(path) && !recorded.has(path));
    this.changes.past.miss(plan.gone);
    this.changes.past.appear(plan.hash);
    for (const batch of batches(unrecorded)) {
      const drafts = await Promise.all(batch.map(({ path }) => {
        const content = contents.at(path);
        return content ? this.changes.newDraft(content) : undefined;
      }));
      await this.changes.writer.publish(drafts.filter((draft) => draft !== undefined));
    }
    await this.changes.hash(
      { hash: plan.hash.filter(({ path }) => !outside(path)) },
      async (content) => [shares.has(content.path) ? fileDraft(content) : await this.changes.newDraft(content)],
    );
    if (heldBack.size > 0) {
      const why =
        `New files in ${root} are not for everybody (sharing.default_visibility), and this computer is in no ` +
        "class. They are shared once it has joined one.";
      this.changes.problems.set(root, new EssaimError("not-joined", why));
    }

    await this.#ports.clock.sleep(0);
    const movedAway = new Set(plan.moved.map(({ from }) => from));
    const isGone = (path: string) =>
      !present.has(path) && !movedAway.has(path) && !walked.unreadable.some((folder) => isWithin(path, folder));
    await this.changes.bury([...shares].filter(([path]) => isGone(path)), plan.gone);
    const withdrawnHere = [...withdrawn].filter(([path]) => isWithin(path, root) && isGone(path));
    for (const [path, shareId] of withdrawnHere) {
      const place = await this.#ports.folders.lookExactly(path);
      if (place === undefined && records.ownShareAt(path) === undefined) {
        await this.changes.writer.bury([{ shareId, path: "" }]);
      }
    }
    await rememberFolder(this.#ports, root);
  }

  /** What the user withdrew stays withdrawn under its new name. */
  async #withdrawRenamed({ moved }: ScanPlan): Promise<void> {
    const { contents, folders } = this.#ports;
    const { withdrawn } = this.changes.writer;
    const renamed = new Map<string, string>();
    for (const { from, to } of moved) {
      for (const old of selfAndAbove(from)) {
        const below = from.slice(old.length);
        if (withdrawn.has(old) && to.path.endsWith(below)) {
          renamed.set(old, to.path.slice(0, -below.length || undefined));
        }
      }
    }
    for (const [old, path] of renamed) {
      const place = await folders.lookExactly(path);
      const isRenamed = place?.kind === "file" || (place && place.inode === contents.folderInode(old));
      const shareId = withdrawn.get(old);
      if (isRenamed && shareId) await this.changes.writer.bury([{ shareId, path }]);
    }
  }

  /** A folder share that was renamed or moved, as far as the shared folder shows it, stays the same share. */
  async #followRenamedFolders(): Promise<void> {
    const { folders, records } = this.#ports;
    const { sharedFolder, signal } = this.options;
    const missing: string[] = [];
    for (const path of folderShares(records).keys()) {
      const place = await folders.lookExactly(path).catch(() => null);
      if (place !== null && place?.kind !== "folder") missing.push(path);
    }
    if (missing.length === 0) return;
    const found = await renamedFolders(this.#ports, sharedFolder, missing, signal);
    for (const [from, to] of found) await moveFolderShare(this.changes, from, to);
  }

  /** One share whose listing follows what is below it. */
  async #folderShare(path: string, shareId: ShareId): Promise<void> {
    const { contents, folders } = this.#ports;
    if ((await folders.lookExactly(path))?.kind !== "folder") {
      if (await isSameFolder(this.#ports, parentOf(path))) {
        return await this.changes.bury(
          [[path, shareId]],
          Array.from(contents.below(path), (file) => file.path),
          "folder",
        );
      }
      throw new EssaimError("unreadable", `The folder ${path} is not there. Is its disk plugged in?`);
    }
    const walked = await this.changes.walk(path);
    if (walked.files.length === 0 && !await isSameFolder(this.#ports, path)) {
      throw new EssaimError("unreadable", `${path} is empty and not the folder that it was. Is its disk plugged in?`);
    }
    await followFolder(this.changes, path, walked, { explicit: false });
    await rememberFolder(this.#ports, parentOf(path));
    await rememberFolder(this.#ports, path);
  }

  async #filesElsewhere(shares: ReadonlyMap<string, ShareId>): Promise<void> {
    const { contents, folders } = this.#ports;
    const arriving = new Set(this.changes.sightings.values().map(({ inode }) => inode));
    for (const [path, shareId] of shares) {
      this.options.signal?.throwIfAborted();
      await this.#unlessUnreadable(path, async () => {
        const place = await folders.lookExactly(path);
        if (place?.kind === "file") {
          const known = contents.at(path);
          const plan = await this.changes.plan(known ? [known] : [], [place], []);
          return await this.changes.hash(plan, (content) => [fileDraft(content)]);
        }
        if (arriving.has(contents.at(path)?.inode ?? 0)) return; // moved into the shared folder: it is the same share then
        if (await isSameFolder(this.#ports, parentOf(path))) return await this.changes.bury([[path, shareId]], [path]);
        throw new EssaimError("unreadable", `${path} is not there. Is its disk plugged in?`);
      });
    }
  }

  /** One unreadable place does not stop the others. */
  async #unlessUnreadable(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.options.signal?.throwIfAborted();
      const { code } = asEssaimError(error);
      if (code !== "unreadable" && code !== "too-large") throw error;
      this.changes.problems.set(path, asEssaimError(error));
    }
  }
}
