import { Bitfield } from "../core/bitfield.ts";
import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileBody } from "../core/file_body.ts";
import type { FileId } from "../core/ids.ts";
import { chunkCount, type Manifest } from "../core/manifest.ts";
import { type Caller, readable } from "../core/permission.ts";
import type { LiveRecord } from "../core/share_record.ts";
import type { TokenBucket } from "../core/token_bucket.ts";
import type { Clock, Content, ContentReader, ContentStore, Log, RecordStore } from "../ports.ts";
import type { OpenPart } from "./download_run.ts";

/** A busy peer asks for another try after this long, longer the more wait. */
const RETRY_MS = { least: 200, spread: 400 };

/** Files whose holding is remembered between requests. */
const MAX_CACHED = 64;

export interface ServePorts {
  /** Another number after anything changed in the stores. */
  readonly generation: () => number;
  readonly records: RecordStore;
  readonly contents: ContentStore;
  readonly reader: ContentReader;
  readonly clock: Clock;
  readonly log: Log;
  /** Paces what is sent, over all callers. */
  readonly bucket: TokenBucket;
  readonly uploadSlots: number;
  openPart(file: FileId): OpenPart | undefined;
  /** A shared file is no longer what was hashed. */
  onChanged(content: Content): void;
}

/** What of a file can be served to one caller. */
interface Holding {
  readonly manifest: Manifest;
  readonly hashes: Uint8Array;
  readonly have: Bitfield;
  readonly sha256: string | undefined;
  readonly open: () => Promise<OpenHolding>;
}

interface OpenHolding extends Disposable {
  read(offset: number, into: Uint8Array): Promise<void>;
  check(): Promise<void>;
}

/** Gives files to other peers, each only under a record that allows the caller. */
export class ServeFiles {
  #uploads = 0;
  #cache = new Map<FileId, { readonly records: readonly LiveRecord[]; readonly holding: Holding | undefined }>();
  #generation = NaN;
  /** Bytes given to others since the start. */
  sent = 0;

  constructor(readonly ports: ServePorts) {}

  get uploads(): number {
    return this.#uploads;
  }

  /** Throws `not-found`, in the same words whether the file is unknown or not for this caller. */
  manifest(file: FileId, caller: Caller): { manifest: Manifest; hashes: Uint8Array; have: Bitfield } {
    return this.#find(file, caller);
  }

  /** Chunks `first` to `last` as one body. Throws `not-found`, `changed`, `busy`, `bad-input`. */
  async chunks(file: FileId, first: number, last: number, caller: Caller): Promise<FileBody> {
    const holding = this.#find(file, caller);
    const chunks = chunkCount(holding.manifest);
    if (first > last || last >= chunks) throw new EssaimError("bad-input", `Chunks go from 0 to ${chunks - 1}.`);
    for (let chunk = first; chunk <= last; chunk++) if (!holding.have.has(chunk)) throw notFound();
    const { chunkSize, size } = holding.manifest;
    return await this.#body(holding, first * chunkSize, Math.min(size, (last + 1) * chunkSize));
  }

  /** The whole file, for any HTTP client; only once it is complete here. */
  async content(file: FileId, caller: Caller): Promise<{
    readonly size: number;
    readonly name: string;
    readonly sha256: string | undefined;
    /** Bytes `start` up to and without `end`. */
    body(start: number, end: number): Promise<FileBody>;
  }> {
    const holding = this.#find(file, caller);
    if (!holding.have.complete) throw notFound();
    (await holding.open())[Symbol.dispose]();
    const { manifest: { size }, sha256 } = holding;
    const [{ name }] = readable(caller, this.#known(file).records) as [LiveRecord];
    return { size, name, sha256, body: (start, end) => this.#body(holding, start, end) };
  }

  /** Contents of small files, at most `maxBytes` together; undefined for what is not there, too large or not allowed. */
  async bundle(files: readonly FileId[], maxBytes: number, caller: Caller): Promise<(Uint8Array | undefined)[]> {
    using _slot = this.#takeSlot();
    const contents: (Uint8Array | undefined)[] = [];
    let left = maxBytes;
    for (const file of files) {
      const content = await this.#small(file, left, caller);
      left -= content?.length ?? 0;
      contents.push(content);
    }
    const bytes = maxBytes - left;
    this.sent += bytes;
    await this.#pace(bytes);
    return contents;
  }

  async #small(file: FileId, maxBytes: number, caller: Caller): Promise<Uint8Array | undefined> {
    try {
      const holding = this.#find(file, caller);
      const { size, chunkSize } = holding.manifest;
      if (size > maxBytes || size > chunkSize || !holding.have.complete) return undefined;
      using open = await holding.open();
      const bytes = new Uint8Array(size);
      await open.read(0, bytes);
      await open.check();
      return bytes;
    } catch (error) {
      const { code } = asEssaimError(error);
      if (code === "not-found" || code === "changed") return undefined;
      throw error;
    }
  }

  async #body(holding: Holding, start: number, end: number): Promise<FileBody> {
    const slot = this.#takeSlot();
    try {
      const open = await holding.open();
      let offset = start;
      return {
        length: end - start,
        read: async (into) => {
          await open.read(offset, into);
          offset += into.length;
          if (offset === end) await open.check();
          this.sent += into.length;
          await this.#pace(into.length);
        },
        close: () => {
          open[Symbol.dispose]();
          slot[Symbol.dispose]();
        },
      };
    } catch (error) {
      slot[Symbol.dispose]();
      throw error;
    }
  }

  async #pace(bytes: number): Promise<void> {
    const { clock, bucket } = this.ports;
    const wait = bucket.take(bytes, clock.monotonic());
    if (wait > 0) await clock.sleep(wait);
  }

  #takeSlot(): Disposable {
    const { uploadSlots, clock } = this.ports;
    if (this.#uploads >= uploadSlots) {
      const retryAfterMs = Math.round(RETRY_MS.least + clock.random() * RETRY_MS.spread);
      throw new EssaimError("busy", "All upload slots are taken; ask again soon.", { retryAfterMs });
    }
    this.#uploads++;
    let taken = true;
    return {
      [Symbol.dispose]: () => {
        if (taken) this.#uploads--;
        taken = false;
      },
    };
  }

  /** The records are asked for each caller; only what the stores say about the file is remembered. */
  #find(file: FileId, caller: Caller): Holding {
    const { records, holding } = this.#known(file);
    if (!holding || readable(caller, records).length === 0) throw notFound();
    return holding;
  }

  #known(file: FileId) {
    const generation = this.ports.generation();
    if (generation !== this.#generation) this.#cache.clear();
    this.#generation = generation;
    let known = this.#cache.get(file);
    if (!known) {
      const records = this.ports.records.granting(file);
      known = { records, holding: records.length > 0 ? this.#holding(file) : undefined };
      if (known.holding?.have.complete) this.#cache.set(file, known);
      if (this.#cache.size > MAX_CACHED) this.#cache.delete(this.#cache.keys().next().value!);
    }
    return known;
  }

  #holding(file: FileId): Holding | undefined {
    const { contents, openPart } = this.ports;
    const [content] = contents.of(file);
    if (content) return this.#complete(content);
    const listing = contents.listing(file);
    if (listing) return inMemory(listing);
    const part = openPart(file);
    return part && partial(part);
  }

  #complete(content: Content): Holding {
    const { reader, onChanged, log } = this.ports;
    const watched = async <T>(read: () => Promise<T>): Promise<T> => {
      try {
        return await read();
      } catch (error) {
        const { code, message } = asEssaimError(error);
        if (code !== "changed" && code !== "not-found") throw error;
        log.info("content-changed", message, { file: content.id });
        onChanged(content);
        throw error;
      }
    };
    return {
      manifest: content,
      hashes: content.hashes,
      have: Bitfield.full(chunkCount(content)),
      sha256: content.sha256,
      open: async () => {
        const open = await watched(() => reader.open(content));
        return {
          read: (offset, into) => watched(() => open.read(offset, into)),
          check: () => watched(() => open.check()),
          [Symbol.dispose]: () => open[Symbol.dispose](),
        };
      },
    };
  }
}

function inMemory(
  { manifest, hashes, bytes }: { manifest: Manifest; hashes: Uint8Array; bytes: Uint8Array },
): Holding {
  const open = {
    read: (offset: number, into: Uint8Array) => Promise.resolve(into.set(bytes.subarray(offset, offset + into.length))),
    check: () => Promise.resolve(),
    [Symbol.dispose]: () => {},
  };
  const have = Bitfield.full(chunkCount(manifest));
  return { manifest, hashes, have, sha256: undefined, open: () => Promise.resolve(open) };
}

/** Reads whole chunks, which are cut here to what is asked. */
function partial(part: OpenPart): Holding {
  const { manifest, hashes, verified } = part;
  let chunk: { index: number; bytes: Uint8Array } | undefined;
  const read = async (offset: number, into: Uint8Array) => {
    for (let filled = 0; filled < into.length;) {
      const index = Math.floor((offset + filled) / manifest.chunkSize);
      if (chunk?.index !== index) {
        const bytes = await part.read(index);
        if (!bytes) throw notFound();
        chunk = { index, bytes };
      }
      const piece = chunk.bytes.subarray(offset + filled - index * manifest.chunkSize).subarray(
        0,
        into.length - filled,
      );
      into.set(piece, filled);
      filled += piece.length;
    }
  };
  const open = { read, check: () => Promise.resolve(), [Symbol.dispose]: () => {} };
  return { manifest, hashes, have: verified, sha256: undefined, open: () => Promise.resolve(open) };
}

function notFound(): EssaimError {
  return new EssaimError("not-found", "There is no such file here.");
}
