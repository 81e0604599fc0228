import { Bitfield, parseBitfield } from "../core/bitfield.ts";
import { ChunkGivers } from "../core/chunk_givers.ts";
import type { DownloadLimits, DownloadState } from "../core/download_state.ts";
import { asEssaimError, type ErrorCode, EssaimError } from "../core/errors.ts";
import type { FileId, PeerId, Sha256 } from "../core/ids.ts";
import { chunkCount, type Manifest } from "../core/manifest.ts";
import type { Reputation } from "../core/reputation.ts";
import { alternatives } from "../core/safe_path.ts";
import { isRestricted, type LiveRecord, type SignedRecord } from "../core/share_record.ts";
import type { FileHasher, FolderReader, PartFile, PartFiles } from "../disk_ports.ts";
import type { Address, Log } from "../ports.ts";
import type { Atomically, ContentStore, DownloadRow, DownloadStore, RecordStore } from "../store_ports.ts";
import type { GivenChunks } from "./download_maps.ts";
import { inTurn } from "./download_queue.ts";
import { type Live, verifiedBytes } from "./downloads_view.ts";
import { fetchFile, type FetchTools } from "./fetch_file.ts";
import { fetchManifest } from "./fetch_manifest.ts";
import { keepRecord, type SourceFinder } from "./find_sources.ts";
import { accessEnded, type Leases } from "./leases.ts";
import { loggedError, loggedName } from "./logged.ts";
import { type Neighbours, secureAddress } from "./neighbours.ts";
import { partPath, type PartSuffix } from "./part_path.ts";
import { recoverPart } from "./recover_part.ts";

/** Troubles of this machine that may pass: the download waits and tries again. */
const PASSING: ReadonlySet<ErrorCode> = new Set(["disk-full", "unwritable", "not-found"]);
const RETRY_MS = 3_000;
/** What a small chunk costs as well, in buffers on its way. */
const LEAST_BUFFERED_BYTES = 1024 * 1024;
/** How much of it is here is told so often, however fast it comes; what is there at the end is told in any case. */
const TOLD_EVERY_MS = 1_000;
const ROOM_BYTES = 1024 * 1024;
const NOBODY = "Nobody reachable has it now. It goes on by itself when somebody does.";

export interface DownloadPorts extends FetchTools {
  readonly log: Log;
  readonly store: DownloadStore;
  readonly records: RecordStore;
  readonly contents: ContentStore;
  readonly atomically: Atomically;
  readonly files: PartFiles;
  readonly folders: FolderReader;
  readonly hasher: FileHasher;
  readonly finder: SourceFinder;
  readonly leases: Pick<Leases, "confirm">;
  readonly neighbours: Neighbours;
  readonly reputation: Reputation;
  readonly limits: DownloadLimits;
  /** Bytes that one download may hold in memory. */
  readonly memory: number;
  /** A file is on its way here: what of it can be given is told by `openPart`. */
  onPart?(file: FileId): void;
  /** One more chunk of it can be given. */
  onVerified?(file: FileId, chunk: number): void;
}

/** What of a file can be given to others while it comes. */
export interface OpenPart {
  readonly manifest: Manifest;
  readonly hashes: Uint8Array;
  readonly verified: Bitfield;
  read(index: number): Promise<Uint8Array | undefined>;
}

/** A finished download at its final path; `keep` stores what it consists of. */
export interface Published {
  readonly path: string;
  keep(): void;
}

/** One download while it runs: looks for sources, fetches, waits out what may pass, and gives the file its name. */
export class DownloadRun implements Live {
  phase: Live["phase"] = "finding";
  state: DownloadState | undefined;
  hasPlace = true;
  /** Bytes of the files that are complete (of a folder). */
  doneBefore = 0;
  readonly given = new Map<PeerId, number>();
  part: OpenPart | undefined;
  /** Monotonic milliseconds. */
  readonly begun: number;
  readonly ports: DownloadPorts;
  /** Of the only file, before its state is known and after it ended. */
  #settled: number;
  /** When it was last told how much is here. */
  #toldAt = -Infinity;
  /** Whether the record under which it is fetched is not public. */
  #isRestricted: boolean;

  /**
   * `onHolding`: more of it can be given to others, or none at all any more. `takePlace`: whether it may move bytes now,
   * which it has to ask again after it waited.
   */
  constructor(
    ports: DownloadPorts,
    readonly row: DownloadRow,
    readonly onHolding: () => void,
    readonly takePlace: () => boolean,
    /** Who gave what of the file under way or the last one, in earlier runs too. */
    public chunks: GivenChunks | undefined,
  ) {
    const takeToFetch = () => {
      const may = takePlace();
      if (may) this.phase = "fetching";
      return may;
    };
    this.ports = { ...ports, peers: inTurn(ports.peers, takeToFetch) };
    this.begun = ports.clock.monotonic();
    this.#settled = row.done ?? 0;
    this.#isRestricted = row.restricted ?? false;
  }

  get done(): number {
    if (this.state) return this.doneBefore + verifiedBytes(this.state);
    return this.row.kind === "file" ? this.#settled : this.doneBefore;
  }

  /** Does `work`, again and again while it may help. Rejects with the signal's reason, or when waiting cannot help. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const { clock, store, files, log } = this.ports;
    for (;;) {
      try {
        return await work(signal);
      } catch (caught) {
        signal.throwIfAborted();
        const error = asEssaimError(caught);
        if (!PASSING.has(error.code)) throw error;
        log.warning("download-waits", loggedError(this.row, error), { id: this.row.id, code: error.code });
        this.phase = { waiting: error.message, why: { code: error.code } };
        do await clock.sleep(RETRY_MS, signal); while (
          !store.hasRoom() || !await files.hasRoom(this.row.out, ROOM_BYTES) || !this.takePlace()
        );
        this.phase = "finding";
      }
    }
  }

  /** Fetches the only file of this download and publishes it. */
  async fetchSingle(signal: AbortSignal): Promise<Published> {
    const { row, ports } = this;
    const part = this.partPath(".part");
    let path = await this.#publishedBefore();
    if (path === undefined) {
      await this.fetchPart("", row.ref.fileId, row.size, part, signal);
      path = await ports.files.publish(part, row.out, alternatives(row.name));
    }
    return { path, keep: await this.#content(path) };
  }

  partPath(suffix: PartSuffix): string {
    return partPath(this.ports.files, this.row, suffix);
  }

  /** Present peers that may be fetching it as well, or soon. */
  #near(): PeerId[] {
    return this.ports.finder.near(this.#record);
  }

  /** Throws `access-ended` once its owner no longer shows it to this user. */
  async find(signal: AbortSignal): Promise<PeerId[]> {
    const { finder, neighbours, clock, leases } = this.ports;
    for (const { peer, meter } of this.state?.sources.values() ?? []) {
      if (meter.rate(clock.monotonic()) > 0) neighbours.met(peer);
    }
    const { ref } = this.row;
    await this.record(signal);
    if (this.#record && isRestricted(this.#record)) await leases.confirm(ref);
    this.#isRestricted = this.#record ? isRestricted(this.#record) : this.#isRestricted;
    return await finder.find(ref.fileId, this.#record, signal);
  }

  /** What it is fetched under, as it is known now. Throws `access-ended` as `find` does. */
  async record(signal: AbortSignal): Promise<SignedRecord> {
    const { records } = this.ports;
    const { ref } = this.row;
    if (records.get(ref) === undefined) await this.#askAgain(signal);
    const known = records.get(ref);
    if (known === undefined) throw accessEnded();
    return known;
  }

  /** As it is known now. */
  get #record(): LiveRecord | undefined {
    const record = this.ports.records.get(this.row.ref)?.record;
    return record?.deleted === false ? record : undefined;
  }

  /** Access had ended; it may have been given again. */
  async #askAgain(signal: AbortSignal): Promise<void> {
    const { finder, records } = this.ports;
    const { ref: { fileId, shareId }, class: classId } = this.row;
    const { id } = finder.ports.members;
    if (id === undefined || (classId ?? id) !== id) throw accessEnded(); // outside of its class nobody hears of it
    const proved = await finder.record(fileId, shareId, signal).catch(() => {
      signal.throwIfAborted();
      throw accessEnded();
    });
    keepRecord(records, proved);
  }

  /** What is not public comes over mutual TLS or not at all. */
  addressOf(peer: PeerId): Address | undefined {
    const known = this.ports.neighbours.get(peer);
    return this.#isRestricted ? secureAddress(known) : known;
  }

  onLiar(peer: PeerId, file: FileId): void {
    this.ports.log.warning("bad-chunk", `${peer} sent wrong bytes of ${file} and is left out for a while.`);
    this.ports.reputation.lied(peer, file, this.ports.clock.monotonic());
  }

  /** It just gave a file. */
  gave(peer: PeerId, bytes: number): void {
    this.ports.neighbours.met(peer);
    this.#add(peer, bytes);
  }

  #add(peer: PeerId, bytes: number): void {
    this.given.set(peer, (this.given.get(peer) ?? 0) + bytes);
  }

  /**
   * Brings the part file at `path` to completeness, from where it stood. `file`: its key in the store. `size`: as its
   * owner signed it, undefined when that record is not known any more.
   */
  async fetchPart(
    file: string,
    id: FileId,
    size: number | undefined,
    path: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, files } = this.ports;
    const row = store.part(this.row.id, file) ?? await this.#newPart(file, id, size, signal);
    const part = await files.open(path, row.manifest);
    try {
      const verified = await this.#recover(part, file, row, signal);
      const put = (marks: Uint8Array, closed?: { size: number; mtimeMs: number }) =>
        store.mark(this.row.id, file, marks, closed);
      put(verified.toBytes());
      this.part = { ...row, verified, read: (index) => part.read(index) };
      this.ports.onPart?.(id);
      this.phase = "finding";
      try {
        await fetchFile(this.ports, {
          ...row,
          limits: this.#limits(row.manifest),
          part,
          verified,
          givers: this.#giversOf(row.manifest),
          find: async (signal) => {
            const peers = await this.find(signal);
            this.phase = "fetching";
            return chunkCount(row.manifest) > 1 ? [...new Set([...peers, ...this.#near()])] : peers;
          },
          addressOf: (peer) => this.addressOf(peer),
          onMoved: (listener) => this.ports.neighbours.onMoved(listener),
          onVerified: (chunk) => this.ports.onVerified?.(id, chunk),
          mark: (marks) => {
            put(marks);
            this.#tellHolding();
          },
          onLiar: (peer) => this.onLiar(peer, id),
          onState: (state) => this.state = state,
        }, signal);
      } finally {
        await part.sync(); // also what was found again after a crash and never marked
        put(verified.toBytes(), await part.stat());
      }
    } finally {
      this.#settle();
      await part[Symbol.asyncDispose]();
    }
  }

  #tellHolding(): void {
    const now = this.ports.clock.monotonic();
    if (now - this.#toldAt < TOLD_EVERY_MS) return;
    this.#toldAt = now;
    this.onHolding();
  }

  #giversOf(manifest: Manifest): ChunkGivers {
    const { id } = manifest;
    if (this.chunks?.file !== id) this.chunks = { file: id, givers: new ChunkGivers(chunkCount(manifest)) };
    return this.chunks.givers;
  }

  /** As they are at any time. Each request in flight may hold one chunk in memory. */
  #limits({ chunkSize }: Manifest): DownloadLimits {
    const { limits, memory } = this.ports;
    const held = Math.max(1, Math.floor(memory / Math.max(chunkSize, LEAST_BUFFERED_BYTES)));
    return Object.create(limits, { requests: { get: () => Math.min(limits.requests, held) } });
  }

  /** What the sources of the file just ended gave joins the total. */
  #settle(): void {
    for (const { peer, meter } of this.state?.sources.values() ?? []) this.#add(peer, meter.total);
    if (this.state) this.#settled = verifiedBytes(this.state);
    this.state = undefined;
    this.part = undefined;
  }

  async #newPart(file: string, id: FileId, size: number | undefined, signal: AbortSignal) {
    const { manifest, hashes } = await fetchManifest(
      this.ports,
      id,
      (signal) => this.find(signal),
      (peer) => this.addressOf(peer),
      () => this.phase = { waiting: NOBODY, why: { code: "no-source" } },
      signal,
    );
    if (size !== undefined && manifest.size !== size) {
      throw new EssaimError(
        "bad-content",
        `${this.row.name} is not what its owner signed. Ask its owner to share it again.`,
      );
    }
    const part = { manifest, hashes, marks: new Bitfield(chunkCount(manifest)).toBytes() };
    this.ports.store.putPart(this.row.id, file, part);
    return part;
  }

  async #recover(
    part: PartFile,
    file: string,
    row: Parameters<typeof recoverPart>[1],
    signal: AbortSignal,
  ): Promise<Bitfield> {
    const { verified, lost, rehashed } = await recoverPart(part, row, this.ports.hash, signal);
    if (verified.count > 0 || lost > 0) {
      const data = { id: this.row.id, file, kept: verified.count, lost, chunks: verified.length, rehashed };
      this.ports.log.info(
        "download-resumed",
        `${loggedName(this.row)}: ${verified.count} of ${verified.length} chunks are already here.`,
        data,
      );
    }
    return verified;
  }

  /** After a crash between giving the name and noting it: the complete file, found under one of its names. */
  async #publishedBefore(): Promise<string | undefined> {
    const { store, files, hasher } = this.ports;
    const part = store.part(this.row.id, "");
    if (!part || !parseBitfield(part.marks, chunkCount(part.manifest)).complete) return undefined;
    if (await files.exists(this.partPath(".part"))) return undefined;
    for (const name of alternatives(this.row.name)) {
      const path = files.join(this.row.out, name);
      if (!await files.exists(path)) return undefined;
      const [outcome] = await hasher.hash([path], part.manifest.chunkSize);
      if (outcome && "content" in outcome && outcome.content.id === part.manifest.id) return path;
    }
  }

  /** Remembers the published file, so that it is served under its owner's record while that is still of this content. */
  async #content(path: string): Promise<() => void> {
    const { store, folders, contents, records } = this.ports;
    const part = store.part(this.row.id, "")!;
    const record = records.get(this.row.ref)?.record as LiveRecord | undefined;
    const place = await folders.lookExactly(path);
    if (place?.kind !== "file" || record?.fileId !== this.row.ref.fileId) return () => {};
    const { size, mtimeMs, inode } = place;
    const sha256 = record.sha256 as Sha256;
    const content = { ...part.manifest, path, size, mtimeMs, inode, hashes: part.hashes, sha256 };
    return () => contents.put(content);
  }
}
