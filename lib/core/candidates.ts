import type { PeerBeacon } from "./beacon.ts";
import {
  type Answered,
  type Candidate,
  CandidateTable,
  type Host,
  MAX_PER_ADDRESS,
  type Proof,
} from "./candidate_table.ts";
import type { PeerId } from "./ids.ts";
import type { IndexPosition } from "./messages.ts";
import { RateLimits } from "./rate_limit.ts";

/** Beacons may lead to so many questions at one address. */
const ASKED_PER_ADDRESS = { burst: MAX_PER_ADDRESS, perSecond: 4 };
const AT_ONCE = 16;
const AT_ONCE_PER_ADDRESS = 4;
const INTERVALS_KEPT = 3;
/** Who is silent for longer than this, while heard at another address, has moved. */
const INTERVALS_UNTIL_SILENT = 1.2;
const BACKOFF_MS = { first: 500, longest: 60_000 };
/** Somebody else answered there. */
const WRONG_PEER_MS = 60_000;
/** Who answered is asked again after this time, which also tells its name. */
const ASKED_AGAIN_MS = 120_000;
/** Sooner, when there is something to doubt. */
const DOUBTED_MS = 5_000;
const FAILURES_UNTIL_SILENT = 3;
/** Before a neighbour is forgotten it is asked: where many datagrams are lost, three beacons in a row sometimes are too. */
const INTERVALS_UNTIL_ASKED = 2.2;

export type Heard =
  /** `isNewcomer`: no beacon of this run of that peer was heard before, at any address. */
  | { readonly kind: "fresh"; readonly candidate: Candidate; readonly isNewcomer: boolean }
  /** It says less than is known already: it was sent earlier, by whomever. */
  | { readonly kind: "old" }
  | { readonly kind: "full" };

/** Peers of which beacons tell, by peer and address, and whom to ask next. Time and chance are passed in. */
export class Candidates {
  readonly #table = new CandidateTable();
  /** The address at which each peer is used. */
  readonly #places = new Map<PeerId, string>();
  readonly #asked = new RateLimits(ASKED_PER_ADDRESS);

  constructor(readonly intervalMs: number) {}

  get keptMs(): number {
    return INTERVALS_KEPT * this.intervalMs;
  }

  get size(): number {
    return this.#table.size;
  }

  get(peer: PeerId, host: string): Candidate | undefined {
    return this.#table.get(peer, host);
  }

  /** Addresses of which a beacon was heard lately. */
  hosts(now: number): string[] {
    return [...this.#table.hosts()].filter(({ candidates }) =>
      [...candidates.values()].some(({ heardAt }) => now - heardAt <= this.keptMs)
    ).map(({ host }) => host);
  }

  /** Where it is used now. */
  placeOf(peer: PeerId): Candidate | undefined {
    const host = this.#places.get(peer);
    return host === undefined ? undefined : this.get(peer, host);
  }

  /** Those heard of recently that were not silent when asked, the latest first. */
  list(now: number): Candidate[] {
    return this.#table.all().filter(({ heardAt, answered }) =>
      now - heardAt <= this.keptMs && answered.kind !== "silent"
    )
      .sort((a, b) => b.heardAt - a.heardAt);
  }

  heard({ peer, ...said }: PeerBeacon, host: string, now: number): Heard {
    const { instance, class: classId, port, memberPort, index } = said;
    const known = this.get(peer, host);
    const sameRun = this.#table.of(peer).filter((candidate) => candidate.instance === instance);
    const isNewcomer = sameRun.length === 0;
    const ahead = sameRun.find((other) => (other === known || isProved(other)) && isBehind(index, other.index));
    if (ahead !== undefined) {
      this.#doubt(ahead, now);
      return { kind: "old" };
    }
    const fresh: Candidate = {
      ...{ peerId: peer, host, instance, class: classId, port, memberPort, index, heardAt: now },
      answered: { kind: "unasked" },
    };
    const answered = known !== undefined && saysTheSame(known, fresh) ? known.answered : fresh.answered;
    const candidate = { ...fresh, answered };
    if (!this.#table.put(candidate)) return { kind: "full" };
    const place = this.placeOf(peer);
    if (answered.kind === "proved" && place?.host !== host && this.#isWorse(place, answered.by, now)) {
      this.#doubt(candidate, now - DOUBTED_MS);
    }
    return { kind: "fresh", candidate: this.get(peer, host)!, isNewcomer };
  }

  /** Whom to ask now; answer with `proved` or `failed`. Addresses take turns, and at each the one heard last comes first. */
  toAsk(now: number): Candidate | undefined {
    while (this.#table.asking < AT_ONCE) {
      const next = this.#next(now);
      if (next === undefined) return undefined;
      const { host, candidate } = next;
      const wait = this.#asked.take(host.host, now);
      if (wait > 0) {
        host.restsUntil = now + wait;
        continue;
      }
      host.askedAt = now;
      this.#table.beginAsking(host, candidate.peerId);
      return candidate;
    }
  }

  #next(now: number): { readonly host: Host; readonly candidate: Candidate } | undefined {
    let best: { readonly host: Host; readonly candidate: Candidate } | undefined;
    for (const host of this.#table.hosts()) {
      if (host.asking.size >= AT_ONCE_PER_ADDRESS || host.restsUntil > now) continue;
      if (best && host.askedAt >= best.host.askedAt) continue;
      const due = [...host.candidates.values()].filter((candidate) =>
        !host.asking.has(candidate.peerId) && this.#dueAt(candidate) <= now && now - candidate.heardAt <= this.keptMs
      );
      const candidate = due.findLast(({ answered }) => answered.kind !== "silent") ?? due.at(-1);
      if (candidate !== undefined) best = { host, candidate };
    }
    return best;
  }

  /**
   * It answered as that peer, and `index` is how far its index is. `take`: that is its address from now on; `keep`: the one
   * before stays; `compare`: the one before stays when it still answers, since nothing is proved at either of them.
   * `isLess`: it should have been proved to be a member.
   */
  proved(
    asked: Candidate,
    { by, index, isLess }: { readonly by: Proof; readonly index: IndexPosition; readonly isLess: boolean },
    now: number,
    roll: number,
  ): "take" | "keep" | "compare" {
    const { peerId, host } = asked;
    this.#table.endAsking(peerId, host);
    const known = this.get(peerId, host);
    if (known === undefined || !saysTheSame(known, asked)) return "keep";
    const failures = isLess ? failuresOf(known.answered) + 1 : 0;
    const nextAt = now + (isLess ? backoff(failures) : ASKED_AGAIN_MS * (1 + roll));
    const isFirst = known.answered.kind !== "proved" || known.answered.by !== by;
    this.#table.put({ ...known, index, heardAt: now, answered: { kind: "proved", by, nextAt, failures } });
    const place = this.placeOf(peerId);
    if (place === undefined || place.host === host || this.#isWorse(place, by, now)) return "take";
    if (by === "anyone") return isFirst && proofOf(place) === "anyone" ? "compare" : "keep";
    return isFirst ? "take" : "keep";
  }

  /** It did not answer, or as somebody else. */
  failed(asked: Candidate, why: "silent" | "other-peer", now: number): void {
    const { peerId, host } = asked;
    this.#table.endAsking(peerId, host);
    const known = this.get(peerId, host);
    if (known === undefined || !saysTheSame(known, asked)) return;
    const { answered } = known;
    const failures = failuresOf(answered) + 1;
    const isStillTrusted = answered.kind === "proved" && why === "silent" && failures < FAILURES_UNTIL_SILENT;
    const pause = why === "other-peer" ? WRONG_PEER_MS : isStillTrusted ? DOUBTED_MS : backoff(failures);
    const nextAt = now + pause;
    this.#table.change({
      ...known,
      answered: isStillTrusted ? { ...answered, nextAt, failures } : { kind: "silent", nextAt, failures },
    });
  }

  /** It is used at this address from now on. */
  take({ peerId, host }: Candidate): void {
    this.#places.set(peerId, host);
  }

  /** Those of whom it holds are asked again at once. */
  askAgain(holds: (candidate: Candidate) => boolean, now: number): void {
    for (const candidate of this.list(now)) {
      if (isProved(candidate) && holds(candidate)) this.#doubt(candidate, now - DOUBTED_MS);
    }
  }

  /** Forgets those who have not been heard of for three intervals, and are not to be left alone any longer. */
  expire(now: number): void {
    for (const { peerId, host, heardAt, answered } of this.#table.all()) {
      if (now - heardAt <= this.keptMs || answered.kind === "silent" && answered.nextAt > now) continue;
      this.#table.remove(peerId, host);
      if (this.#places.get(peerId) === host) this.#places.delete(peerId);
    }
  }

  #dueAt({ peerId, host, heardAt, answered }: Candidate): number {
    if (answered.kind === "unasked") return 0;
    const isMissed = answered.kind === "proved" && answered.failures === 0 && this.#places.get(peerId) === host;
    return isMissed ? Math.min(answered.nextAt, heardAt + INTERVALS_UNTIL_ASKED * this.intervalMs) : answered.nextAt;
  }

  #isWorse(place: Candidate | undefined, by: Proof, now: number): boolean {
    if (place === undefined || proofOf(place) === undefined) return true;
    return by === "member" && proofOf(place) === "anyone" ||
      now - place.heardAt > INTERVALS_UNTIL_SILENT * this.intervalMs;
  }

  #doubt(candidate: Candidate, since: number): void {
    const { answered } = candidate;
    if (answered.kind !== "proved") return;
    this.#table.change({
      ...candidate,
      answered: { ...answered, nextAt: Math.min(answered.nextAt, since + DOUBTED_MS) },
    });
  }
}

/** Whoever is there need not be asked again. */
function saysTheSame(a: Candidate, b: Candidate): boolean {
  return a.instance === b.instance && a.class === b.class && a.port === b.port && a.memberPort === b.memberPort;
}

function isProved({ answered }: Candidate): boolean {
  return answered.kind === "proved";
}

function isBehind(index: IndexPosition, known: IndexPosition): boolean {
  return index.epoch === known.epoch && index.version < known.version;
}

function proofOf({ answered }: Candidate): Proof | undefined {
  return answered.kind === "proved" ? answered.by : undefined;
}

function failuresOf(answered: Answered): number {
  return answered.kind === "unasked" ? 0 : answered.failures;
}

function backoff(failures: number): number {
  return Math.min(BACKOFF_MS.longest, BACKOFF_MS.first * 2 ** Math.min(failures, 20));
}
