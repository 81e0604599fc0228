import type { PeerBeacon } from "./beacon.ts";
import type { PeerId } from "./ids.ts";

const MAX_CANDIDATES = 1_000;
/** Several peers may run on one computer. */
export const MAX_PER_ADDRESS = 64;

/** How a question at this place ended last. `nextAt`: when to ask again; monotonic milliseconds. */
export type Answered =
  | { readonly kind: "unasked" }
  /** `member`: over mutual TLS, so that it is this very peer; `anyone`: whoever answers there says so. */
  | { readonly kind: "proved"; readonly by: Proof; readonly nextAt: number; readonly failures: number }
  | { readonly kind: "silent"; readonly nextAt: number; readonly failures: number };
export type Proof = "member" | "anyone";

/** A peer at the address where its beacon came from: a hint, until it was asked there. */
export interface Candidate extends Pick<PeerBeacon, "instance" | "class" | "port" | "memberPort" | "index"> {
  readonly peerId: PeerId;
  readonly host: string;
  /** Monotonic milliseconds. */
  readonly heardAt: number;
  readonly answered: Answered;
}

/** An address, with everybody who is said to be there. */
export interface Host {
  readonly host: string;
  /** Heard longest ago first. */
  readonly candidates: Map<PeerId, Candidate>;
  /** Those that are being asked. */
  readonly asking: Set<PeerId>;
  askedAt: number;
  /** It was asked so often that it is left alone until then. */
  restsUntil: number;
}

/** Candidates by address and peer: bounded, so that invented ones push out each other and nobody who answered. */
export class CandidateTable {
  readonly #hosts = new Map<string, Host>();
  readonly #hostsOf = new Map<PeerId, Set<string>>();
  #size = 0;
  #asking = 0;

  get size(): number {
    return this.#size;
  }

  /** How many are being asked. */
  get asking(): number {
    return this.#asking;
  }

  get(peer: PeerId, host: string): Candidate | undefined {
    return this.#hosts.get(host)?.candidates.get(peer);
  }

  hosts(): Iterable<Host> {
    return this.#hosts.values();
  }

  all(): Candidate[] {
    return [...this.#hosts.values()].flatMap(({ candidates }) => [...candidates.values()]);
  }

  /** The same peer at every address. */
  of(peer: PeerId): Candidate[] {
    return [...this.#hostsOf.get(peer) ?? []].map((host) => this.get(peer, host)!);
  }

  /** Makes it the one heard last. False: there is no room, since all who are there have answered. */
  put(candidate: Candidate): boolean {
    const { peerId, host } = candidate;
    if (this.get(peerId, host) === undefined && !this.#makeRoom(host)) return false;
    const at: Host = this.#hosts.get(host) ??
      { host, candidates: new Map(), asking: new Set(), askedAt: -Infinity, restsUntil: 0 };
    this.#hosts.set(host, at);
    if (!at.candidates.delete(peerId)) this.#size++;
    at.candidates.set(peerId, candidate);
    const hosts = this.#hostsOf.get(peerId) ?? new Set();
    this.#hostsOf.set(peerId, hosts.add(host));
    return true;
  }

  /** What is known of it, without having heard it again. */
  change(candidate: Candidate): void {
    this.#hosts.get(candidate.host)?.candidates.set(candidate.peerId, candidate);
  }

  remove(peer: PeerId, host: string): void {
    const at = this.#hosts.get(host);
    if (!at?.candidates.delete(peer)) return;
    this.#size--;
    const hosts = this.#hostsOf.get(peer)!;
    hosts.delete(host);
    if (hosts.size === 0) this.#hostsOf.delete(peer);
    this.#forgetUnused(at);
  }

  beginAsking(host: Host, peer: PeerId): void {
    host.asking.add(peer);
    this.#asking++;
  }

  endAsking(peer: PeerId, host: string): void {
    const at = this.#hosts.get(host);
    if (!at?.asking.delete(peer)) return;
    this.#asking--;
    this.#forgetUnused(at);
  }

  /** Whoever never answered gives way, at the address with the most of them. */
  #makeRoom(host: string): boolean {
    const at = this.#hosts.get(host);
    if (at !== undefined && at.candidates.size >= MAX_PER_ADDRESS) return this.#evictAt(at);
    if (this.#size < MAX_CANDIDATES) return true;
    let fullest = at;
    for (const other of this.#hosts.values()) {
      if (fullest === undefined || other.candidates.size > fullest.candidates.size) fullest = other;
    }
    return fullest !== undefined && this.#evictAt(fullest);
  }

  #evictAt({ host, candidates, asking }: Host): boolean {
    for (const { peerId, answered } of candidates.values()) {
      if (answered.kind === "proved" || asking.has(peerId)) continue;
      this.remove(peerId, host);
      return true;
    }
    return false;
  }

  #forgetUnused({ host, candidates, asking }: Host): void {
    if (candidates.size === 0 && asking.size === 0) this.#hosts.delete(host);
  }
}
