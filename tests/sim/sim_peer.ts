import { Bitfield } from "../../lib/core/bitfield.ts";
import { Choker, type Upload } from "../../lib/core/choke.ts";
import { next } from "../../lib/core/download.ts";
import {
  type DownloadEvent,
  type DownloadLimits,
  type DownloadState,
  newDownload,
} from "../../lib/core/download_state.ts";
import { parsePeerId, type PeerId } from "../../lib/core/ids.ts";
import { chunkCount, chunkLength, type Manifest } from "../../lib/core/manifest.ts";
import { Offers } from "../../lib/core/offers.ts";
import type { Stream } from "./links.ts";

/** Some chunks on their way from one peer to another. */
export interface Flow extends Stream {
  readonly request: number;
  readonly source: SimPeer;
  readonly asker: SimPeer;
  readonly last: number;
  readonly upload: Upload<SimPeer>;
  chunk: number;
  /** Bytes of `chunk` that are still to come. */
  left: number;
  /** Bytes of which the asker was not told yet. */
  uncounted: number;
  over: boolean;
}

/** One computer: the core of the program, without its sockets and disk. */
export class SimPeer {
  readonly id: PeerId;
  readonly state: DownloadState;
  readonly choker: Choker<SimPeer>;
  /** Of whoever shares the file. */
  readonly offers: Offers<SimPeer> | undefined;
  /** Who hears what it gains. */
  readonly followers = new Set<SimPeer>();
  /** Verified since its followers were told. */
  readonly news: number[] = [];
  toldAt = -Infinity;
  readonly flows = new Map<number, Flow>();
  online = true;
  /** It sends other bytes than it should. */
  lies = false;
  /** Something happened that `due` has not looked at. */
  stirred = true;
  /** Milliseconds. */
  doneAt: number | undefined;
  sent = 0;
  /** Bytes that were here already, or of which the rest did not come. */
  wasted = 0;

  constructor(
    readonly number: number,
    readonly manifest: Manifest,
    limits: DownloadLimits,
    uploadSlots: number,
    askersAtOnce: number,
    isOwner: boolean,
  ) {
    this.id = parsePeerId(number.toString(16).padStart(32, "0"));
    const chunks = chunkCount(manifest);
    this.state = newDownload(manifest, isOwner ? Bitfield.full(chunks) : new Bitfield(chunks), limits);
    const perAddress = Math.ceil(uploadSlots / 2);
    this.choker = new Choker({ slots: Math.min(askersAtOnce, uploadSlots), most: uploadSlots, perAddress });
    this.offers = isOwner ? new Offers(manifest) : undefined;
  }

  get have(): Bitfield {
    return this.state.verified;
  }

  tell(event: DownloadEvent, now: number): void {
    if (!this.online) return;
    next(this.state, event, now);
    if (event.kind !== "bytes") this.stirred = true;
  }

  /** Begins to send a run of chunks. Undefined: every slot is taken. */
  serve(asker: SimPeer, request: number, first: number, last: number, now: number): Flow | undefined {
    const upload = this.choker.begin(asker, true, now);
    if (!upload) return undefined;
    for (let chunk = first; chunk <= last; chunk++) this.offers?.begun(asker, chunk);
    return {
      ...{ from: this.number, to: asker.number, rate: 0, request, source: this, asker, last, upload },
      ...{ chunk: first, left: chunkLength(this.manifest, first), uncounted: 0, over: false },
    };
  }

  /** The upload is over, as far as it came. */
  endFlow(flow: Flow): void {
    flow.over = true;
    this.choker.end(flow.upload);
    for (let chunk = flow.chunk; chunk <= flow.last; chunk++) this.offers?.ended(flow.asker, chunk, false);
    if (flow.chunk <= flow.last) flow.asker.wasted += chunkLength(this.manifest, flow.chunk) - flow.left;
  }
}
