import type { Certificate, Lease, LeaseReply, LeaseRequest } from "../core/class_messages.ts";
import { MAX_LEASED_SHARES } from "../core/class_messages.ts";
import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileId, PeerId, ShareId } from "../core/ids.ts";
import { parseListing } from "../core/listing.ts";
import { CLOCK_TOLERANCE_MS, type Joined, LEASE_MS, LEASE_SIGNED_EVERY_MS } from "../core/membership.ts";
import { type Caller, mayRead } from "../core/permission.ts";
import { type LiveRecord, shareKey } from "../core/share_record.ts";
import type { Clock, Identity, Log, PeerClient, TrackerClient } from "../ports.ts";
import type { Atomically, ContentStore, HeldRecord, RecordStore } from "../store_ports.ts";
import { type Neighbours, secureAddress } from "./neighbours.ts";
import { Owners, type Proved, type ProvingPorts } from "./owners.ts";

/** An owner is asked again whether a share still stands as it is known here, when somebody wants it after this. */
const CONFIRMED_MS = 2_000;
/** The same after nobody could say, so that a dead owner does not hold up those who want its files again and again. */
const ASKED_AGAIN_MS = 15_000;
const MAX_REMEMBERED = 5_000;
/** Whoever waits to be served does not wait longer for a silent owner: the lease counts then. */
const ANSWERED_WITHIN_MS = 1_500;
/** All owners are asked this often, so that leases reach as far as they can when an owner goes away. */
const RENEWED_EVERY_MS = 10 * 60_000;
const OWNERS_ASKED_AT_ONCE = 4;

export interface LeasePorts extends ProvingPorts {
  readonly identity: Identity;
  readonly records: RecordStore;
  readonly contents: ContentStore;
  readonly atomically: Atomically;
  readonly peers: Pick<PeerClient, "lease">;
  readonly tracker: Pick<TrackerClient, "lease">;
  readonly neighbours: Neighbours;
  readonly clock: Clock;
  readonly log: Log;
  joined(): Joined | undefined;
}

interface Asked {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly answer: Promise<void>;
}

/** What an owner lets others hand on, and what this peer may hand on for owners: nothing without a lease that lasts. */
export class Leases {
  #own:
    | { readonly lease: string; readonly revision: number; readonly at: number; readonly by: Certificate }
    | undefined;
  /** About which shares. */
  readonly #asked = new Map<string, Asked>();
  /** Since when owners do not answer, nor the tracker for them; monotonic milliseconds. */
  readonly #silent = new Map<PeerId, number>();
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(readonly ports: LeasePorts) {}

  start(): void {
    this.#loop = this.#renewAll();
  }

  async close(): Promise<void> {
    this.#stop.abort(new EssaimError("cancelled", "This peer stops."));
    await this.#loop;
  }

  /** This peer's lease, of its present index version and less than an hour old; undefined in no class. */
  async own(): Promise<{ readonly lease: string; readonly certificate: Certificate } | undefined> {
    const { identity, records, clock, joined } = this.ports;
    const now = joined();
    if (now === undefined) return undefined;
    const { certificate } = now;
    const revision = records.position.version;
    const at = clock.now();
    const known = this.#own;
    const isFresh = known?.revision === revision && known.by === certificate && at >= known.at &&
      at - known.at < LEASE_SIGNED_EVERY_MS;
    if (!isFresh) {
      const [from, until] = [at, at + LEASE_MS].map((time) => new Date(time).toISOString()) as [string, string];
      const said: Lease = { class: now.class.id, owner: identity.peerId, revision, at: from, until };
      this.#own = { lease: await identity.signLease(said), revision, at, by: certificate };
    }
    return { lease: this.#own!.lease, certificate };
  }

  /** For a holder: this peer's lease and, of the shares asked for, the records that the caller may read. Throws `not-found`. */
  async answer({ owner, shares }: LeaseRequest, caller: Caller): Promise<LeaseReply> {
    const { identity, records } = this.ports;
    const own = caller.kind === "anonymous" || owner !== identity.peerId ? undefined : await this.own();
    if (own === undefined) throw new EssaimError("not-found", "There is nothing at this address.");
    const shown = shares.flatMap((shareId) => records.ownShare(shareId)?.signed ?? [])
      .filter(({ record }) => mayRead(caller, record).allow);
    return { ...own, records: shown.map(({ jws }) => jws) };
  }

  /** Before these are given on: asks those of their owners that were not asked just now. Resolves soon, whoever answers. */
  async refresh(held: Iterable<HeldRecord>): Promise<void> {
    const leased = Map.groupBy([...held].filter(({ until }) => until !== Infinity), ({ owner }) => owner);
    if (leased.size === 0) return;
    const asking = [...leased].map(([owner, some]) => this.#confirm(owner, some.map(({ shareId }) => shareId)));
    const late = this.ports.clock.sleep(ANSWERED_WITHIN_MS, this.#stop.signal).catch(() => {});
    await Promise.race([Promise.all(asking), late]);
  }

  /**
   * Whether the owner still shows a share to this user, as far as somebody can be asked. Throws `access-ended`, or `changed`
   * when it has another content now.
   */
  async confirm({ owner, shareId, fileId }: Pick<LiveRecord, "owner" | "shareId" | "fileId">): Promise<void> {
    if (this.ports.members.isRevoked(owner)) throw accessEnded();
    await this.#confirm(owner, [shareId]);
    const record = this.ports.records.get({ owner, shareId })?.record;
    if (record === undefined) throw accessEnded();
    if (!record.deleted && record.fileId !== fileId) {
      throw new EssaimError("changed", "Its owner changed it meanwhile. Search for its name to get the new version.");
    }
  }

  /** Asks about those that were not asked about just now; never rejects. */
  async #confirm(owner: PeerId, shares: readonly ShareId[]): Promise<void> {
    const now = this.ports.clock.monotonic();
    const lastOf = (shareId: ShareId) => this.#asked.get(shareKey({ owner, shareId }));
    const isSilent = now - (this.#silent.get(owner) ?? -Infinity) < ASKED_AGAIN_MS;
    const due = isSilent ? [] : shares.filter((share) => now - (lastOf(share)?.at ?? -Infinity) >= CONFIRMED_MS);
    if (due.length > 0) {
      const answer = this.#ask(owner, due).catch((error) => this.#failed(owner, error));
      for (const shareId of due) remember(this.#asked, shareKey({ owner, shareId }), { at: now, answer });
    }
    await Promise.all(shares.map((share) => lastOf(share)?.answer));
  }

  #failed(owner: PeerId, error: unknown): void {
    const { clock, log } = this.ports;
    if (this.#stop.signal.aborted) return;
    remember(this.#silent, owner, clock.monotonic());
    const { code, message } = asEssaimError(error);
    log.debug("lease-not-renewed", `The owner ${owner} could not be asked: ${message}`, { code });
  }

  /** What is of another class than this peer's nobody hears of. */
  async #ask(owner: PeerId, held: readonly ShareId[]): Promise<void> {
    const { members, records } = this.ports;
    if (members.id === undefined || members.isRevoked(owner)) return;
    const shares = held.filter((shareId) => records.get({ owner, shareId })?.record.class === members.id);
    for (let first = 0; first < shares.length; first += MAX_LEASED_SHARES) {
      const some = shares.slice(first, first + MAX_LEASED_SHARES);
      await this.#apply(owner, some, await this.#reply({ owner, shares: some }));
    }
    this.#silent.delete(owner);
  }

  /** Of the owner itself; else of the tracker, which knows what the owner last told it. */
  async #reply(request: LeaseRequest): Promise<LeaseReply> {
    const { peers, tracker, neighbours } = this.ports;
    const at = secureAddress(neighbours.get(request.owner));
    const { signal } = this.#stop;
    if (at === undefined) return await tracker.lease(request, signal);
    try {
      return await peers.lease(at, request, AbortSignal.any([signal, AbortSignal.timeout(ANSWERED_WITHIN_MS)]));
    } catch {
      signal.throwIfAborted();
      remember(this.#silent, request.owner, this.ports.clock.monotonic()); // unless the tracker can say
      return await tracker.lease(request, signal);
    }
  }

  async #apply(owner: PeerId, asked: readonly ShareId[], reply: LeaseReply): Promise<void> {
    const { records, signatures, atomically } = this.ports;
    const owners = await Owners.of({ certificates: { [owner]: reply.certificate } }, this.ports);
    const lease = await signatures.verifyLease(reply.lease, (peer) => owners.keyOf(peer));
    const until = this.#checked(lease, owner);
    const current: Proved[] = [];
    for (const jws of reply.records) {
      const proved = await owners.prove(jws);
      if (proved?.signed.record.owner === owner) current.push(proved);
    }
    const shown = new Map(current.map((proved) => [proved.signed.record.shareId, proved]));
    atomically(() => {
      const known = records.leaseOf(owner);
      if (known && lease.revision < known.revision) throw new EssaimError("conflict", "The lease is an old one.");
      for (const shareId of asked) {
        const proved = shown.get(shareId);
        if (proved) this.#keep(proved);
        else records.dropForeign({ owner, shareId });
      }
      const isKnown = known?.revision === lease.revision;
      const latest = isKnown ? Math.max(until, known.until) : until;
      records.applyLease(owner, { revision: lease.revision, until: latest }, shown.keys());
    });
  }

  /** Until when it may be relied on: at most for a day. Throws `bad-record` unless it is of this class, owner and time. */
  #checked({ class: id, owner, at, until }: Lease, expected: PeerId): number {
    const { members, clock } = this.ports;
    const now = clock.now();
    const [from, to] = [Date.parse(at), Date.parse(until)];
    const isPlausible = to - from <= LEASE_MS && from <= now + CLOCK_TOLERANCE_MS;
    if (id === members.id && owner === expected && isPlausible) return Math.min(to, now + LEASE_MS);
    throw new EssaimError("bad-record", "This lease is not the owner's of this class, or of another time.");
  }

  /** A newer version takes the place of the one here; of another content nothing is here yet. */
  #keep({ signed, proof }: Proved): void {
    const { records, contents } = this.ports;
    const known = records.get(signed.record)?.record;
    if (known === undefined || known.version >= signed.record.version) return;
    const isSame = !known.deleted && known.fileId === signed.record.fileId;
    records.putForeign(signed, proof, isSame ? grantsOf(signed.record, contents) : []);
  }

  async #renewAll(): Promise<void> {
    const { records, clock } = this.ports;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const owners = records.lessors();
      const worker = async () => {
        for (let owner = owners.shift(); owner !== undefined && !signal.aborted; owner = owners.shift()) {
          await this.#confirm(owner, records.leasedShares(owner));
        }
      };
      await Promise.all(Array.from({ length: OWNERS_ASKED_AT_ONCE }, worker));
      await clock.sleep(RENEWED_EVERY_MS, signal).catch(() => {});
    }
  }
}

/** The longest ago is forgotten first. */
function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_REMEMBERED) map.delete(map.keys().next().value!);
}

/** What a record lets its holder serve, as far as that is here. */
export function grantsOf({ kind, fileId }: LiveRecord, contents: ContentStore): FileId[] {
  const listing = kind === "folder" ? contents.listing(fileId) : undefined;
  return listing ? [fileId, ...parseListing(listing.bytes).files.map(({ id }) => id)] : [fileId];
}

/** Its owner, or the tracker for it, does not show a share to this user any more. */
export function accessEnded(): EssaimError {
  return new EssaimError("access-ended", "Its owner no longer shares it with you. What came so far is not complete.");
}
