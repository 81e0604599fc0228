import { asEssaimError, EssaimError } from "../core/errors.ts";
import { parseBitfield } from "../core/bitfield.ts";
import type { FileId, ShareId } from "../core/ids.ts";
import type { Download } from "../core/local_messages.ts";
import { chunkCount } from "../core/manifest.ts";
import type { Holding } from "../core/messages.ts";
import { visibleSize } from "../core/share_record.ts";
import type { DownloadRow } from "../ports.ts";
import { type DownloadPorts, DownloadRun, type OpenPart } from "./download_run.ts";
import { isWaiting, sourcesOf, viewDownload } from "./downloads_view.ts";
import { FolderRun } from "./folder_run.ts";

const QUEUE_EVERY_MS = 1_000;
/** Downloads remembered, finished ones included; the oldest finished ones are forgotten first. */
const MAX_DOWNLOADS = 5_000;

interface Running {
  readonly run: DownloadRun;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export interface DownloadsPorts extends DownloadPorts {
  readonly parallel: number;
  readonly defaultOut: string;
  newId(): string;
  /** Something to announce or to show changed. */
  onChange(kind: "holdings" | "completed" | "list"): void;
}

/** All downloads of this peer: kept over restarts, a few at a time, each resumable whatever happens. */
export class Downloads {
  readonly #rows = new Map<string, DownloadRow>();
  readonly #running = new Map<string, Running>();
  readonly #closed = new AbortController();
  #queue: Promise<void> = Promise.resolve();

  constructor(readonly ports: DownloadsPorts) {}

  /** Takes up what was under way when this peer stopped, however it stopped. */
  start(): void {
    for (const row of this.ports.store.list()) this.#rows.set(row.id, row);
    this.#queue = this.#keepQueue();
  }

  /** Stops all of them so that nothing has to be checked again, and nothing is lost. */
  async close(): Promise<void> {
    this.#closed.abort(new EssaimError("cancelled", "This peer stops."));
    for (const { stop } of this.#running.values()) stop.abort(this.#closed.signal.reason);
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    await this.#queue;
  }

  list(): Download[] {
    return [...this.#rows.values()].map((row) => this.#view(row)).reverse();
  }

  get(id: string): Download {
    return this.#view(this.#row(id));
  }

  /**
   * Starts a download, or returns the one of the same content to the same folder. Throws `not-found` when nobody shares
   * it, `conflict` when it is shared from here, `unwritable` when the folder is.
   */
  async add(
    request: { fileId: FileId; shareId?: ShareId | undefined; out?: string | undefined },
    signal: AbortSignal,
  ): Promise<Download> {
    const { finder, records, contents, store, clock, files, newId, defaultOut, onChange } = this.ports;
    const out = request.out ?? defaultOut;
    const known = this.#unfinished(request.fileId, out) ?? await this.#finished(request.fileId, out);
    if (known) return this.#view(this.resume(known.id));
    const { signed, key, ownerName } = await finder.record(request.fileId, request.shareId, signal);
    const { record } = signed;
    if (records.ownShares().some((share) => share.signed.record.fileId === record.fileId)) {
      const [own] = contents.of(record.fileId);
      throw new EssaimError(
        "conflict",
        `${record.name} is already here${own ? `: ${own.path}` : ""}. There is nothing to fetch.`,
      );
    }
    await files.makeFolder(out);
    const meanwhile = this.#unfinished(request.fileId, out);
    if (meanwhile) return this.#view(meanwhile);
    const ref = { fileId: record.fileId, owner: record.owner, shareId: record.shareId };
    const row: DownloadRow = {
      ...{ id: newId(), ref, ownerName, name: record.name, kind: record.kind, size: visibleSize(record), out },
      ...{ state: "active", createdAt: clock.now(), given: [], seconds: 0, reported: false },
    };
    records.putForeign(signed, key, [record.fileId]);
    store.put(row);
    this.#rows.set(row.id, row);
    this.#forgetOldest();
    this.#schedule();
    onChange("list");
    return this.#view(row);
  }

  async pause(id: string): Promise<Download> {
    const row = this.#row(id);
    if (row.state === "active") this.#put({ ...row, state: "paused" });
    await this.#stop(id);
    this.#schedule();
    return this.get(id);
  }

  resume(id: string): DownloadRow {
    const row = this.#row(id);
    if (row.state !== "paused" && row.state !== "failed") return row;
    const active = this.#put({ ...row, state: "active", reason: undefined });
    this.#schedule();
    return active;
  }

  /** Stops and forgets a download; what came of an unfinished one is deleted, a finished file stays. */
  async cancel(id: string): Promise<void> {
    const known = this.#row(id);
    this.#rows.delete(id);
    await this.#stop(id);
    const row = this.#rows.get(id) ?? known; // it may have become complete meanwhile
    this.#rows.delete(id);
    const { store, files, records, onChange } = this.ports;
    store.remove(id);
    if (row.state !== "complete") {
      const run = new DownloadRun(this.ports, row, () => {});
      for (const suffix of [".part", ".listing", ".folder"]) await files.remove(run.partPath(suffix));
      if (![...this.#rows.values()].some(({ ref }) => ref.owner === row.ref.owner && ref.shareId === row.ref.shareId)) {
        records.dropForeign(row.ref);
      }
    }
    onChange("holdings");
    onChange("list");
  }

  /** A file on its way here that others may have some chunks of already. */
  openPart(file: FileId): OpenPart | undefined {
    for (const { run } of this.#running.values()) if (run.part?.manifest.id === file) return run.part;
    return undefined;
  }

  /** What this peer holds for others, for the tracker. */
  holdings(): Holding[] {
    return [...this.#rows.values()].flatMap((row): Holding[] => {
      if (row.state === "complete") {
        const changed = row.kind === "file" && this.ports.contents.of(row.ref.fileId).length === 0;
        return changed ? [] : [{ ...row.ref, have: 1, of: 1 }];
      }
      const part = this.#running.get(row.id)?.run.part;
      return part && part.verified.count > 0 && row.kind === "file"
        ? [{ ...row.ref, have: part.verified.count, of: part.verified.length }]
        : [];
    });
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

  async #keepQueue(): Promise<void> {
    const { clock } = this.ports;
    while (!this.#closed.signal.aborted) {
      this.#schedule();
      await clock.sleep(QUEUE_EVERY_MS, this.#closed.signal).catch(() => {});
    }
  }

  /** Starts what may run. One that waits for a source or for room does not hold up the others. */
  #schedule(): void {
    if (this.#closed.signal.aborted) return;
    for (const row of this.#rows.values()) {
      if (row.state !== "active" || this.#running.has(row.id)) continue;
      const moving = [...this.#running.values()].filter(({ run }) => !isWaiting(run));
      if (moving.length >= this.ports.parallel) return;
      this.#run(row);
    }
  }

  #run(row: DownloadRow): void {
    const stop = new AbortController();
    const run = new DownloadRun(this.ports, row, () => this.ports.onChange("holdings"));
    const ended = this.#complete(row, run, stop.signal).catch((error) => this.#ended(row.id, run, stop.signal, error))
      .finally(() => {
        this.#running.delete(row.id);
        this.ports.onChange("list");
        this.#schedule();
      });
    this.#running.set(row.id, { run, stop, ended });
  }

  async #complete(row: DownloadRow, run: DownloadRun, signal: AbortSignal): Promise<void> {
    const { clock, log, atomically, store, onChange } = this.ports;
    const folder = row.kind === "folder" ? new FolderRun(run) : undefined;
    const finished = await run.run(async (signal) => {
      const { path, keep } = folder ? await folder.fetch(signal) : await run.fetchSingle(signal);
      const now = { ...row, ...this.#gone(row, run), state: "complete", path, finishedAt: clock.now() } as const;
      atomically(() => {
        keep();
        store.removePart(row.id, "");
        store.put(now);
      });
      return now;
    }, signal);
    this.#rows.set(row.id, finished);
    const { id, path, seconds } = finished;
    log.info("download-complete", `${row.name} is complete and verified.`, {
      ...{ id, path, seconds },
      sources: run.given.size,
    });
    onChange("completed");
  }

  /** Never throws: what cannot be stored now is known until this peer stops. */
  #ended(id: string, run: DownloadRun, signal: AbortSignal, caught: unknown): void {
    const { log } = this.ports;
    const row = this.#rows.get(id);
    if (!row) return;
    let ended: DownloadRow = { ...row, ...this.#gone(row, run) };
    if (!signal.aborted) {
      const error = asEssaimError(caught);
      log.error("download-failed", `${row.name}: ${error.message}`, { id, code: error.code });
      ended = { ...ended, state: "failed", reason: error.message };
    }
    this.#rows.set(id, ended);
    try {
      this.ports.store.put(ended);
    } catch (error) {
      log.error("download-not-noted", `${row.name}: ${asEssaimError(error).message}`, { id });
    }
  }

  /** What a row says about the way so far, this run included. */
  #gone(row: DownloadRow, run: DownloadRun): Pick<DownloadRow, "given" | "seconds"> {
    const { neighbours, clock } = this.ports;
    return {
      given: sourcesOf(row, run, neighbours, clock.monotonic()).map(({ peerId, name, bytes }) => ({
        peerId,
        name,
        bytes,
      })),
      seconds: row.seconds + (clock.monotonic() - run.begun) / 1000,
    };
  }

  async #stop(id: string): Promise<void> {
    const running = this.#running.get(id);
    running?.stop.abort(new EssaimError("cancelled", "The download was stopped."));
    await running?.ended;
  }

  #unfinished(file: FileId, out: string): DownloadRow | undefined {
    return [...this.#rows.values()].find((row) =>
      row.ref.fileId === file && row.out === out && row.state !== "complete"
    );
  }

  /** One whose file is still there. */
  async #finished(file: FileId, out: string): Promise<DownloadRow | undefined> {
    for (const row of [...this.#rows.values()]) {
      if (row.ref.fileId !== file || row.out !== out || row.state !== "complete") continue;
      if (row.path !== undefined && await this.ports.files.exists(row.path)) return row;
    }
    return undefined;
  }

  #forgetOldest(): void {
    for (const [id, { state }] of this.#rows) {
      if (this.#rows.size <= MAX_DOWNLOADS) return;
      if (state !== "complete" && state !== "failed") continue;
      this.#rows.delete(id);
      this.ports.store.remove(id);
    }
  }

  #row(id: string): DownloadRow {
    const row = this.#rows.get(id);
    if (!row) throw new EssaimError("not-found", `There is no download ${id}. \`essaim downloads\` lists them.`);
    return row;
  }

  #put(row: DownloadRow): DownloadRow {
    this.ports.store.put(row);
    this.#rows.set(row.id, row);
    return row;
  }

  #view(row: DownloadRow): Download {
    const { neighbours, clock, store } = this.ports;
    const run = this.#running.get(row.id)?.run;
    const part = run || row.state === "complete" ? undefined : store.part(row.id, "");
    const done = part && row.kind === "file"
      ? Math.min(row.size, parseBitfield(part.marks, chunkCount(part.manifest)).count * part.manifest.chunkSize)
      : 0;
    return viewDownload(row, run, !run, done, neighbours, clock.monotonic());
  }
}
