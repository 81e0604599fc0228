import { EssaimError } from "../core/errors.ts";
import { shareableName } from "../core/folder_listing.ts";
import type { FileId, ShareId } from "../core/ids.ts";
import {
  isWithin,
  type KnownFile,
  planScan,
  sameFile,
  type ScanPlan,
  type SeenFile,
  type UnsettledFile,
} from "../core/scan.ts";
import type { Content } from "../store_ports.ts";
import { hashFiles } from "./hash_files.ts";
import { PastAudience } from "./past_audience.ts";
import type { ScanProgress } from "./scan_progress.ts";
import { gently, selfAndAbove } from "./share_tree.ts";
import type { Draft, ShareWriter, SharingPorts } from "./share_writer.ts";

/** A folder as it was walked. */
export interface Walked {
  readonly files: SeenFile[];
  readonly emptyFolders: string[];
  readonly unreadable: string[];
}

export interface DiskChangesOptions {
  /** 0 where the user asked for it: nothing waits. */
  readonly quietPeriodMs: number;
  readonly chunkSize: number;
  /** Of the scan before. */
  readonly sightings: ReadonlyMap<string, UnsettledFile>;
  /** Folder shares whose listing holds all that is known below them, each with its empty folders then. */
  readonly listed: Map<string, string>;
  readonly signal?: AbortSignal | undefined;
  /** The shared folder, when all of it is looked at. */
  readonly root?: string | undefined;
}

const STORED_AT_ONCE = 256; // shares in one transaction

/** Finds what changed on disk and stores it, batch by batch; collects what has to wait and what is wrong. */
export class DiskChanges {
  readonly sightings = new Map<string, UnsettledFile>();
  readonly problems = new Map<string, EssaimError>();
  /** For whom files were that came to another place or changed. */
  readonly past: PastAudience;
  hashed = 0;
  unchanged = 0;
  #ports: SharingPorts;

  constructor(
    readonly writer: ShareWriter,
    readonly progress: ScanProgress,
    readonly options: DiskChangesOptions,
  ) {
    this.#ports = writer.ports;
    this.past = new PastAudience(writer.ports, writer.usual);
  }

  /** Throws `unreadable` when the folder itself cannot be read. */
  async walk(folder: string): Promise<Walked> {
    const walked: Walked = { files: [], emptyFolders: [], unreadable: [] };
    for await (const batch of this.#ports.folders.walk(folder, this.options.signal)) {
      for (const file of batch.files) walked.files.push(file);
      for (const path of batch.emptyFolders) walked.emptyFolders.push(path);
      for (const path of batch.unreadable) {
        walked.unreadable.push(path);
        this.problem(path, "unreadable", "it cannot be read");
      }
      for (const path of batch.refused) {
        this.problem(path, "bad-name", "its name is not valid text, or it is too deep");
      }
      this.progress.sawFiles(batch.files.length);
    }
    return walked;
  }

  /** Pauses while it reads what is known; of what is unchanged nothing is kept. */
  async plan(
    known: Iterable<KnownFile>,
    seen: readonly SeenFile[],
    unreadable: readonly string[],
  ): Promise<ScanPlan> {
    const { sightings, quietPeriodMs } = this.options;
    const { clock } = this.#ports;
    const others = new Map(seen.map((file) => [file.path, file]));
    const differing: KnownFile[] = [];
    for await (const file of gently(known, clock)) {
      const found = others.get(file.path);
      if (found === undefined || !sameFile(found, file)) {
        differing.push(file);
      } else {
        others.delete(file.path);
        this.unchanged++;
      }
    }
    const now = clock.monotonic();
    const plan = planScan({ known: differing, seen: others.values(), unreadable, sightings, now, quietPeriodMs });
    for (const sighting of plan.waiting) this.sightings.set(sighting.path, sighting);
    return plan;
  }

  /** Renamed files keep their content, and their share where they have one. */
  async moveFiles({ moved }: ScanPlan): Promise<void> {
    const { contents, records } = this.#ports;
    for (const batch of batches(moved)) {
      const drafts = batch.flatMap(({ from, to }) => {
        const content = contents.at(from);
        if (content === undefined || records.ownShareAt(from) === undefined) return [];
        const draft = fileDraft({ ...content, path: to.path });
        return [{ ...draft, from, name: draft.newName }];
      });
      await this.writer.publish(drafts, () => batch.forEach(({ from, to }) => contents.move(from, to.path)));
      this.#unlist(batch.flatMap(({ from, to }) => [from, to.path]));
    }
  }

  /** Hashes what the plan says, small files first; each batch is stored together with the drafts made from it. */
  async hash(
    { hash }: Pick<ScanPlan, "hash">,
    draftsOf: (content: Content) => Draft[] | Promise<Draft[]>,
  ): Promise<void> {
    const { contents, hasher, clock } = this.#ports;
    const { chunkSize, signal } = this.options;
    const done = () => this.progress.hashedFiles(1);
    this.progress.planned(hash);
    await hashFiles(hash.toSorted((a, b) => a.size - b.size), {
      hasher,
      chunkSize,
      signal,
      onBytes: (count) => this.progress.hashedBytes(count),
      store: async (hashed) => {
        const drafts = (await Promise.all(hashed.map(({ content }) => draftsOf(content)))).flat();
        await this.writer.publish(drafts, () => {
          this.past.replaced(hashed.map(({ content }) => content));
          hashed.forEach(({ content }) => contents.put(content));
        });
        this.#unlist(hashed.map(({ content }) => content.path));
        this.progress.hashedFiles(hashed.length);
        this.hashed += hashed.length;
      },
      failed: (file, error) => {
        done();
        if (error.code !== "not-found") this.problems.set(file.path, error);
      },
      changed: (file) => {
        done();
        this.sightings.set(file.path, { ...file, since: clock.monotonic() });
      },
    });
  }

  /** Ends shares whose files are gone, and forgets `gone`: not what came there while this scan went on. */
  async bury(
    shares: readonly (readonly [path: string, shareId: ShareId])[],
    gone: readonly string[],
    kind: "file" | "folder" = "file",
  ): Promise<void> {
    for (const batch of batches(gone)) this.past.miss(batch);
    for (const batch of batches(shares)) {
      this.past.miss(batch.map(([path]) => path));
      const ended = batch.map(([path, shareId]) => ({ path, shareId }));
      await this.writer.buryGone(ended, (path) => this.#isThere(path, kind));
    }
    for (const batch of batches(gone)) {
      const there = await Promise.all(batch.map((path) => this.#isThere(path, "file")));
      this.forget(batch.filter((path, index) => !there[index] && !this.writer.isClaimed(path)));
    }
  }

  /** Where a walk would show it. */
  async #isThere(path: string, kind: "file" | "folder"): Promise<boolean> {
    const { folders } = this.#ports;
    const { root } = this.options;
    const inside = root !== undefined && isWithin(path, root) ? path.slice(root.length + 1) : "";
    if (inside.split("/").some((name) => folders.isIgnored(name))) return false;
    return (await folders.lookExactly(path))?.kind === kind;
  }

  /** The share of a file that just came to its path: for nobody for whom it was not before. */
  async newDraft(content: Content): Promise<Draft> {
    const draft = fileDraft(content);
    const inherited = await this.past.of(content);
    if (!inherited) return draft;
    const { choice, from } = inherited;
    return { ...draft, inherited: choice, ...(from === undefined ? {} : { from, name: draft.newName }) };
  }

  forget(paths: readonly string[]): void {
    if (paths.length === 0) return;
    this.#ports.atomically(() => paths.forEach((path) => this.#ports.contents.forget(path)));
    this.#unlist(paths);
  }

  /** A file may be in several folder shares, one within another: each needs a new listing. */
  #unlist(paths: readonly string[]): void {
    const { listed } = this.options;
    for (const path of paths) {
      if (listed.size === 0) return;
      for (const folder of selfAndAbove(path)) listed.delete(folder);
    }
  }

  problem(path: string, code: "unreadable" | "bad-name", why: string): void {
    this.problems.set(path, new EssaimError(code, `${path} is not shared: ${why}.`));
  }
}

/** A file as its own share. */
export function fileDraft(content: Content): Draft {
  const { path, id, size, sha256 } = content;
  const grants: FileId[] = [id];
  const newName = shareableName(path.slice(path.lastIndexOf("/") + 1));
  return { path, kind: "file", fileId: id, size, sha256, grants, newName, explicit: false };
}

export function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += STORED_AT_ONCE) yield items.slice(start, start + STORED_AT_ONCE);
}
