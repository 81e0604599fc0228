import { filled, type HistoryRange, totalOf, windowOf } from "../core/history.ts";
import type { FileId } from "../core/ids.ts";
import type { Activity, Board, HistoryReply, Present, Stats } from "../core/messages.ts";
import { visibleSize } from "../core/share_record.ts";
import type { Swarm } from "../core/swarm.ts";
import type { Clock } from "../ports.ts";
import type { SwarmIndex } from "../swarm_ports.ts";
import { Kept } from "./kept.ts";

const MAX_ACTIVITY = 200;
const MAX_PRESENT = 200;
const BY_NAME = new Intl.Collator(undefined, { numeric: true });
const MOST_FETCHED = 10;
/** Shares among which those files are found. */
const MOST_FETCHED_SHARES = 100;

export interface SwarmFiguresOptions {
  readonly index: SwarmIndex;
  readonly swarm: Swarm;
  readonly clock: Clock;
}

/** What anyone on the network may know of the whole swarm: numbers, who is present, what happened to public files. */
export class SwarmFigures {
  readonly #stats: Kept<Stats>;

  constructor(readonly options: SwarmFiguresOptions) {
    this.#stats = new Kept(options.clock);
  }

  present(): Present {
    const all = this.options.swarm.present();
    const peers = all.slice(-MAX_PRESENT).map(({ peerId, name }) => ({ peerId, name }));
    return { total: all.length, peers: peers.sort((a, b) => BY_NAME.compare(a.name, b.name)) };
  }

  /** Numbers and names for a dashboard. */
  board(): Board {
    return { kind: "board", stats: this.stats(), present: this.present() };
  }

  /** The same, counted now: not to be asked for more often than `boardRestMs` allows. */
  freshBoard(): Board {
    this.#stats.renew(() => this.#count());
    return this.board();
  }

  boardRestMs(): number {
    return this.#stats.restMs();
  }

  /** What anyone may know of the whole swarm; half a second old, or more where counting takes long. */
  stats(): Stats {
    return this.#stats.get(() => this.#count());
  }

  /** What anyone may know of the last hour, day or week. */
  history(range: HistoryRange): HistoryReply {
    const window = windowOf(range, Math.floor(this.options.clock.now() / 1000));
    const { everySeconds, from } = window;
    const buckets = filled(window, this.options.index.history(everySeconds, from));
    return { range, everySeconds, from: new Date(from * 1000).toISOString(), buckets };
  }

  /** What happened lately that anyone may know, newest first; older than `before` (an id) when given. */
  activity(limit: number, before: number | undefined): Activity[] {
    return this.options.index.activity(Math.max(1, Math.min(limit, MAX_ACTIVITY)), before);
  }

  #today(): Stats["today"] {
    const midnight = new Date(this.options.clock.now()).setHours(0, 0, 0, 0);
    const { downloads, bytes } = totalOf(this.options.index.history(900, midnight / 1000));
    return { downloads, transferred: bytes };
  }

  #count(): Stats {
    const { index, swarm } = this.options;
    const { files, bytes, downloads, transferred, since } = index.totals("public");
    return {
      peers: swarm.size,
      files,
      bytes,
      downloads,
      transferred,
      today: this.#today(),
      since: new Date(since).toISOString(),
      mostFetched: this.#mostFetched(),
    };
  }

  /** Files, each once with what all its shares were fetched, under the name that was fetched most. */
  #mostFetched(): Stats["mostFetched"] {
    const { index, swarm } = this.options;
    const files = new Map<FileId, Stats["mostFetched"][number]>();
    for (const { signed: { record }, downloads } of index.mostFetched(MOST_FETCHED_SHARES)) {
      const { fileId: id, name, kind } = record;
      const known = files.get(id) ?? { id, name, kind, size: visibleSize(record), downloads: 0, peers: 0 };
      const peers = Math.max(known.peers, swarm.countOf(record));
      files.set(id, { ...known, downloads: known.downloads + downloads, peers });
    }
    return [...files.values()].sort((a, b) => b.downloads - a.downloads).slice(0, MOST_FETCHED);
  }
}
