import type { Bitfield } from "../core/bitfield.ts";
import { encodeBundle } from "../core/bundle.ts";
import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileBody } from "../core/file_body.ts";
import type { FileId } from "../core/ids.ts";
import { parseListing } from "../core/listing.ts";
import { chunkCount, type Manifest } from "../core/manifest.ts";
import { type Caller, givable, mayRead } from "../core/permission.ts";
import { MAX_RUN_BYTES } from "../core/schedule.ts";
import type { PeerId } from "../core/ids.ts";
import { type LiveRecord, shareKey } from "../core/share_record.ts";
import type { HeldRecord } from "../store_ports.ts";
import { addressOf, EventStreams } from "./event_streams.ts";
import { type Holding, type HoldingPorts, Holdings, notFound } from "./holdings.ts";
import type { Given } from "./watch_activity.ts";
import { Spread } from "./spread.ts";
import { memorySource, type UploadLimits, type UploadSlot, UploadSlots } from "./upload_slots.ts";

/** Hash lists up to this need no slot: everyone begins with one. */
const MAX_FREE_HASHES = 64 * 1024;
/** Small files are read without letting others in for about so long. */
const READS_MS = 5;
/** Folders with a longer listing are not searched for the name of one file. */
const MAX_SEARCHED_LISTING = 1024 * 1024;

export interface ServePorts extends HoldingPorts, UploadLimits {
  /** Owners that have left the class, or lost a key: nothing is given under their leases. */
  isRevoked(peer: PeerId): boolean;
  /** Asks the owners of these, when it is time to. Resolves soon. */
  refresh(held: readonly HeldRecord[]): Promise<void>;
  /** Content of a share goes to somebody. */
  onGiven?(given: Given): void;
}

/** Gives files to other peers, each only under a record that allows the caller. */
export class ServeFiles implements Disposable {
  readonly streams: EventStreams;
  readonly #holdings: Holdings;
  readonly #slots: UploadSlots;
  readonly #spread = new Spread();

  constructor(readonly ports: ServePorts) {
    this.#holdings = new Holdings(ports);
    this.#slots = new UploadSlots(ports);
    this.streams = new EventStreams({
      ...ports,
      visible: (file, caller) => this.#holding(file, caller)?.have,
      onForgot: (stream, file) => this.#spread.leave(stream, file),
      onClosed: (stream) => {
        this.#spread.leaveAll(stream);
        this.#slots.leave(stream);
      },
    });
  }

  [Symbol.dispose](): void {
    this.streams[Symbol.dispose]();
    this.#slots[Symbol.dispose]();
  }

  /**
   * Before files are given to a member of the class: the owners of what is held for others, and may be read by the caller,
   * are asked whether that still stands. For anybody else nothing happens.
   */
  async prepare(files: Iterable<FileId>, caller: Caller): Promise<void> {
    if (caller.kind !== "member") return;
    const held: HeldRecord[] = [];
    for (const file of files) {
      for (const record of this.#holdings.records(file)) {
        if (record.until !== Infinity && mayRead(caller, record).allow) held.push(record);
      }
    }
    if (held.length > 0) await this.ports.refresh(held);
  }

  /** Throws `not-found`, in the same words whether the file is unknown or not for this caller. */
  manifest(file: FileId, caller: Caller): { manifest: Manifest; have: Bitfield } {
    return this.#find(file, caller);
  }

  /**
   * What is here of the file. `stream`: on which the caller is told what comes, also when nothing is here yet. Throws
   * `not-found`.
   */
  have(file: FileId, caller: Caller, stream: string | null): Bitfield {
    const told = this.streams.of(stream, caller);
    told?.follow(file);
    const { manifest, have } = this.#find(file, caller);
    const isOwn = this.#recordsFor(file, caller).some(({ owner }) => owner === this.ports.self);
    if (told && have.complete && isOwn) this.#spread.join(told, manifest);
    return have;
  }

  /** Throws `not-found`, `busy`. */
  hashes(file: FileId, caller: Caller): FileBody {
    const { hashes } = this.#find(file, caller);
    const slot = hashes.length > MAX_FREE_HASHES ? this.#slots.take(caller) : undefined;
    return this.#slots.body(caller, slot, memorySource(hashes), 0, hashes.length);
  }

  /** Chunks `first` to `last` as one body. Throws `not-found`, `busy`, `bad-input`. */
  async chunks(
    file: FileId,
    first: number,
    last: number,
    caller: Caller,
    stream: string | null = null,
  ): Promise<FileBody> {
    const holding = this.#find(file, caller);
    const chunks = chunkCount(holding.manifest);
    const { chunkSize, size } = holding.manifest;
    if (first > last || last >= chunks) throw new EssaimError("bad-input", `Chunks go from 0 to ${chunks - 1}.`);
    if (first < last && (last - first + 1) * chunkSize > MAX_RUN_BYTES) {
      throw new EssaimError("bad-input", `At most ${MAX_RUN_BYTES} bytes of chunks may be asked for at once.`);
    }
    for (let chunk = first; chunk <= last; chunk++) if (!holding.have.has(chunk)) throw notFound();
    const told = this.streams.of(stream, caller);
    const slot = this.#slots.take(caller, told);
    const spread = this.#spread.begin(told ?? addressOf(caller), holding.manifest, first, last);
    const both = {
      sent(bytes: number) {
        slot.sent(bytes);
        spread?.sent(bytes);
      },
      [Symbol.dispose]() {
        spread?.[Symbol.dispose]();
        slot[Symbol.dispose]();
      },
    };
    return await this.#body(both, file, holding, first * chunkSize, Math.min(size, (last + 1) * chunkSize), caller);
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
    const body = (start: number, end: number) =>
      this.#body(this.#slots.take(caller), file, holding, start, end, caller);
    return { size, name: this.#nameOf(file, caller), sha256, body };
  }

  /** Contents of small files, at most `maxBytes` together; without what is not there, too large or not allowed. */
  async bundle(files: readonly FileId[], maxBytes: number, caller: Caller): Promise<FileBody> {
    const slot = this.#slots.take(caller);
    try {
      const { clock } = this.ports;
      const contents: (Uint8Array | undefined)[] = [];
      let left = maxBytes;
      let since = clock.monotonic();
      for (const file of files) {
        const content = await this.#small(file, left, caller);
        left -= content?.length ?? 0;
        contents.push(content);
        if (content) this.#givenTo(caller, file)(content.length);
        if (clock.monotonic() - since < READS_MS) continue;
        await clock.sleep(0); // others may go on
        since = clock.monotonic();
      }
      const bytes = encodeBundle(contents);
      return this.#slots.body(caller, slot, memorySource(bytes), 0, bytes.length);
    } catch (error) {
      slot[Symbol.dispose]();
      throw error;
    }
  }

  async #small(file: FileId, maxBytes: number, caller: Caller): Promise<Uint8Array | undefined> {
    try {
      const holding = this.#find(file, caller);
      const { size, chunkSize } = holding.manifest;
      if (size > maxBytes || size > chunkSize || !holding.have.complete) return undefined;
      return await holding.readSmall();
    } catch (error) {
      if (asEssaimError(error).code === "not-found") return undefined;
      throw error;
    }
  }

  async #body(
    slot: UploadSlot,
    file: FileId,
    holding: Holding,
    start: number,
    end: number,
    caller: Caller,
  ): Promise<FileBody> {
    const given = this.#givenTo(caller, file);
    try {
      const open = await holding.open();
      const read = async (offset: number, into: Uint8Array) => {
        await open.read(offset, into);
        if (this.#recordsFor(file, caller).length === 0) throw notFound(); // access has ended since it began
        given(into.length);
        if (offset + into.length === end) await open.check();
      };
      return this.#slots.body(caller, slot, { read, [Symbol.dispose]: () => open[Symbol.dispose]() }, start, end);
    } catch (error) {
      slot[Symbol.dispose]();
      throw error;
    }
  }

  #givenTo(caller: Caller, file: FileId): (bytes: number) => void {
    const { onGiven } = this.ports;
    if (!onGiven) return () => {};
    const [record] = this.#recordsFor(file, caller);
    if (!record) return () => {};
    const { name } = record;
    const share = shareKey(record);
    return (bytes) => onGiven({ share, name, caller, bytes });
  }

  /** The records are asked for each caller; only what the stores say about the file is remembered. */
  #find(file: FileId, caller: Caller): Holding {
    const holding = this.#holding(file, caller);
    if (!holding) throw notFound();
    return holding;
  }

  #holding(file: FileId, caller: Caller): Holding | undefined {
    const records = this.#recordsFor(file, caller);
    return records.length > 0 ? this.#holdings.holding(file, records) : undefined;
  }

  /** Under which it may have the file. */
  #recordsFor(file: FileId, caller: Caller): HeldRecord[] {
    const { clock, isRevoked } = this.ports;
    return givable(caller, this.#holdings.records(file), clock.now())
      .filter(({ owner, until }) => until === Infinity || !isRevoked(owner));
  }

  /** As the caller may know it: its own name or the one that it has in a folder. */
  #nameOf(file: FileId, caller: Caller): string {
    const records = this.#recordsFor(file, caller);
    const own = records.find(({ fileId }) => fileId === file);
    return own?.name ?? this.#nameInFolder(file, records) ?? `${file}.bin`;
  }

  #nameInFolder(file: FileId, folders: readonly LiveRecord[]): string | undefined {
    for (const { fileId } of folders) {
      const bytes = this.ports.contents.listing(fileId)?.bytes;
      if (!bytes || bytes.length > MAX_SEARCHED_LISTING) continue;
      const member = parseListing(bytes).files.find(({ id }) => id === file);
      if (member) return member.path.slice(member.path.lastIndexOf("/") + 1);
    }
    return undefined;
  }
}
