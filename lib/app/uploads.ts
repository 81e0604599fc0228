import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { LocalShare, UploadBatch } from "../core/local_messages.ts";
import { alternatives, isSafePath, printable, safeName } from "../core/safe_path.ts";
import type { BatchEntry, FolderReader, FormReader, IncomingFiles, StoredBatch } from "../disk_ports.ts";
import type { Clock, Log } from "../ports.ts";
import { checkChosen, type Chosen, refuseUnjoined } from "./people.ts";
import type { ShareFiles } from "./share_file.ts";
import type { Trash } from "./trash.ts";

const MAX_BATCHES = 100;
const MAX_FILES = 20_000;
const MAX_AT_ONCE = 16;
const MAX_LISTED = 100;

export interface UploadsPorts {
  readonly incoming: IncomingFiles;
  readonly forms: FormReader;
  readonly folders: FolderReader;
  readonly shares: ShareFiles;
  readonly trash: Trash<StoredBatch>;
  readonly clock: Clock;
  readonly log: Log;
  /** 16 hex digits. */
  newBatch(): string;
}

/** A file to be added. */
export interface Upload {
  readonly batch: string;
  readonly name: string;
  /** "photos/2024" for a file of a folder that was added whole; "" for a single file. */
  readonly folder: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** As announced, if it was. */
  readonly size?: number | undefined;
}

interface Batch {
  readonly at: number;
  /** Single files and top folders, by kind and name. */
  readonly entries: Map<string, { name: string; kind: "file" | "folder"; size: number; files: number }>;
  /** Uploads under way. */
  readonly running: Set<Promise<unknown>>;
  readonly stop: AbortController;
  /** Nothing comes in any more. */
  closed: boolean;
}

/** Files added on the page: kept here and shown to nobody until somebody chooses who sees them. */
export class Uploads {
  readonly #batches = new Map<string, Batch>();
  #running = 0;

  constructor(readonly ports: UploadsPorts) {}

  /** Takes up what was waiting when this peer stopped. */
  async start(): Promise<void> {
    for (const stored of await this.ports.incoming.load()) this.#remember(stored);
  }

  /** Files whose visibility was not chosen yet. */
  get pending(): number {
    let files = 0;
    for (const batch of this.#batches.values()) if (!batch.closed) files += filesOf(batch);
    return files;
  }

  /** Batches that wait for a choice, oldest first. */
  list(): UploadBatch[] {
    return [...this.#batches].filter(([, batch]) => batch.entries.size > 0 && !batch.closed)
      .sort(([, a], [, b]) => a.at - b.at).map(([id, batch]) => view(id, batch));
  }

  /**
   * Receives one file. It is on the disk when this resolves; when it rejects nothing of it is left. Throws `bad-name`,
   * `disk-full`, `too-large` (too many files), `busy`, `conflict` when the batch is being shared, `cancelled`.
   */
  async receive(upload: Upload, signal: AbortSignal): Promise<{ batch: string; name: string; size: number }> {
    const { batch: id, body, size } = upload;
    const wanted = safeName(upload.name);
    const folder = safeFolder(upload.folder, wanted);
    for (const name of folder === "" ? [wanted] : [folder.split("/")[0]!]) this.#refuseIgnored(name);
    const batch = this.#open(id);
    if (this.#running >= MAX_AT_ONCE) {
      throw new EssaimError("busy", "Enough files are being added at once.", { retryAfterMs: 500 });
    }
    this.#running++;
    const file = {
      folder,
      names: alternatives(wanted),
      body,
      size,
      signal: AbortSignal.any([signal, batch.stop.signal]),
    };
    const receiving = this.ports.incoming.receive(id, file);
    batch.running.add(receiving);
    try {
      const received = await receiving;
      if (received.isNew) note(batch, folder, received);
      return { batch: id, name: received.name, size: received.size };
    } finally {
      this.#running--;
      batch.running.delete(receiving);
      if (batch.entries.size === 0 && batch.running.size === 0 && !batch.closed) {
        this.#batches.delete(id);
        await this.ports.incoming.remove(id).catch(() => {}); // an empty folder that the next start removes
      }
    }
  }

  /** All files of a form. Its batch is undefined when none was chosen; what came before an error stays in the batch. */
  async fromForm(request: Request): Promise<{ batch: string | undefined; fields: ReadonlyMap<string, string> }> {
    const batch = this.ports.newBatch();
    let count = 0;
    const fields = await this.ports.forms.read(request, async ({ name, body }) => {
      await this.receive({ batch, name, folder: "", body }, request.signal);
      count++;
    });
    return { batch: count > 0 ? batch : undefined, fields };
  }

  /**
   * Moves the whole batch into the shared folder, each file and folder together with its record. Nothing is moved when
   * the choice is not possible; see checkChosen. When it fails half-way, what is not shared yet still waits.
   */
  async share(id: string, wanted: Chosen): Promise<LocalShare[]> {
    const { incoming, shares } = this.ports;
    const chosen = checkChosen(wanted, shares.ports.people);
    const batch = this.#find(id);
    if (batch.running.size > 0 || batch.closed) {
      throw new EssaimError("conflict", "Files are still being added. Choose when all have come.");
    }
    batch.closed = true;
    try {
      const { entries } = await incoming.batch(id);
      const shared = await shares.adopt(entries.map((entry) => this.#adoptee(entry, chosen)));
      this.#batches.delete(id);
      await incoming.remove(id);
      return shared.map((share) => shares.view(share));
    } catch (error) {
      await this.#readAgain(id);
      throw error;
    }
  }

  /** Receives one file and shares it. What failed is not kept. */
  async shareOne(upload: Omit<Upload, "batch" | "folder">, wanted: Chosen, signal: AbortSignal) {
    const { ports: { people }, options: { defaultVisibility } } = this.ports.shares;
    const chosen = checkChosen(wanted, people);
    refuseUnjoined(chosen.visibility ?? defaultVisibility, people);
    const batch = this.ports.newBatch();
    await this.receive({ ...upload, batch, folder: "" }, signal);
    try {
      const [share] = await this.share(batch, chosen);
      return share!;
    } catch (error) {
      this.#batches.delete(batch);
      await this.ports.incoming.remove(batch);
      throw error;
    }
  }

  /** Stops what is still coming and puts the batch into the trash. */
  async discard(id: string): Promise<void> {
    const { incoming, trash } = this.ports;
    const batch = this.#find(id);
    if (batch.closed) throw new EssaimError("conflict", "It is being shared or discarded already.");
    batch.closed = true;
    batch.stop.abort(new EssaimError("cancelled", "The files were discarded."));
    await Promise.allSettled(batch.running);
    if (batch.entries.size > 0) {
      try {
        await trash.put(id, incoming.pathOf(id), await incoming.batch(id));
      } catch (error) {
        await this.#readAgain(id);
        throw error;
      }
    } else await incoming.remove(id);
    this.#batches.delete(id);
  }

  /** Takes it out of the trash again. Throws `not-found`. */
  async restore(id: string): Promise<UploadBatch> {
    const { incoming, trash } = this.ports;
    const kept = trash.take(id);
    try {
      if (!await trash.ports.moves.rename(kept.place!, incoming.pathOf(id))) {
        throw new EssaimError("conflict", "Other files were added under the same number meanwhile.");
      }
      trash.ports.onMoved(kept.place!, incoming.pathOf(id));
    } catch (error) {
      trash.giveBack(kept);
      throw error;
    }
    await trash.finish(kept);
    return view(id, this.#remember(kept.note));
  }

  #adoptee({ path, name }: BatchEntry, chosen: Chosen) {
    return { path, fileName: name, folder: this.ports.shares.sharedFolder, ...chosen };
  }

  #open(id: string): Batch {
    const batch = this.#batches.get(id);
    if (batch?.closed) throw new EssaimError("conflict", "These files are being shared. Add others in a new step.");
    if (batch && filesOf(batch) + batch.running.size >= MAX_FILES) {
      throw new EssaimError(
        "too-large",
        `At most ${MAX_FILES} files are added in one step. Add the others afterwards.`,
      );
    }
    if (batch) return batch;
    if (this.#batches.size >= MAX_BATCHES) {
      throw new EssaimError("too-large", "Too many added files wait for a choice of who sees them. Choose first.");
    }
    return this.#remember({ batch: id, at: this.ports.clock.now(), entries: [] });
  }

  #remember({ batch: id, at, entries }: StoredBatch): Batch {
    const batch: Batch = { at, entries: new Map(), running: new Set(), stop: new AbortController(), closed: false };
    for (const { name, kind, size, files } of entries) {
      batch.entries.set(`${kind} ${name}`, { name, kind, size, files });
    }
    this.#batches.set(id, batch);
    return batch;
  }

  /** After something went wrong in the middle: what is on the disk counts. */
  async #readAgain(id: string): Promise<void> {
    try {
      this.#remember(await this.ports.incoming.batch(id));
    } catch (error) {
      this.ports.log.warning("incoming-unreadable", asEssaimError(error).message, { batch: id });
      const batch = this.#batches.get(id);
      if (batch) this.#remember({ batch: id, at: batch.at, entries: [] });
    }
  }

  #find(id: string): Batch {
    const batch = this.#batches.get(id);
    if (batch) return batch;
    throw new EssaimError("not-found", "These files are not there (any more): they were shared or discarded.");
  }

  #refuseIgnored(name: string): void {
    if (!this.ports.folders.isIgnored(name)) return;
    throw new EssaimError(
      "bad-name",
      `Files named like ${printable(name)} are never shared. Rename it, or see sharing.ignore.`,
    );
  }
}

function filesOf({ entries }: Batch): number {
  let count = 0;
  for (const { files } of entries.values()) count += files;
  return count;
}

function note({ entries }: Batch, folder: string, { name, size }: { name: string; size: number }): void {
  const kind = folder === "" ? "file" : "folder";
  const top = folder === "" ? name : folder.split("/", 1)[0]!;
  const entry = entries.get(`${kind} ${top}`);
  if (entry) {
    entry.size += size;
    entry.files++;
  } else entries.set(`${kind} ${top}`, { name: top, kind, size, files: 1 });
}

function view(batch: string, { at, entries }: Batch): UploadBatch {
  const all = [...entries.values()];
  return {
    batch,
    files: all.reduce((sum, { files }) => sum + files, 0),
    size: all.reduce((sum, { size }) => sum + size, 0),
    entries: all.slice(0, MAX_LISTED).map((entry) => ({ ...entry })),
    at: new Date(at).toISOString(),
  };
}

/** Each name of the path made safe, so that no path leads elsewhere. Throws `bad-name`. */
function safeFolder(folder: string, name: string): string {
  if (folder === "") return "";
  const safe = folder.split("/").map(safeName).join("/");
  if (isSafePath(`${safe}/${name}`)) return safe;
  throw new EssaimError("bad-name", `The folders around ${printable(name)} are too many or too long.`);
}
