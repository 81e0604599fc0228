import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { ShareId } from "../core/ids.ts";
import { isWithin, type Sighting } from "../core/scan.ts";
import { batches, type DiskChanges, fileDraft } from "./disk_changes.ts";
import { followFolder } from "./share_folder.ts";
import { coveredBy, gently, isSameFolder, parentOf, rememberFolder } from "./share_tree.ts";
import type { SharingPorts } from "./share_writer.ts";

export interface RescanOptions {
  /** Absolute, without links. */
  readonly sharedFolder: string;
  /** Folder shares whose listing is up to date, each with its empty folders then; the scan changes it. */
  readonly listed: Map<string, string>;
  readonly signal?: AbortSignal | undefined;
}

export interface RescanReport {
  /** Files that may still be written; give them to the next scan. */
  readonly sightings: ReadonlyMap<string, Sighting>;
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
    const { clock } = this.#ports;
    const files = new Map<string, ShareId>();
    const folders = new Map<string, ShareId>();
    for (const { path, shareId, state } of await gently(this.#ports.records.ownPaths(), clock)) {
      if (state === "file") files.set(path, shareId);
      if (state === "folder") folders.set(path, shareId);
    }
    const inShared = new Map([...files].filter(([path]) => isWithin(path, sharedFolder)));
    await this.#unlessUnreadable(sharedFolder, () => this.#sharedFolder(inShared, folders));
    for (const [path, shareId] of folders) {
      signal?.throwIfAborted();
      await this.#unlessUnreadable(path, () => this.#folderShare(path, shareId));
    }
    const elsewhere = [...files].filter(([path]) => !inShared.has(path));
    await this.#filesElsewhere(elsewhere);
    const { sightings, hashed, unchanged, problems } = this.changes;
    return { sightings, hashed, unchanged, problems };
  }

  /** Each file is its own share, unless a folder share has it or the user withdrew it. */
  async #sharedFolder(shares: ReadonlyMap<string, ShareId>, folders: ReadonlyMap<string, ShareId>): Promise<void> {
    const { contents, records } = this.#ports;
    const root = this.options.sharedFolder;
    const { withdrawn } = this.changes.writer;
    const walked = await this.changes.walk(root);
    const outside = (path: string) => !shares.has(path) && (coveredBy(path, folders) || coveredBy(path, withdrawn));
    const seen = walked.files.filter(({ path }) => !outside(path));
    const known = (await gently(contents.below(root), this.#ports.clock)).filter(({ path }) => !outside(path));
    if (walked.files.length === 0 && shares.size > 0 && !await isSameFolder(this.#ports, root)) {
      throw new EssaimError("unreadable", `${root} is empty and not the folder that it was. Is its disk plugged in?`);
    }
    await this.#ports.clock.sleep(0); // for 100,000 files each of these steps takes some 50 ms
    const plan = this.changes.plan(known, seen, walked.unreadable);
    await this.#ports.clock.sleep(0);
    await this.changes.moveFiles(plan);
    const recorded = new Set(
      [...plan.hash, ...plan.waiting, ...plan.moved.map(({ to }) => to)].map(({ path }) => path),
    );
    const unrecorded = seen.filter(({ path }) => !shares.has(path) && !recorded.has(path));
    for (const batch of batches(unrecorded)) {
      await this.changes.writer.publish(batch.flatMap(({ path }) => {
        const content = contents.at(path);
        return content ? [fileDraft(content)] : [];
      }));
    }
    await this.changes.hash(plan, (content) => [fileDraft(content)]);

    await this.#ports.clock.sleep(0);
    const present = new Set(walked.files.map(({ path }) => path));
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

  /** One share whose listing follows what is below it. */
  async #folderShare(path: string, shareId: ShareId): Promise<void> {
    const { contents, folders } = this.#ports;
    if ((await folders.lookExactly(path))?.kind !== "folder") {
      if (await isSameFolder(this.#ports, parentOf(path))) {
        return await this.changes.bury([[path, shareId]], Array.from(contents.below(path), (file) => file.path));
      }
      throw new EssaimError("unreadable", `The folder ${path} is not there. Is its disk plugged in?`);
    }
    const walked = await this.changes.walk(path);
    if (walked.files.length === 0 && !await isSameFolder(this.#ports, path)) {
      throw new EssaimError("unreadable", `${path} is empty and not the folder that it was. Is its disk plugged in?`);
    }
    const empties = walked.emptyFolders.toSorted().join("\n");
    const { listed } = this.options;
    const isListed = listed.get(path) === empties;
    listed.delete(path); // until all below is stored: a scan that ends early is made good by the next
    await followFolder(this.changes, path, walked, { explicit: false, listed: isListed });
    listed.set(path, empties);
    await rememberFolder(this.#ports, parentOf(path));
    await rememberFolder(this.#ports, path);
  }

  async #filesElsewhere(shares: readonly (readonly [path: string, shareId: ShareId])[]): Promise<void> {
    const { contents, folders } = this.#ports;
    for (const [path, shareId] of shares) {
      this.options.signal?.throwIfAborted();
      await this.#unlessUnreadable(path, async () => {
        const place = await folders.lookExactly(path);
        if (place?.kind === "file") {
          const known = contents.at(path);
          const plan = this.changes.plan(known ? [known] : [], [place], []);
          return await this.changes.hash(plan, (content) => [fileDraft(content)]);
        }
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
