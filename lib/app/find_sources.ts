import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { FileId, PeerId, ShareId } from "../core/ids.ts";
import type { Reputation } from "../core/reputation.ts";
import type { PublicKey } from "../core/messages.ts";
import type { LiveRecord, SignedRecord } from "../core/share_record.ts";
import type { Clock, Log, RecordStore, Signatures, TrackerClient } from "../ports.ts";
import type { Neighbours } from "./neighbours.ts";

/** Neighbours asked when the tracker names nobody. */
const MAX_FALLBACK = 50;

export interface FinderPorts {
  readonly tracker: TrackerClient | undefined;
  readonly signatures: Signatures;
  readonly neighbours: Neighbours;
  readonly reputation: Reputation;
  readonly clock: Clock;
  readonly log: Log;
}

/** A live record of a file with the key that proves it. */
export interface ProvedRecord {
  readonly signed: SignedRecord<LiveRecord>;
  readonly key: PublicKey;
  readonly ownerName: string;
}

/** Who has a file: the tracker says; when it does not answer or knows nobody, the neighbours met last may have it. */
export class SourceFinder {
  constructor(readonly ports: FinderPorts) {}

  /** Peers that may hold the file, those that keep lying left out. Rejects only by the signal. */
  async find(file: FileId, signal: AbortSignal): Promise<PeerId[]> {
    const { tracker, neighbours, reputation, clock, log } = this.ports;
    const usable = (peers: readonly { peerId: PeerId }[]) =>
      peers.map(({ peerId }) => peerId)
        .filter((peer) => peer !== neighbours.self && !reputation.isBanned(peer, clock.monotonic()));
    try {
      if (!tracker) throw new EssaimError("unreachable", "No tracker is set.");
      const { peers } = await tracker.filePeers(file, signal);
      neighbours.heard(peers);
      const found = usable(peers);
      if (found.length > 0) return found;
      log.debug("sources-unknown", `The tracker knows nobody who has ${file}: the neighbours are asked.`);
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = asEssaimError(error);
      log.debug("sources-unknown", `The tracker does not say who has ${file}: ${message}`, { code });
    }
    return usable(neighbours.latest(MAX_FALLBACK));
  }

  /**
   * The record under which to fetch a file: of `shareId` when given, else any that is valid. Throws `not-found` when
   * nobody shares it, `unreachable` when the tracker does not answer.
   */
  async record(file: FileId, shareId: ShareId | undefined, signal: AbortSignal): Promise<ProvedRecord> {
    const { tracker, signatures, neighbours, log } = this.ports;
    if (!tracker) throw new EssaimError("unreachable", "No tracker is set, so nobody can be asked who shares this.");
    const { records, keys, peers } = await tracker.filePeers(file, signal).catch((error) => {
      throw asEssaimError(error).code === "not-found" ? nobodyShares(file) : error;
    });
    neighbours.heard(peers);
    for (const jws of records) {
      try {
        const signed = await signatures.verifyRecord(jws, (peer) => keys[peer]);
        const { record } = signed;
        if (record.deleted || record.fileId !== file || shareId !== undefined && record.shareId !== shareId) continue;
        const ownerName = neighbours.get(record.owner)?.name ?? record.owner.slice(0, 8);
        return { signed: { record, jws }, key: keys[record.owner]!, ownerName };
      } catch (error) {
        log.warning("record-refused", `The tracker sent a record that proves nothing: ${asEssaimError(error).message}`);
      }
    }
    throw nobodyShares(file);
  }
}

/** A tracker that was restored from a copy may have an older record of the same content; the newer one stays. */
export function keepRecord(records: RecordStore, { signed, key }: ProvedRecord): void {
  const known = records.get(signed.record)?.record;
  const isNewer = known && !known.deleted && known.version > signed.record.version;
  if (isNewer && known.fileId === signed.record.fileId) return;
  records.putForeign(signed, key, [signed.record.fileId]);
}

function nobodyShares(file: FileId): EssaimError {
  return new EssaimError(
    "not-found",
    `Nobody shares ${file} (any more). Search for its name: there may be a newer version.`,
  );
}
