import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileId } from "../core/ids.ts";
import type { FileDetails, FoundHere, FoundPage, FoundState } from "../core/local_messages.ts";
import type { FoundShare } from "../core/messages.ts";
import type { SearchRequest } from "../core/search_request.ts";
import type { LiveRecord } from "../core/share_record.ts";
import type { Log, RecordStore, TrackerClient } from "../ports.ts";
import type { Downloads } from "./downloads.ts";
import { type Links, linksOf } from "./links.ts";
import type { Neighbours } from "./neighbours.ts";
import { Owners, type ProvingPorts } from "./owners.ts";

export interface FindPorts extends ProvingPorts {
  readonly tracker: TrackerClient;
  readonly records: RecordStore;
  readonly downloads: Pick<Downloads, "present">;
  readonly neighbours: Neighbours;
  readonly links: Links;
  /** Of this peer. */
  name(): string;
  readonly log: Log;
}

/** Finds what others share, and says what of it is here already. Throws `unreachable` when there is nobody to ask. */
export class FindFiles {
  constructor(readonly ports: FindPorts) {}

  async search(request: Partial<SearchRequest>, signal: AbortSignal): Promise<FoundPage> {
    const { results, cursor } = await this.ports.tracker.search(request, signal);
    const present = await this.ports.downloads.present(new Set(results.map(({ id }) => id)));
    return {
      results: results.map((share): FoundHere => ({ ...share, state: this.#stateOf(share, present) })),
      ...(cursor === undefined ? {} : { cursor }),
      from: "tracker",
    };
  }

  /** Who shares and who has a file, proved by the owners' signatures. Throws `not-found`. */
  async details(file: FileId, signal: AbortSignal): Promise<FileDetails> {
    const { neighbours, links, tracker } = this.ports;
    const answer = await tracker.filePeers(file, signal);
    const { peers } = answer;
    neighbours.heard(peers);
    const owners = await Owners.of(answer, this.ports);
    const proved: LiveRecord[] = [];
    for (const jws of answer.records) {
      const record = await this.#proved(jws, owners);
      if (record?.fileId === file) proved.push(record);
    }
    const [first] = proved;
    if (!first) throw new EssaimError("not-found", "Nobody shares this file (any more). Search for its name.");
    return {
      id: file,
      sha256: first.sha256,
      names: proved.map(({ name, owner, visibility }) => ({ name, owner: this.#nameOf(owner), visibility })),
      sources: peers.map(({ peerId, name, have, of }) => ({ peerId, name, have, of })),
      links: linksOf(first, this.#isOwn(file) ? links : { ...links, here: () => undefined }),
    };
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
    const { neighbours, name } = this.ports;
    return peer === neighbours.self ? name() : neighbours.get(peer)?.name ?? peer.slice(0, 8);
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
