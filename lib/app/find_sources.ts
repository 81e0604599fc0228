import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileId, PeerId, ShareId, UserId } from "../core/ids.ts";
import type { FilePeersReply } from "../core/messages.ts";
import type { Reputation } from "../core/reputation.ts";
import { isRestricted, type LiveRecord, shareKey } from "../core/share_record.ts";
import { shuffled } from "../core/shuffled.ts";
import type { Clock, Log, TrackerClient } from "../ports.ts";
import type { RecordStore } from "../store_ports.ts";
import type { CachedShares } from "./cached_shares.ts";
import type { KnownNeighbour, Neighbours } from "./neighbours.ts";
import { Owners, type Proved, type ProvingPorts } from "./owners.ts";
import { TRACKER_WITHIN_MS, within } from "./within.ts";

/** Neighbours asked when the tracker names nobody. */
const MAX_FALLBACK = 50;

/** Neighbours of which it is expected that they fetch the same. */
const MAX_NEAR = 32;

/** Who has a file is not asked again for so long. */
const FRESH_MS = 1_000;

type Candidate = Pick<KnownNeighbour, "peerId" | "user" | "memberPort">;

export interface FinderPorts extends ProvingPorts {
  readonly tracker: TrackerClient;
  readonly neighbours: Neighbours;
  /** What neighbours said. */
  readonly cached?: CachedShares | undefined;
  readonly reputation: Reputation;
  readonly clock: Clock;
  readonly log: Log;
}

/** A live record of a file with what proves it. */
export interface ProvedRecord extends Proved {
  readonly ownerName: string;
}

/** Who has a file: the tracker says; when it does not answer or knows nobody, the neighbours met last may have it. */
export class SourceFinder {
  #lastReply: { readonly file: FileId; readonly at: number; readonly reply: FilePeersReply } | undefined;

  constructor(readonly ports: FinderPorts) {}

  /**
   * Peers that may hold the file, those that keep lying left out. `record`: under which it is fetched; when that is not
   * public, nobody whom it does not allow is ever asked for the file. In no order, so that not all of a class ask the same
   * few. Rejects only by the signal.
   */
  async find(file: FileId, record: LiveRecord | undefined, signal: AbortSignal): Promise<PeerId[]> {
    const { neighbours, cached, clock, log, members } = this.ports;
    if (record && isRestricted(record) && record.class !== members.id) return []; // outside nobody hears of it
    const usable = (peers: readonly Candidate[]) => this.#usable(peers, record);
    const owners = cached?.presentOwners(file) ?? [];
    const beside = (peers: readonly PeerId[]) => {
      const known = owners.filter((owner) => !peers.includes(owner)).flatMap((owner) => neighbours.get(owner) ?? []);
      return shuffled([...peers, ...usable(known)], () => clock.random());
    };
    try {
      const patience = owners.length > 0 ? TRACKER_WITHIN_MS : undefined;
      const { peers } = await within(patience, signal, (signal) => this.#filePeers(file, signal));
      neighbours.heard(peers);
      const found = beside(usable(peers));
      if (found.length > 0) return found;
      log.debug("sources-unknown", `The tracker knows nobody who has ${file}: the neighbours are asked.`);
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = asEssaimError(error);
      log.debug("sources-unknown", `The tracker does not say who has ${file}: ${message}`, { code });
    }
    return [...new Set([...beside([]), ...usable(neighbours.latest(MAX_FALLBACK))])];
  }

  /** The neighbours met last that may be fetching the same, so that they may have some of it soon; in no order; the same are left out. */
  near(record: LiveRecord | undefined): PeerId[] {
    const { neighbours, clock, members } = this.ports;
    if (record && isRestricted(record) && record.class !== members.id) return [];
    return shuffled(this.#usable(neighbours.present().slice(0, MAX_NEAR), record), () => clock.random());
  }

  #usable(peers: readonly Candidate[], record: LiveRecord | undefined): PeerId[] {
    const { neighbours, reputation, clock, members } = this.ports;
    return peers.filter(({ peerId, user, memberPort }) =>
      peerId !== neighbours.self && !reputation.isBanned(peerId, clock.monotonic()) &&
      (record === undefined || !isRestricted(record) ||
        memberPort !== undefined && !members.isRevoked(peerId) && isReader(record, user))
    ).map(({ peerId }) => peerId);
  }

  /**
   * The record under which to fetch a file: of `shareId` when given, else any that is valid, a public one first; of the tracker, or
   * as neighbours said themselves. Throws `not-found` when nobody shares it, `unreachable` when the tracker does not answer.
   */
  async record(file: FileId, shareId: ShareId | undefined, signal: AbortSignal): Promise<ProvedRecord> {
    const { neighbours, cached } = this.ports;
    const kept = (await cached?.recordsOf(file) ?? [])
      .filter(({ signed: { record } }) => shareId === undefined || record.shareId === shareId);
    let told: Proved[] = [];
    try {
      told = await this.#told(file, shareId, kept.length > 0, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (kept.length === 0) throw error;
    }
    const found = await this.#best(told, kept);
    if (found === undefined) throw nobodyShares(file);
    const { owner } = found.signed.record;
    return { ...found, ownerName: neighbours.get(owner)?.name ?? cached?.nameOf(owner) ?? owner.slice(0, 8) };
  }

  /** What the tracker says, or said a moment ago: a download that begins wants to know it several times in a row. */
  async #filePeers(file: FileId, signal: AbortSignal): Promise<FilePeersReply> {
    const last = this.#lastReply;
    const isFresh = last?.file === file && this.ports.clock.monotonic() - last.at < FRESH_MS;
    return isFresh ? last.reply : await this.#ask(file, signal);
  }

  async #ask(file: FileId, signal: AbortSignal): Promise<FilePeersReply> {
    const { tracker, clock } = this.ports;
    const reply = await tracker.filePeers(file, signal);
    this.#lastReply = { file, at: clock.monotonic(), reply };
    return reply;
  }

  /** Its records of the file, as far as they prove to be their owners'. */
  async #told(
    file: FileId,
    shareId: ShareId | undefined,
    isKept: boolean,
    signal: AbortSignal,
  ): Promise<Proved[]> {
    const { neighbours, log } = this.ports;
    const patience = isKept ? TRACKER_WITHIN_MS : undefined;
    const answer = await within(patience, signal, (signal) => this.#ask(file, signal)).catch((error) => {
      throw asEssaimError(error).code === "not-found" ? nobodyShares(file) : error;
    });
    neighbours.heard(answer.peers);
    const owners = await Owners.of(answer, this.ports);
    const told: Proved[] = [];
    for (const jws of answer.records) {
      try {
        const proved = await owners.prove(jws);
        const record = proved?.signed.record;
        if (record?.fileId !== file || shareId !== undefined && record.shareId !== shareId) continue;
        told.push(proved!);
        if (!isRestricted(record)) break;
      } catch (error) {
        log.warning("record-refused", `The tracker sent a record that proves nothing: ${asEssaimError(error).message}`);
      }
    }
    return told;
  }

  /** A public one first. Of one share the newer version counts, whoever says it; one that has another content by now is none. */
  async #best(told: readonly Proved[], kept: readonly Proved[]): Promise<Proved | undefined> {
    const fresh: Proved[] = [];
    for (const proved of told) {
      const { record } = proved.signed;
      const newer = await this.ports.cached?.record(record);
      if (newer === undefined || newer.signed.record.version <= record.version) fresh.push(proved);
      else if (newer.signed.record.fileId === record.fileId) fresh.push(newer);
    }
    const known = new Set(fresh.map(({ signed: { record } }) => shareKey(record)));
    const all = [...fresh, ...kept.filter(({ signed: { record } }) => !known.has(shareKey(record)))];
    return all.find(({ signed: { record } }) => !isRestricted(record)) ?? all[0];
  }
}

/** A tracker that was restored from a copy may have an older record of the same content; the newer one stays. */
export function keepRecord(records: RecordStore, { signed, proof }: Proved): void {
  const known = records.get(signed.record)?.record;
  const isNewer = known && !known.deleted && known.version > signed.record.version;
  if (isNewer && known.fileId === signed.record.fileId) return;
  records.putForeign(signed, proof, [signed.record.fileId]);
}

function isReader({ visibility, allow, user: owner }: LiveRecord, user: UserId | undefined): boolean {
  return user !== undefined && (visibility === "class" || user === owner || allow.includes(user));
}

function nobodyShares(file: FileId): EssaimError {
  return new EssaimError(
    "not-found",
    `Nobody shares ${file} (any more). Search for its name: there may be a newer version.`,
  );
}
