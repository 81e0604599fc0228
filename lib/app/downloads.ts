import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileId, ShareId } from "../core/ids.ts";
import type { ChunkMap, Download, FoundState } from "../core/local_messages.ts";
import type { Holding, ShareRef } from "../core/messages.ts";
import { isRestricted, visibleSize } from "../core/share_record.ts";
import type { DownloadRow } from "../store_ports.ts";
import { isUnchanged, refuseOwn } from "./already_here.ts";
import { DownloadMaps } from "./download_maps.ts";
import { DownloadQueue } from "./download_queue.ts";
import { type DownloadPorts, DownloadRun, type OpenPart } from "./download_run.ts";
import { soFar, viewDownload } from "./downloads_view.ts";
import { keepRecord, type ProvedRecord } from "./find_sources.ts";
import { finishDownload, holdingOf } from "./finish_download.ts";
import { loggedError, loggedName } from "./logged.ts";
import { removeParts } from "./part_path.ts";

/** Downloads remembered, finished ones included; the oldest finished ones are forgotten first. */
const MAX_DOWNLOADS = 5_000;

export interface DownloadsPorts extends DownloadPorts {
  readonly parallel: number;
  readonly defaultOut: string;
  newId(): string;
  /** Something to announce or to show changed. */
  onChange(kind: "holdings" | "completed" | "list"): void;
  /** It has become complete, or failed. */
  onEnd?(row: DownloadRow): void;
}

/** All downloads of this peer: kept over restarts, a few at a time, each resumable whatever happens. */
export class Downloads {
  readonly #rows = new Map<string, DownloadRow>();
  /** `#changes` at the last change of each. */
  readonly #changedAt = new Map<string, number>();
  #changes = 0;
  readonly #queue: DownloadQueue;
  /** Runs that are over, of which the row knows all; they are in the queue for a moment longer. */
  readonly #counted = new WeakSet<DownloadRun>();
  readonly #maps: DownloadMaps;

  constructor(readonly ports: DownloadsPorts) {
    const { clock, parallel, onChange, store, contents, neighbours } = ports;
    this.#maps = new DownloadMaps({
      store,
      contents,
      nameOf: (peer) => neighbours.get(peer)?.name ?? peer.slice(0, 8),
    });
    this.#queue = new DownloadQueue(clock, parallel, {
      wanted: () => [...this.#rows.values()].filter(({ state }) => state === "active"),
      makeRun: (row, takePlace) =>
        new DownloadRun(ports, row, () => onChange("holdings"), takePlace, this.#maps.kept(row.id)),
      work: (run, signal) => this.#work(run, signal),
      onEnd: (id) => {
        this.#changedAt.set(id, ++this.#changes);
        onChange("list");
      },
    });
  }

  /** Takes up what was under way when this peer stopped, however it stopped. */
  start(): void {
    for (const row of this.ports.store.list()) this.#set(row);
    this.#queue.start();
  }

  /** Stops all of them so that nothing has to be checked again, and nothing is lost. */
  close(): Promise<void> {
    return this.#queue.close();
  }

  list(): Download[] {
    return [...this.#rows.values()].map((row) => this.#view(row)).reverse();
  }

  /** Of these files, which are complete and as they came, or on their way. */
  async present(files: ReadonlySet<FileId>): Promise<Map<FileId, FoundState>> {
    const present = new Map<FileId, FoundState>();
    for (const row of [...this.#rows.values()].filter(({ ref }) => files.has(ref.fileId))) {
      const { id: downloadId, done } = this.#view(row);
      if (row.state !== "complete") present.set(row.ref.fileId, { kind: "downloading", downloadId, done });
      else if (await isUnchanged(this.ports, row)) present.set(row.ref.fileId, { kind: "here", downloadId, done });
    }
    return present;
  }

  get(id: string): Download {
    return this.#view(this.#row(id));
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  /** The chunks for drawing; undefined where nothing is known of any. Throws `not-found`. */
  map(id: string): ChunkMap | undefined {
    return this.#maps.draw(this.#row(id), this.#queue.run(id));
  }

  /** Neither complete nor failed. */
  get unfinished(): number {
    let count = 0;
    for (const { state } of this.#rows.values()) if (state === "active" || state === "paused") count++;
    return count;
  }

  /** Those that run, and those that changed after an earlier answer's `version`; 0: all. */
  changedSince(version: number): { version: number; downloads: Download[] } {
    const changed = [...this.#rows.values()].filter(({ id }) =>
      this.#queue.run(id) !== undefined || this.#changedAt.get(id)! > version
    );
    return { version: this.#changes, downloads: changed.map((row) => this.#view(row)).reverse() };
  }

  /**
   * Starts a download, or returns the one of the same content and name to the same folder; without a share any name
   * will do. Throws `not-found` when nobody shares it, `conflict` when it is shared from here, `unwritable` when the
   * folder is.
   */
  async add(
    request: { fileId: FileId; shareId?: ShareId | undefined; out?: string | undefined },
    signal: AbortSignal,
  ): Promise<Download> {
    const { finder, store, clock, files, newId, defaultOut, onChange } = this.ports;
    const { fileId, shareId, out = defaultOut } = request;
    const isOfContent = (row: DownloadRow) => row.ref.fileId === fileId && row.out === out;
    const known = shareId === undefined ? await this.#here(isOfContent) : undefined;
    if (known) return this.#view(this.resume(known.id));

    let proved: ProvedRecord;
    try {
      proved = await finder.record(fileId, shareId, signal);
    } catch (error) {
      const asked = await this.#here((row) => isOfContent(row) && row.ref.shareId === shareId);
      if (!asked) throw error;
      return this.#view(this.resume(asked.id));
    }
    const { signed: { record }, ownerName } = proved;
    const isWanted = (row: DownloadRow) => isOfContent(row) && row.name === record.name;
    const same = await this.#here(isWanted);
    if (same) return this.#view(this.resume(same.id));
    refuseOwn(this.ports, fileId, record.name);
    await files.makeFolder(out);
    const meanwhile = this.#unfinished(isWanted);
    if (meanwhile) return this.#view(meanwhile);
    const ref = { fileId: record.fileId, owner: record.owner, shareId: record.shareId };
    const row: DownloadRow = {
      ...{ id: newId(), ref, ownerName, name: record.name, kind: record.kind, size: visibleSize(record), out },
      ...{ state: "active", createdAt: clock.now(), given: [], seconds: 0, reported: false },
      ...{ restricted: isRestricted(record), class: record.class },
    };
    keepRecord(this.ports.records, proved);
    store.put(row);
    this.#set(row);
    await this.#forgetOldest();
    this.#queue.schedule();
    onChange("list");
    return this.#view(row);
  }

  async pause(id: string): Promise<Download> {
    const row = this.#row(id);
    if (row.state === "active") this.#put({ ...row, state: "paused" });
    await this.#queue.stop(id);
    this.#queue.schedule();
    return this.get(id);
  }

  resume(id: string): DownloadRow {
    const row = this.#row(id);
    if (row.state !== "paused" && row.state !== "failed") return row;
    const active = this.#put({ ...row, state: "active", reason: undefined, why: undefined });
    this.#queue.schedule();
    return active;
  }

  /** Stops and forgets a download; what came of an unfinished one is deleted, a finished file stays. */
  async cancel(id: string): Promise<void> {
    const known = this.#row(id);
    this.#rows.delete(id);
    await this.#queue.stop(id);
    const row = this.#rows.get(id) ?? known; // it may have become complete meanwhile
    this.#rows.delete(id);
    try {
      await this.#discard(row);
    } catch (error) {
      this.#set(row);
      throw error;
    } finally {
      this.ports.onChange("holdings");
      this.ports.onChange("list");
    }
  }

  /** A file on its way here under one of these shares: others may have some chunks of it already. */
  openPart(file: FileId, shares: readonly ShareRef[]): OpenPart | undefined {
    for (const { part, row } of this.#queue.runs()) {
      if (part?.manifest.id === file && shares.some((share) => isOf(row, share))) return part;
    }
    return undefined;
  }

  /** Whether all that a share has now was fetched. */
  isWhole(share: ShareRef): boolean {
    for (const row of this.#rows.values()) if (row.state === "complete" && isOf(row, share)) return true;
    return false;
  }

  /** What this peer holds for others, for the tracker. */
  holdings(): Holding[] {
    return [...this.#rows.values()].flatMap((row) => holdingOf(row, this.#queue.run(row.id), this.ports) ?? []);
  }

  /** Completed and not yet told to the tracker. */
  unreported(limit: number): DownloadRow[] {
    return [...this.#rows.values()].filter((row) => row.state === "complete" && !row.reported).slice(0, limit);
  }

  reported(ids: Iterable<string>): void {
    for (const id of ids) {
      const row = this.#rows.get(id);
      if (row) this.#put({ ...row, reported: true });
    }
  }

  async #work(run: DownloadRun, signal: AbortSignal): Promise<void> {
    try {
      await this.#complete(run, signal);
    } catch (error) {
      this.#ended(run, signal, error);
    } finally {
      if (this.#rows.has(run.row.id)) this.#maps.keep(run.row.id, run.chunks);
    }
  }

  async #complete(run: DownloadRun, signal: AbortSignal): Promise<void> {
    const { log, onChange, onEnd } = this.ports;
    const finished = await finishDownload(run, (row) => this.#soFar(row, run), signal);
    this.#counted.add(run);
    this.#set(finished);
    const { id, path, seconds, restricted } = finished;
    const place = restricted ? {} : { path };
    log.info("download-complete", `${loggedName(finished)} is complete and verified.`, {
      ...{ id, ...place, seconds, sources: run.given.size },
    });
    onChange("completed");
    onEnd?.(finished);
  }

  /** Never throws: what cannot be stored now is known until this peer stops. */
  #ended(run: DownloadRun, signal: AbortSignal, caught: unknown): void {
    const { log } = this.ports;
    const { id } = run.row;
    const row = this.#rows.get(id);
    if (!row) return;
    let ended: DownloadRow = { ...row, ...this.#soFar(row, run) };
    if (!signal.aborted) {
      const error = asEssaimError(caught);
      log.error("download-failed", `${loggedName(row)}: ${loggedError(row, error)}`, { id, code: error.code });
      ended = { ...ended, state: "failed", reason: error.message, why: { code: error.code } };
    }
    this.#counted.add(run);
    this.#set(ended);
    if (ended.state === "failed") this.ports.onEnd?.(ended);
    try {
      this.ports.store.put(ended);
    } catch (error) {
      log.error("download-not-noted", `${loggedName(row)}: ${loggedError(row, error)}`, { id });
    }
  }

  /** One that `fits` and is under way, or complete with its file still as it came. */
  async #here(fits: (row: DownloadRow) => boolean): Promise<DownloadRow | undefined> {
    const unfinished = this.#unfinished(fits);
    if (unfinished) return unfinished;
    for (const row of [...this.#rows.values()]) {
      if (row.state === "complete" && fits(row) && await isUnchanged(this.ports, row)) return row;
    }
    return undefined;
  }

  #unfinished(fits: (row: DownloadRow) => boolean): DownloadRow | undefined {
    return [...this.#rows.values()].find((row) => row.state !== "complete" && fits(row));
  }

  async #forgetOldest(): Promise<void> {
    for (const row of [...this.#rows.values()]) {
      if (this.#rows.size <= MAX_DOWNLOADS) return;
      if (row.state !== "complete" && row.state !== "failed") continue;
      this.#rows.delete(row.id);
      await this.#discard(row).catch((error) => {
        this.#set(row);
        this.ports.log.warning("download-not-forgotten", `${loggedName(row)}: ${loggedError(row, error)}`);
      });
    }
  }

  /** Deletes all there is of it but a finished file; the files first, so that none is left that nobody knows of. */
  async #discard(row: DownloadRow): Promise<void> {
    const { store, files, records } = this.ports;
    const isPartial = row.state !== "complete";
    if (isPartial) await removeParts(files, row);
    store.remove(row.id);
    this.#changedAt.delete(row.id);
    this.#changes++;
    this.#maps.forget(row.id);
    const { owner, shareId } = row.ref;
    const isNeeded = [...this.#rows.values()].some(({ ref }) => ref.owner === owner && ref.shareId === shareId);
    if (isPartial && !isNeeded) records.dropForeign(row.ref);
  }

  #soFar(row: DownloadRow, run: DownloadRun) {
    const { neighbours, clock } = this.ports;
    return soFar(row, run, run.begun, neighbours, clock.monotonic());
  }

  #row(id: string): DownloadRow {
    const row = this.#rows.get(id);
    if (!row) throw new EssaimError("not-found", `There is no download ${id}. \`essaim downloads\` lists them.`);
    return row;
  }

  #put(row: DownloadRow): DownloadRow {
    this.ports.store.put(row);
    return this.#set(row);
  }

  #set(row: DownloadRow): DownloadRow {
    this.#rows.set(row.id, row);
    this.#changedAt.set(row.id, ++this.#changes);
    return row;
  }

  #view(row: DownloadRow): Download {
    const { neighbours, clock, records } = this.ports;
    const run = this.#queue.run(row.id);
    const live = run !== undefined && !this.#counted.has(run) ? run : undefined;
    const view = viewDownload(row, live, neighbours, clock.monotonic());
    const record = row.kind === "folder" ? records.get(row.ref)?.record : undefined;
    const files = record && !record.deleted ? record.total?.files : undefined;
    return files === undefined ? view : { ...view, files };
  }
}

function isOf({ ref }: DownloadRow, { fileId, owner, shareId }: ShareRef): boolean {
  return ref.fileId === fileId && ref.owner === owner && ref.shareId === shareId;
}
