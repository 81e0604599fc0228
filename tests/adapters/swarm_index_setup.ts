import type { PeerId } from "../../lib/core/ids.ts";
import type { LiveRecord, ShareRecord } from "../../lib/core/share_record.ts";
import type { ShareQuery, SwarmChange, SwarmIndex } from "../../lib/ports.ts";
import { fileId, hexId, peerId, recordBy, shareId } from "../fakes.ts";

export const alice = peerId(0xa);
export const bob = peerId(0xb);

export function change(peer: PeerId, changes: Partial<SwarmChange> = {}, serial = 1): SwarmChange {
  return {
    peer: {
      peerId: peer,
      key: { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) },
      name: `name of ${peer.slice(-1)}`,
      serial,
      index: { epoch: hexId(1, 32), version: 3 },
      lastSeen: 1000,
    },
    restart: false,
    records: [],
    completed: [],
    activity: [],
    ...changes,
  };
}

export const signed = (record: ShareRecord) => ({ record, jws: `a.${record.shareId}-${record.version}.b` });
export const put = (index: SwarmIndex, ...records: ShareRecord[]) =>
  index.apply(change(records[0]!.owner, { records: records.map(signed) }));
export const named = (number: number, name: string, changes: Partial<LiveRecord> = {}) =>
  recordBy(alice, { shareId: shareId(number), fileId: fileId(number), name, ...changes });
export const tombstone = (number: number, version: number): ShareRecord => (
  { shareId: shareId(number), owner: alice, version, at: "2026-01-02T03:04:05.678Z", deleted: true }
);
/** By date, newest first, as far as the query says nothing else; with words by relevance. */
export const look = (index: SwarmIndex, query: Partial<ShareQuery> = {}) =>
  index.search({
    words: [],
    ownerWords: [],
    type: undefined,
    min: undefined,
    max: undefined,
    available: false,
    sort: query.words?.length ? "relevance" : "date",
    order: "desc",
    visible: "any",
    after: undefined,
    limit: 9,
    ...query,
  });
export const names = (found: { signed: { record: LiveRecord } }[]) =>
  found.map(({ signed: { record } }) => record.name);
