import { parseBeacon, type PeerBeacon, type TrackerBeacon } from "../core/beacon.ts";
import type { Candidate } from "../core/candidate_table.ts";
import { Candidates } from "../core/candidates.ts";
import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { ClassId, PeerId } from "../core/ids.ts";
import type { IndexPosition } from "../core/messages.ts";
import type { BeaconSocket, Datagram, DiscoveryFacts } from "../discovery_ports.ts";
import type { Clock, Log } from "../ports.ts";
import { BeaconSender } from "./beacon_sender.ts";
import { type HeardTracker, HeardTrackers } from "./heard_trackers.ts";
import type { Neighbours } from "./neighbours.ts";
import { type HelloPorts, isOfClass, sayHello } from "./say_hello.ts";

/** Beacons that come together are looked at together. */
const GATHER_MS = 10;
/** How often is looked whom to ask again and whom to forget. */
const LOOKED_AT_MS = 500;
const LOOPBACK = "127.0.0.1";

export interface DiscoveryPorts extends HelloPorts {
  readonly self: PeerId;
  /** Of this run of the process: 128 random bits in hex. */
  readonly instance: string;
  /** Undefined: discovery is off. */
  readonly socket: BeaconSocket | undefined;
  readonly neighbours: Neighbours;
  readonly clock: Clock;
  readonly log: Log;
  readonly intervalMs: number;
  readonly port: number;
  /** Where members of the class are answered, while this peer is one. */
  memberPort(): number | undefined;
  position(): IndexPosition;
  /** This computer is on other networks now, or has other addresses there. */
  onMoved?(): void;
}

/** A peer that answered at this address, and what its newest beacon says. */
export type HeardPeer = Omit<Candidate, "answered">;

/**
 * Finds other peers, and trackers, by their beacons, and makes this one known. A beacon is only a hint: whoever it tells of
 * is asked at the address that it came from, and becomes a neighbour by its answer.
 */
export class Discovery {
  readonly #candidates: Candidates;
  readonly #trackers: HeardTrackers;
  readonly #sender: BeaconSender | undefined;
  readonly #listeners = new Set<(peer: HeardPeer) => void>();
  readonly #asked = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #wake = Promise.withResolvers<void>();
  #loop: Promise<void> = Promise.resolve();
  #classId: ClassId | undefined;
  readonly #counts = { heardBroadcast: 0, heardMulticast: 0, dropped: 0 };

  constructor(readonly ports: DiscoveryPorts) {
    const { socket, clock, intervalMs } = ports;
    this.#candidates = new Candidates(intervalMs);
    this.#trackers = new HeardTrackers(this.#candidates.keptMs);
    if (socket) {
      this.#sender = new BeaconSender({ socket, clock, intervalMs, beacon: (isNew) => this.#beacon(isNew) });
    }
  }

  start(): void {
    const { socket, onMoved } = this.ports;
    if (socket === undefined || this.#sender === undefined) return;
    const sender = this.#sender;
    socket.open({
      heard: (datagram) => this.#heard(datagram, sender),
      moved: () => {
        sender.moved();
        onMoved?.();
      },
    });
    sender.start();
    this.#loop = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort(new EssaimError("cancelled", "This peer stops."));
    await this.#sender?.close();
    await this.#loop;
    await Promise.allSettled(this.#asked);
    await this.ports.socket?.close();
  }

  /** The own index, class or ports changed. */
  changed(): void {
    this.#sender?.changed();
  }

  /** Those heard of recently, also those that were not asked yet; the latest first. */
  candidates(): HeardPeer[] {
    return this.#candidates.list(this.ports.clock.monotonic()).map(({ answered: _, ...peer }) => peer);
  }

  /** Trackers heard of recently, the latest first. Nothing of what they say is proved. */
  trackers(): HeardTracker[] {
    return this.#trackers.list(this.ports.clock.monotonic());
  }

  /** Called with each beacon of a neighbour, and when it becomes one. The answer ends it. */
  onHeard(listener: (peer: HeardPeer) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get facts(): DiscoveryFacts {
    const { socket, clock } = this.ports;
    const heard = { ...this.#counts, hosts: this.#candidates.hosts(clock.monotonic()) };
    if (socket === undefined) return { state: "off", port: 0, sent: 0, ...heard };
    const { state, port, sent, lastError } = socket;
    return { state, port, sent, ...heard, dropped: heard.dropped + socket.dropped, lastError };
  }

  #beacon(isNew: boolean): PeerBeacon {
    const { self, instance, members, port, memberPort, position } = this.ports;
    const door = memberPort();
    return {
      ...{ essaim: 1, kind: "peer", peer: self, instance, port, index: position() },
      ...members.id !== undefined && door !== undefined && { class: members.id, memberPort: door },
      ...isNew && { isNew },
    };
  }

  #heard({ bytes, from, way, isOwn }: Datagram, sender: BeaconSender): void {
    const beacon = parseBeacon(bytes);
    if (beacon === undefined) {
      this.#counts.dropped++;
      return;
    }
    if (beacon.kind === "peer" && beacon.peer === this.ports.self) return;
    if (!isOwn) {
      this.#counts[way === "multicast" ? "heardMulticast" : "heardBroadcast"]++;
      if (way === "broadcast") sender.heardBroadcast();
    }
    // A program on this computer is heard over the loopback too, where it is reached whatever the networks do.
    const isEcho = isOwn && way !== "loopback";
    if (beacon.kind === "tracker") this.#heardTracker(beacon, from, isEcho);
    else if (!isEcho || !this.#isKnownHere(beacon.peer)) this.#heardPeer(beacon, from, isOwn, sender);
  }

  #heardTracker(beacon: TrackerBeacon, from: string, isEcho: boolean): void {
    this.#trackers.heard(beacon, from, isEcho, this.ports.clock.monotonic());
  }

  #isKnownHere(peer: PeerId): boolean {
    const here = this.#candidates.get(peer, LOOPBACK);
    return here !== undefined && here.answered.kind !== "silent";
  }

  #heardPeer(beacon: PeerBeacon, from: string, isOwn: boolean, sender: BeaconSender): void {
    const { clock, neighbours } = this.ports;
    const heard = this.#candidates.heard(beacon, from, clock.monotonic());
    if (heard.kind !== "fresh") return;
    const { candidate, isNewcomer } = heard;
    if (beacon.isNew && isNewcomer) sender.newcomer(isOwn ? "here" : "networks");
    if (candidate.answered.kind === "proved" && this.#candidates.placeOf(candidate.peerId) === candidate) {
      neighbours.heardAgain(candidate.peerId, this.#candidates.keptMs);
      this.#tell(candidate);
    } else this.#wake.resolve();
  }

  async #run(): Promise<void> {
    const { clock, members } = this.ports;
    const { signal } = this.#stop;
    const sleep = (ms: number, signal: AbortSignal) => clock.sleep(ms, signal).catch(() => {});
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      const now = clock.monotonic();
      this.#candidates.expire(now);
      this.#trackers.expire(now);
      if (members.id !== this.#classId) this.#candidates.askAgain(() => true, now);
      this.#classId = members.id;
      this.#askAll(now);
      const early = new AbortController();
      const both = AbortSignal.any([signal, early.signal]);
      await Promise.race([sleep(LOOKED_AT_MS, both), this.#wake.promise]);
      early.abort();
      if (!signal.aborted) await sleep(GATHER_MS, signal);
    }
  }

  #askAll(now: number): void {
    for (let candidate = this.#candidates.toAsk(now); candidate; candidate = this.#candidates.toAsk(now)) {
      const asked = this.#ask(candidate).finally(() => {
        this.#asked.delete(asked);
        this.#wake.resolve();
      });
      this.#asked.add(asked);
    }
  }

  /** Never rejects. */
  async #ask(candidate: Candidate): Promise<void> {
    const { clock, members, neighbours, log } = this.ports;
    const { signal } = this.#stop;
    try {
      const isMember = isOfClass(candidate, members);
      const { neighbour, by, index } = await sayHello(this.ports, candidate, signal);
      const isLess = isMember && by === "anyone";
      const outcome = this.#candidates.proved(candidate, { by, index, isLess }, clock.monotonic(), clock.random());
      if (outcome === "keep" || outcome === "compare" && await this.#isStillThere(candidate.peerId)) return;
      this.#candidates.take(candidate);
      neighbours.found(neighbour, this.#candidates.keptMs);
      this.#tell({ ...candidate, index });
    } catch (caught) {
      if (signal.aborted) return;
      const { code, message } = asEssaimError(caught);
      log.debug("peer-silent", `A peer that was heard of does not answer: ${message}`, { code });
      this.#candidates.failed(candidate, code === "conflict" ? "other-peer" : "silent", clock.monotonic());
    }
  }

  /** Where it was found before. */
  async #isStillThere(peer: PeerId): Promise<boolean> {
    const place = this.#candidates.placeOf(peer);
    if (place === undefined) return false;
    return await sayHello(this.ports, place, this.#stop.signal).then(() => true, () => false);
  }

  #tell({ answered: _, ...peer }: Candidate): void {
    for (const listener of this.#listeners) listener(peer);
  }
}
