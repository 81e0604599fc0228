import type { PeerId } from "../../lib/core/ids.ts";
import { isRestricted, type LiveRecord, type ShareRecord } from "../../lib/core/share_record.ts";
import type { ShareQuery, SwarmChange, SwarmIndex, Visible } from "../../lib/swarm_ports.ts";
import { CLASS_ID, fileId, hexId, keyOf, peerId, recordBy, shareId, userId } from "../fakes.ts";

export const alice = peerId(0xa);
export const bob = peerId(0xb);
/** Whose computer alice is, and what they may see: everything of it. */
export const aliceUser = userId(0xa);
export const ALL: Visible = { user: aliceUser };

export function change(peer: PeerId, changes: Partial<SwarmChange> = {}, serial = 1): SwarmChange {
  return {
    peer: {
      peerId: peer,
      key: keyOf(peer),
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
export function named(number: number, name: string, changes: Partial<LiveRecord> = {}): LiveRecord {
  const record = recordBy(alice, { shareId: shareId(number), fileId: fileId(number), name, ...changes });
  return isRestricted(record) ? { user: aliceUser, class: CLASS_ID, ...record } : record;
}
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
    visible: ALL,
    after: undefined,
    limit: 9,
    ...query,
  });
export const names = (found: { signed: { record: LiveRecord } }[]) =>
  found.map(({ signed: { record } }) => record.name);
