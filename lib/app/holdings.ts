import { Bitfield } from "../core/bitfield.ts";
import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileId, PeerId } from "../core/ids.ts";
import type { ShareRef } from "../core/messages.ts";
import { chunkCount, type Manifest } from "../core/manifest.ts";
import { isRestricted } from "../core/share_record.ts";
import type { ContentReader, OpenContent } from "../disk_ports.ts";
import type { Log } from "../ports.ts";
import type { Content, ContentStore, HeldRecord, RecordStore } from "../store_ports.ts";
import type { OpenPart } from "./download_run.ts";

/** Files whose holding is remembered between requests. */
const MAX_CACHED = 64;

export interface HoldingPorts {
  readonly self: PeerId;
  /** Another number after anything changed in the stores. */
  readonly generation: () => number;
  readonly records: RecordStore;
  readonly contents: ContentStore;
  readonly reader: ContentReader;
  readonly log: Log;
  /** Whether all of this share of somebody else was fetched. */
  isWhole(share: ShareRef): boolean;
  /** A file on its way here under one of these shares. */
  openPart(file: FileId, shares: readonly ShareRef[]): OpenPart | undefined;
  /** A shared file is no longer what was hashed. */
  onChanged(content: Content): void;
}

/** What this peer has of a file. */
export interface Holding {
  readonly manifest: Manifest;
  readonly hashes: Uint8Array;
  readonly have: Bitfield;
  readonly sha256: string | undefined;
  /** Whatever stops it, here and in what it returns, is told as `not-found` and logged. */
  readonly open: () => Promise<OpenContent>;
  /** All of a small file that is complete; it may block. */
  readonly readSmall: () => Uint8Array | Promise<Uint8Array>;
}

interface Known {
  readonly records: readonly HeldRecord[];
  readonly whole: Holding;
}

/**
 * Finds what the stores say about a file and remembers it while they do not change. What somebody else shares is given as
 * far as it came under that very share: else whoever knows the id of a hidden file could share it as well, and get it from
 * those who have it already.
 */
export class Holdings {
  readonly #cache = new Map<FileId, Known>();
  #generation = NaN;
  /** The last one that was not in the cache: it is asked for several times in a row. */
  #asked: { readonly file: FileId; readonly records: readonly HeldRecord[] } | undefined;

  constructor(readonly ports: HoldingPorts) {}

  /** Those that grant the file, to whomever. */
  records(file: FileId): readonly HeldRecord[] {
    const known = this.#known(file)?.records;
    if (known) return known;
    if (this.#asked?.file !== file) this.#asked = { file, records: this.ports.records.granting(file) };
    return this.#asked.records;
  }

  /**
   * What of the file can be given under some of these records. To be asked for only by who may have it: a long file's hash
   * list takes time to read, which would tell that it is here.
   */
  holding(file: FileId, under: readonly HeldRecord[]): Holding | undefined {
    const { self, isWhole, openPart } = this.ports;
    const whole = under.some((record) => record.owner === self || isWhole(record)) ? this.#whole(file) : undefined;
    if (whole) return whole;
    const part = openPart(file, under);
    return part && this.#partial(part);
  }

  #known(file: FileId): Known | undefined {
    const generation = this.ports.generation();
    if (generation !== this.#generation) {
      this.#cache.clear();
      this.#asked = undefined;
    }
    this.#generation = generation;
    return this.#cache.get(file);
  }

  #whole(file: FileId): Holding | undefined {
    const known = this.#known(file);
    if (known) return known.whole;
    const { contents } = this.ports;
    const [first, ...others] = contents.of(file);
    const listing = first ? undefined : contents.listing(file);
    const whole = first ? this.#complete([first, ...others]) : listing && inMemory(listing);
    if (whole) this.#cache.set(file, { records: this.records(file), whole });
    if (this.#cache.size > MAX_CACHED) this.#cache.delete(this.#cache.keys().next().value!);
    return whole;
  }

  /** The same content may be in several places, of which one that is still there is read, the same the next time. */
  #complete(places: readonly [Content, ...Content[]]): Holding {
    let order: readonly Content[] = places;
    const found = (content: Content) => order = [content, ...places.filter((other) => other !== content)];
    const open = async (): Promise<OpenContent> => {
      for (const content of order) {
        try {
          const opened = await this.ports.reader.open(content);
          found(content);
          return this.#watched(content, opened);
        } catch (error) {
          this.#lost(content, error);
        }
      }
      throw notFound();
    };
    const readSmall = () => {
      for (const content of order) {
        try {
          const bytes = this.ports.reader.readSmall(content);
          found(content);
          return bytes;
        } catch (error) {
          this.#lost(content, error);
        }
      }
      throw notFound();
    };
    const [content] = places;
    const have = Bitfield.full(chunkCount(content));
    return { manifest: content, hashes: content.hashes, have, sha256: content.sha256, open, readSmall };
  }

  #watched(content: Content, open: OpenContent): OpenContent {
    const watch = async (work: Promise<void>) => {
      try {
        await work;
      } catch (error) {
        this.#lost(content, error);
        throw notFound();
      }
    };
    return {
      read: (offset, into) => watch(open.read(offset, into)),
      check: () => watch(open.check()),
      [Symbol.dispose]: () => open[Symbol.dispose](),
    };
  }

  /** What is not public is not named in the log. */
  #lost(content: Content, error: unknown): void {
    const { code, message } = asEssaimError(error);
    const { log, onChanged } = this.ports;
    const isHidden = this.records(content.id).some(isRestricted);
    const told = isHidden ? `What is shared is not as it was (${code}).` : message;
    if (code !== "changed" && code !== "not-found") {
      return log.warning("content-unreadable", told, { file: content.id, ...isHidden ? {} : { path: content.path } });
    }
    log.info("content-changed", told, { file: content.id });
    onChanged(content);
  }

  /** Reads whole chunks, which are cut here to what is asked. */
  #partial(part: OpenPart): Holding {
    const { manifest, hashes, verified } = part;
    let chunk: { index: number; bytes: Uint8Array } | undefined;
    const chunkAt = async (index: number) => {
      try {
        return await part.read(index);
      } catch (error) {
        this.ports.log.info("part-unreadable", asEssaimError(error).message, { file: manifest.id });
      }
    };
    const read = async (offset: number, into: Uint8Array) => {
      for (let filled = 0; filled < into.length;) {
        const index = Math.floor((offset + filled) / manifest.chunkSize);
        if (chunk?.index !== index) {
          const bytes = await chunkAt(index);
          if (!bytes) throw notFound();
          chunk = { index, bytes };
        }
        const start = offset + filled - index * manifest.chunkSize;
        const piece = chunk.bytes.subarray(start, start + into.length - filled);
        into.set(piece, filled);
        filled += piece.length;
      }
    };
    const open = { read, check: () => Promise.resolve(), [Symbol.dispose]: () => {} };
    const readSmall = async () => {
      const bytes = new Uint8Array(manifest.size);
      await read(0, bytes);
      return bytes;
    };
    return { manifest, hashes, have: verified, sha256: undefined, open: () => Promise.resolve(open), readSmall };
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
  return { manifest, hashes, have, sha256: undefined, open: () => Promise.resolve(open), readSmall: () => bytes };
}

/** In the same words whether the file is unknown, not for this caller, or no longer what it was. */
export function notFound(): EssaimError {
  return new EssaimError("not-found", "There is no such file here.");
}
