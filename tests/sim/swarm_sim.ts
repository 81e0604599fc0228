import type { DownloadLimits } from "../../lib/core/download_state.ts";
import { chunkCount, chunkLength, type Manifest } from "../../lib/core/manifest.ts";
import { due } from "../../lib/core/schedule.ts";
import { shuffled } from "../../lib/core/shuffled.ts";
import { BATCH_MS } from "../../lib/app/event_streams.ts";
import { ASKERS_AT_ONCE } from "../../lib/app/upload_slots.ts";
import { lowerBound, type Network } from "./links.ts";
import { randomFrom } from "./chance.ts";
import { type Flow, SimPeer } from "./sim_peer.ts";

const UNCHOKED_EVERY_MS = 100;
const LOOKED_AT_EVERY_MS = 500;
/** Bytes on their way are counted so often. */
const COUNTED_EVERY_MS = 100;

export interface Scenario {
  readonly manifest: Manifest;
  /** The owner, number 0, included. */
  readonly peers: number;
  /** How many others each knows of; a class knows all of itself. */
  readonly known: number;
  readonly network: Network;
  readonly limits: DownloadLimits;
  readonly uploadSlots: number;
  /** Milliseconds of virtual time between two looks at what moves. */
  readonly stepMs: number;
  readonly seed: number;
  /** Gives up after so much virtual time. Milliseconds. */
  readonly endMs: number;
  /** Peers that cannot be reached from then on until the second time. */
  readonly away?: readonly { readonly peer: number; readonly from: number; readonly until: number }[];
  readonly liars?: readonly number[];
}

export interface Outcome {
  /** Seconds until each had the file and all of it was proved, ascending; without those that never had. */
  readonly times: readonly number[];
  /** Copies of the file that the owner sent. */
  readonly copies: number;
  /** Bytes that nobody needed, as part of all that were. */
  readonly duplicates: number;
}

/** Lets a swarm run in virtual time, from the moment at which all want the file. The same seed gives the same outcome. */
export function simulate(scenario: Scenario): Outcome {
  return new Swarm(scenario).run();
}

/** Against `lowerBound`, for links of this rate. */
export function ratio(times: readonly number[], { manifest, peers }: Scenario, rate: number): number {
  return times.at(-1)! / lowerBound(manifest.size, chunkCount(manifest), peers - 1, rate);
}

class Swarm {
  readonly #peers: SimPeer[];
  readonly #byId: Map<string, SimPeer>;
  readonly #random: () => number;
  #flows: Flow[] = [];
  /** What arrives, by the step in which it does. */
  readonly #messages = new Map<number, (() => void)[]>();
  #step = 0;
  #unfinished: number;

  constructor(readonly scenario: Scenario) {
    const { peers, manifest, limits, uploadSlots, seed, liars = [], known } = scenario;
    this.#random = randomFrom(seed);
    this.#peers = Array.from(
      { length: peers },
      (_, number) => new SimPeer(number, manifest, limits, uploadSlots, ASKERS_AT_ONCE, number === 0),
    );
    for (const liar of liars) this.#peers[liar]!.lies = true;
    this.#byId = new Map(this.#peers.map((peer) => [peer.id, peer]));
    this.#unfinished = peers - 1;
    for (const peer of this.#peers.slice(1)) {
      const others = shuffled(this.#someOf(peer.number, known), this.#random);
      // Whoever shares it is found first.
      for (const other of others.sort((a, b) => Number(b === 0) - Number(a === 0))) {
        peer.tell({ kind: "found", peer: this.#peers[other]!.id, moved: false }, 0);
      }
    }
  }

  get #now(): number {
    return this.#step * this.scenario.stepMs;
  }

  run(): Outcome {
    const { stepMs, endMs, network } = this.scenario;
    while (this.#unfinished > 0 && this.#now < endMs) {
      this.#step++;
      this.#comeAndGo();
      for (const arrive of this.#messages.get(this.#step) ?? []) arrive();
      this.#messages.delete(this.#step);
      this.#move(stepMs);
      if (this.#isTime(UNCHOKED_EVERY_MS)) {
        for (const peer of this.#peers) if (peer.choker.waiting > 0) this.#unchoke(peer);
      }
      for (const peer of this.#peers) {
        if (peer.news.length > 0 && this.#now - peer.toldAt >= BATCH_MS) this.#tellNews(peer);
      }
      const isLook = this.#isTime(LOOKED_AT_EVERY_MS);
      const stirred = this.#peers.filter((peer) => peer.online && (peer.stirred || isLook));
      for (const peer of shuffled(stirred, this.#random)) this.#act(peer);
      network.share(this.#flows);
    }
    return this.#outcome();
  }

  #outcome(): Outcome {
    const { size } = this.scenario.manifest;
    const times = this.#peers.flatMap(({ doneAt }) => doneAt === undefined ? [] : doneAt / 1_000);
    const wasted = this.#peers.reduce((sum, { wasted }) => sum + wasted, 0);
    return {
      times: times.sort((a, b) => a - b),
      copies: this.#peers[0]!.sent / size,
      duplicates: wasted / (size * (this.#peers.length - 1)),
    };
  }

  #isTime(everyMs: number): boolean {
    const every = Math.max(1, Math.round(everyMs / this.scenario.stepMs));
    return this.#step % every === 0;
  }

  #later(what: () => void): void {
    const { network, stepMs } = this.scenario;
    const step = this.#step + Math.max(1, Math.round(network.delayMs / stepMs));
    const messages = this.#messages.get(step);
    if (messages) messages.push(what);
    else this.#messages.set(step, [what]);
  }

  #someOf(self: number, count: number): Iterable<number> {
    const all = this.#peers.length;
    if (count >= all - 1) return this.#peers.keys().filter((number) => number !== self);
    const some = new Set<number>();
    while (some.size < count) {
      const number = Math.floor(this.#random() * all);
      if (number !== self) some.add(number);
    }
    return some;
  }

  #comeAndGo(): void {
    for (const { peer: number, from, until } of this.scenario.away ?? []) {
      const peer = this.#peers[number]!;
      const isAway = this.#now >= from && this.#now < until;
      if (peer.online === !isAway) continue;
      peer.online = !isAway;
      if (!isAway) {
        peer.stirred = true;
        continue;
      }
      for (const flow of this.#flows) if (flow.source === peer || flow.asker === peer) this.#breakOff(flow);
      for (const other of this.#peers) {
        other.offers?.leave(peer);
        other.choker.leave(peer);
        other.followers.delete(peer);
        if (peer.followers.has(other)) other.tell({ kind: "streams", peer: peer.id, on: false }, this.#now);
      }
      peer.followers.clear();
    }
    this.#flows = this.#flows.filter(({ over }) => !over);
  }

  #breakOff(flow: Flow): void {
    flow.source.endFlow(flow);
    flow.asker.flows.delete(flow.request);
    // Who went away itself finds its requests failed when it is back.
    const wasOnline = flow.asker.online;
    flow.asker.online = true;
    flow.asker.tell({ kind: "failed", id: flow.request, why: "unreachable" }, this.#now);
    flow.asker.online = wasOnline;
  }

  #act(peer: SimPeer): void {
    peer.stirred = false;
    if (peer.number === 0 || peer.doneAt !== undefined) return;
    for (const action of due(peer.state, this.#now, this.#random())) {
      switch (action.kind) {
        case "ask":
        case "question": {
          const source = this.#byId.get(action.peer)!;
          this.#later(() => action.kind === "ask" ? this.#answer(peer, source) : this.#confirm(peer, source));
          break;
        }
        case "request": {
          const source = this.#byId.get(action.peer)!;
          this.#later(() => this.#serve(peer, source, action.id, action.first, action.last));
          break;
        }
        case "abort": {
          const flow = peer.flows.get(action.id);
          peer.flows.delete(action.id);
          if (flow) this.#later(() => flow.over || flow.source.endFlow(flow));
          break;
        }
        default:
          action satisfies never;
      }
    }
    if (peer.have.complete) {
      peer.doneAt = this.#now;
      this.#unfinished--;
      this.#leaveAll(peer);
    }
  }

  /** Who has the file listens to nobody any more. */
  #leaveAll(peer: SimPeer): void {
    for (const id of peer.state.sources.keys()) {
      const source = this.#byId.get(id)!;
      source.followers.delete(peer);
      source.choker.leave(peer);
      source.offers?.leave(peer);
      this.#tellOffers(source);
    }
  }

  #answer(asker: SimPeer, source: SimPeer): void {
    const peer = source.id;
    if (!source.online) return this.#later(() => asker.tell({ kind: "silent", peer, why: "unreachable" }, this.#now));
    source.followers.add(asker);
    const have = source.have.clone();
    this.#later(() => {
      asker.tell({ kind: "streams", peer, on: true }, this.#now);
      asker.tell(
        have.count > 0 ? { kind: "answered", peer, have } : { kind: "silent", peer, why: "not-found" },
        this.#now,
      );
    });
    source.offers?.join(asker);
    this.#tellOffers(source);
  }

  #confirm(asker: SimPeer, source: SimPeer): void {
    this.#later(() => asker.tell({ kind: "confirmed", peer: source.id }, this.#now));
  }

  #serve(asker: SimPeer, source: SimPeer, id: number, first: number, last: number): void {
    if (!asker.state.requests.has(id)) return;
    const fail = (why: "unreachable" | "not-found" | "busy") =>
      this.#later(() => asker.tell({ kind: "failed", id, why }, this.#now));
    if (!source.online) return fail("unreachable");
    for (let chunk = first; chunk <= last; chunk++) if (!source.have.has(chunk)) return fail("not-found");
    const flow = source.serve(asker, id, first, last, this.#now);
    if (source.choker.isWaiting(asker)) this.#later(() => asker.tell({ kind: "choked", peer: source.id }, this.#now));
    if (!flow) return fail("busy");
    asker.flows.set(id, flow);
    this.#flows.push(flow);
    this.#tellOffers(source);
  }

  #move(ms: number): void {
    for (const flow of this.#flows) if (!flow.over) this.#advance(flow, flow.rate * ms / 1_000);
    this.#flows = this.#flows.filter(({ over }) => !over);
  }

  #advance(flow: Flow, bytes: number): void {
    const { source, asker, request } = flow;
    flow.uncounted += bytes;
    if (flow.left <= bytes || this.#isTime(COUNTED_EVERY_MS)) {
      asker.tell({ kind: "bytes", id: request, count: flow.uncounted }, this.#now);
      flow.uncounted = 0;
    }
    source.sent += bytes;
    flow.upload.bytes += bytes;
    flow.left -= bytes;
    while (flow.left <= 0 && !flow.over) {
      const { chunk } = flow;
      source.offers?.ended(asker, chunk, true);
      flow.chunk++;
      this.#arrived(flow, chunk);
      if (flow.chunk <= flow.last) flow.left += chunkLength(source.manifest, flow.chunk);
      else this.#finish(flow);
    }
  }

  #arrived({ source, asker, request }: Flow, chunk: number): void {
    if (source.lies) return asker.tell({ kind: "corrupt", id: request }, this.#now);
    if (asker.have.has(chunk)) asker.wasted += chunkLength(asker.manifest, chunk);
    else asker.news.push(chunk);
    asker.tell({ kind: "verified", id: request, chunk }, this.#now);
  }

  #finish(flow: Flow): void {
    flow.source.endFlow(flow);
    flow.asker.flows.delete(flow.request);
    flow.asker.tell({ kind: "finished", id: flow.request }, this.#now);
    this.#unchoke(flow.source);
    this.#tellOffers(flow.source);
  }

  #unchoke(source: SimPeer): void {
    for (const asker of source.choker.unchoke(this.#now)) {
      this.#later(() => asker.tell({ kind: "unchoked", peer: source.id }, this.#now));
    }
  }

  #tellOffers(source: SimPeer): void {
    for (const [asker, chunks] of source.offers?.due() ?? []) {
      this.#later(() => asker.tell({ kind: "offered", peer: source.id, chunks }, this.#now));
    }
  }

  #tellNews(source: SimPeer): void {
    source.toldAt = this.#now;
    const chunks = source.news.splice(0);
    const followers = [...source.followers];
    this.#later(() => {
      for (const follower of followers) follower.tell({ kind: "gained", peer: source.id, chunks }, this.#now);
    });
  }
}
