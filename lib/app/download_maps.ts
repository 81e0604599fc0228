import { Bitfield, parseBitfield } from "../core/bitfield.ts";
import { ChunkGivers } from "../core/chunk_givers.ts";
import { askedChunks, chunkCells } from "../core/chunk_map.ts";
import type { FileId, PeerId } from "../core/ids.ts";
import type { ChunkMap } from "../core/local_messages.ts";
import { chunkCount } from "../core/manifest.ts";
import type { ContentStore, DownloadRow, DownloadStore } from "../store_ports.ts";
import type { DownloadRun } from "./download_run.ts";

/** Downloads of which it is remembered, until this peer stops, who gave which chunk. */
const MAX_KEPT = 100;

/** Of one file. */
export interface GivenChunks {
  readonly file: FileId;
  readonly givers: ChunkGivers;
}

export interface MapPorts {
  readonly store: DownloadStore;
  readonly contents: ContentStore;
  nameOf(peer: PeerId): string;
}

/** Draws the chunks of downloads, of those that ended too. */
export class DownloadMaps {
  readonly #kept = new Map<string, GivenChunks>();

  constructor(readonly ports: MapPorts) {}

  kept(id: string): GivenChunks | undefined {
    return this.#kept.get(id);
  }

  keep(id: string, given: GivenChunks | undefined): void {
    if (!given) return;
    this.#kept.delete(id);
    this.#kept.set(id, given);
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
  }

  forget(id: string): void {
    this.#kept.delete(id);
  }

  /** Of a folder, the file under way, or the last one. Undefined where nothing is known of any chunk. */
  draw(row: DownloadRow, run: DownloadRun | undefined): ChunkMap | undefined {
    const given = run?.chunks ?? this.#kept.get(row.id);
    const state = run?.state;
    const verified = state?.verified ?? this.#settled(row, given);
    if (!verified || verified.length === 0) return undefined;
    const givers = state?.givers ?? given?.givers ?? new ChunkGivers(verified.length);
    if (givers.chunks !== verified.length) return undefined;
    const { chunks, per, cells } = chunkCells(verified, state ? askedChunks(state) : new Set(), givers);
    return {
      downloadId: row.id,
      ...{ chunks, per, cells: cells.toBase64() },
      sources: givers.peers.map((peerId) => ({ peerId, name: this.ports.nameOf(peerId) })),
    };
  }

  /** The chunks that are there while it does not run. */
  #settled(row: DownloadRow, given: GivenChunks | undefined): Bitfield | undefined {
    const { store, contents } = this.ports;
    if (row.state === "complete") {
      const chunks = given?.givers.chunks ??
        (row.kind === "file" ? contents.of(row.ref.fileId).map(chunkCount).at(0) : undefined);
      return chunks === undefined ? undefined : Bitfield.full(chunks);
    }
    const part = row.kind === "file" ? store.part(row.id, "") : undefined;
    return part && parseBitfield(part.marks, chunkCount(part.manifest));
  }
}
