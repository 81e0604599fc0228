import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileId, PeerId } from "../core/ids.ts";
import type { FileDetails, FoundHere, FoundPage, FoundState } from "../core/local_messages.ts";
import { merged } from "../core/merge_found.ts";
import type { FoundShare, SearchReply } from "../core/messages.ts";
import { MAX_RESULTS, type SearchRequest } from "../core/search_request.ts";
import type { LiveRecord } from "../core/share_record.ts";
import type { Log, TrackerClient } from "../ports.ts";
import type { RecordStore } from "../store_ports.ts";
import type { CachedShares } from "./cached_shares.ts";
import type { Downloads } from "./downloads.ts";
import { type Links, linksOf } from "./links.ts";
import type { Neighbours } from "./neighbours.ts";
import { Owners, type ProvingPorts } from "./owners.ts";
import { TRACKER_WITHIN_MS, within } from "./within.ts";

export interface FindPorts extends ProvingPorts {
  readonly tracker: TrackerClient;
  readonly records: RecordStore;
  readonly downloads: Pick<Downloads, "present">;
  readonly neighbours: Neighbours;
  readonly links: Links;
  /** What neighbours said. */
  readonly cached?: CachedShares | undefined;
  /** The tracker does not know what this owner is said to share. */
  doubt?(owner: PeerId): void;
  /** Of this peer. */
  name(): string;
  readonly log: Log;
}

/**
 * Finds what others share, and says what of it is here already: the tracker's answer with what neighbours say themselves; without
 * the tracker, what neighbours said. Throws `unreachable` when there is nobody to ask and nothing was ever heard.
 */
export class FindFiles {
  constructor(readonly ports: FindPorts) {}

  /** `patienceMs`: longest wait for the tracker when there is something to answer without it. */
  async search(
    request: Partial<SearchRequest>,
    signal: AbortSignal,
    patienceMs = TRACKER_WITHIN_MS,
  ): Promise<FoundPage> {
    const { tracker, cached } = this.ports;
    const isFirst = request.cursor === undefined;
    const hasCache = isFirst && cached !== undefined && !cached.isEmpty;
    try {
      const answer = await within(
        hasCache ? patienceMs : undefined,
        signal,
        (signal) => tracker.search(request, signal),
      );
      const others = hasCache ? await this.#onlyCached(request, answer, signal) : [];
      const results = others.length === 0 ? answer.results : merged(answer.results, others, request);
      return { ...await this.#here(results), ...answer.cursor && { cursor: answer.cursor }, from: "tracker" };
    } catch (error) {
      signal.throwIfAborted();
      if (!hasCache) throw error;
      const { code, message } = asEssaimError(error);
      if (code === "bad-input") throw error;
      this.ports.log.debug("tracker-away", `The search is answered from what neighbours said: ${message}`, { code });
      return await this.cached(request);
    }
  }

  /** At once, from what neighbours said: one page of at most 200. */
  async cached(request: Partial<SearchRequest>): Promise<FoundPage> {
    const results = this.ports.cached?.search({ ...request, limit: MAX_RESULTS }) ?? [];
    return { ...await this.#here(results), from: "cache" };
  }

  /** Who shares and who has a file, proved by the owners' signatures. Throws `not-found`. */
  async details(file: FileId, signal: AbortSignal): Promise<FileDetails> {
    const { neighbours, links, tracker, cached } = this.ports;
    const kept = cached ? (await cached.recordsOf(file)).map(({ signed }) => signed.record) : [];
    let peers: FileDetails["sources"] = [];
    let proved: LiveRecord[] = [];
    try {
      const patience = kept.length > 0 ? TRACKER_WITHIN_MS : undefined;
      const answer = await within(patience, signal, (signal) => tracker.filePeers(file, signal));
      neighbours.heard(answer.peers);
      const owners = await Owners.of(answer, this.ports);
      for (const jws of answer.records) {
        const record = await this.#proved(jws, owners);
        if (record?.fileId === file) proved.push(record);
      }
      peers = answer.peers.map(({ peerId, name, have, of }) => ({ peerId, name, have, of }));
    } catch (error) {
      signal.throwIfAborted();
      if (kept.length === 0) throw error;
    }
    const known = new Set(proved.map(({ owner }) => owner));
    if (proved.length === 0) proved = kept;
    const [first] = proved;
    if (!first) throw new EssaimError("not-found", "Nobody shares this file (any more). Search for its name.");
    return {
      id: file,
      sha256: first.sha256,
      names: proved.map(({ name, owner, visibility }) => ({ name, owner: this.#nameOf(owner), visibility })),
      sources: [...peers, ...this.#ownersBeside(file, known)],
      links: linksOf(first, this.#isOwn(file) ? links : { ...links, here: () => undefined }),
    };
  }

  /** Present owners of whose shares the tracker knows nothing; of the others it says whether they are here. */
  #ownersBeside(file: FileId, known: ReadonlySet<PeerId>): FileDetails["sources"] {
    const owners = this.ports.cached?.presentOwners(file) ?? [];
    return owners.filter((owner) => !known.has(owner))
      .map((peerId) => ({ peerId, name: this.#nameOf(peerId), have: 1, of: 1 }));
  }

  /**
   * What present neighbours share and the tracker does not know. What it knows stands in its own answer, on this page or on a
   * later one, or is left out by it for a reason: the teacher took it down, its owner left.
   */
  async #onlyCached(
    request: Partial<SearchRequest>,
    { results }: SearchReply,
    signal: AbortSignal,
  ): Promise<FoundShare[]> {
    const { tracker, cached } = this.ports;
    const named = new Set(results.map(refOf));
    const others = cached!.search(request).filter((share) => share.seenAt === undefined && !named.has(refOf(share)));
    if (others.length === 0) return [];
    const refs = others.map(({ ownerId: owner, shareId }) => ({ owner, shareId }));
    const counts = await within(TRACKER_WITHIN_MS, signal, (signal) => tracker.counts(refs, signal)).catch(() => []);
    const unknown = others.filter((_, index) => counts[index] === null);
    for (const { ownerId } of unknown) this.ports.doubt?.(ownerId);
    return unknown;
  }

  async #here(results: readonly FoundShare[]): Promise<Pick<FoundPage, "results">> {
    const present = await this.ports.downloads.present(new Set(results.map(({ id }) => id)));
    return { results: results.map((share): FoundHere => ({ ...share, state: this.#stateOf(share, present) })) };
  }

  #stateOf({ id, ownerId, peers }: FoundShare, present: ReadonlyMap<FileId, FoundState>): FoundState {
    if (ownerId === this.ports.neighbours.self || this.#isOwn(id)) return { kind: "mine" };
    return present.get(id) ?? { kind: peers === 0 ? "no-source" : "available" };
  }

  #isOwn(file: FileId): boolean {
    const { records, neighbours } = this.ports;
    return records.granting(file).some(({ owner, fileId }) => owner === neighbours.self && fileId === file);
  }

  #nameOf(peer: LiveRecord["owner"]): string {
    const { neighbours, name, cached } = this.ports;
    if (peer === neighbours.self) return name();
    return neighbours.get(peer)?.name ?? cached?.nameOf(peer) ?? peer.slice(0, 8);
  }

  async #proved(jws: string, owners: Owners): Promise<LiveRecord | undefined> {
    try {
      return (await owners.prove(jws))?.signed.record;
    } catch (error) {
      const { message } = asEssaimError(error);
      this.ports.log.warning("record-refused", `The tracker sent a record that proves nothing: ${message}`);
      return undefined;
    }
  }
}

function refOf({ ownerId, shareId }: FoundShare): string {
  return `${ownerId} ${shareId}`;
}
