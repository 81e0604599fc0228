import { runsOf } from "../core/chunk_runs.ts";
import type { FileId } from "../core/ids.ts";
import { chunkLength, type Manifest } from "../core/manifest.ts";
import { type OfferedChunks, Offers } from "../core/offers.ts";
import type { EventStream } from "./event_streams.ts";

type Asker = EventStream | string;

/** One upload of chunks of a file, as far as it went. */
export interface SpreadUpload extends Disposable {
  sent(bytes: number): void;
}

/** Own files that several ask for at once: each is offered other chunks first, which then go from one to the other. */
export class Spread {
  readonly #files = new Map<FileId, Offers<Asker>>();

  /** Somebody listens who wants the file. */
  join(stream: EventStream, manifest: Manifest): void {
    let offers = this.#files.get(manifest.id);
    if (!offers) this.#files.set(manifest.id, offers = new Offers(manifest));
    offers.join(stream);
    this.#tell(manifest.id, offers);
  }

  leave(stream: EventStream, file: FileId): void {
    const offers = this.#files.get(file);
    if (!offers) return;
    offers.leave(stream);
    if (offers.size === 0) this.#files.delete(file);
    else this.#tell(file, offers);
  }

  leaveAll(stream: EventStream): void {
    for (const file of [...this.#files.keys()]) this.leave(stream, file);
  }

  /** Chunks `first` to `last` begin to be sent. */
  begin(asker: Asker, manifest: Manifest, first: number, last: number): SpreadUpload | undefined {
    const offers = this.#files.get(manifest.id);
    if (!offers) return undefined;
    for (let chunk = first; chunk <= last; chunk++) offers.begun(asker, chunk);
    this.#tell(manifest.id, offers);
    let next = first;
    let missing = chunkLength(manifest, first);
    const end = (chunk: number, whole: boolean) => {
      offers.ended(asker, chunk, whole);
      this.#tell(manifest.id, offers);
    };
    return {
      sent: (bytes) => {
        for (missing -= bytes; missing <= 0 && next <= last; missing += chunkLength(manifest, next)) end(next++, true);
      },
      [Symbol.dispose]: () => {
        while (next <= last) end(next++, false);
      },
    };
  }

  #tell(file: FileId, offers: Offers<Asker>): void {
    for (const [asker, chunks] of offers.due()) {
      if (typeof asker !== "string") asker.tell({ kind: "offer", file, chunks: asRuns(chunks) });
    }
  }
}

function asRuns(chunks: OfferedChunks) {
  return chunks ? runsOf([...chunks].sort((a, b) => a - b)) : "all";
}
