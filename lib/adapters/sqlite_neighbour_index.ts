import type { SQLInputValue } from "node:sqlite";
import { fileType } from "../core/file_type.ts";
import type { PeerId } from "../core/ids.ts";
import type { Certificate } from "../core/messages.ts";
import { normalise } from "../core/search.ts";
import { type LiveRecord, type SignedRecord, visibleSize } from "../core/share_record.ts";
import type { Log } from "../ports.ts";
import type { NeighbourChange, NeighbourIndex, NeighbourShare, NeighbourStore } from "../store_ports.ts";
import { openDatabase, transaction } from "./sqlite.ts";
import { NEIGHBOUR_MIGRATIONS } from "./sqlite_neighbour_schema.ts";
import { preparing, type Query, type Row, searchShares, visibleTo } from "./sqlite_share_search.ts";

/** Shares of one content that are looked at. */
const MAX_SHARES_OF_FILE = 100;
/** Whoever is present is told with each search that asks for it. */
const PRESENT_SCHEMA = `
  PRAGMA temp_store = MEMORY;
  CREATE TEMP TABLE present (owner TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TEMP TABLE held (share INTEGER PRIMARY KEY, peers INTEGER NOT NULL);
`;
const FOUND = `SELECT r.record, r.jws, p.name AS owner_name, p.key, p.certificate, p.asked_as, p.last_seen
  FROM shares s JOIN records r ON r.share = s.id JOIN peers p ON p.peer_id = s.owner`;

/**
 * What neighbours share, in a database of its own (`DATA/neighbours.db`): nothing in it is lost for good with it, so a crash may
 * take the last writes, and filling it neither holds up nor is noticed by what depends on the peer's own records.
 */
export function openNeighbourIndex(path: string, log: Log): NeighbourStore & Disposable {
  const db = openDatabase({ path, migrations: NEIGHBOUR_MIGRATIONS, log });
  db.exec("PRAGMA synchronous = NORMAL");
  db.exec(PRESENT_SCHEMA);
  const all = preparing(db);
  const found = (sql: string, ...values: SQLInputValue[]) => all(sql, ...values).map(toShare);

  return {
    list: () => all("SELECT * FROM peers").map(toIndex),
    get: (peer) => all("SELECT * FROM peers WHERE peer_id = ?", peer).map(toIndex)[0],
    put: (change) => transaction(db, () => put(all, change)),
    seen(peer, name, at) {
      const sql = "UPDATE peers SET name = ?, norm = ?, last_seen = ? WHERE peer_id = ?";
      all(sql, name, normalise(name), at, peer);
    },
    restart: (peer) => void all("UPDATE peers SET epoch = NULL, version = 0, asked_as = '' WHERE peer_id = ?", peer),
    drop(peer, what, limit) {
      const some = what === "all" ? "" : "AND visibility <> 'public'";
      const sql = `DELETE FROM shares WHERE id IN (SELECT id FROM shares WHERE owner = ? ${some} LIMIT ?) RETURNING 1`;
      return transaction(db, () => all(sql, peer, limit).length);
    },
    forget: (peer) => transaction(db, () => void all("DELETE FROM peers WHERE peer_id = ?", peer)),
    search(query, present) {
      if (query.available || query.sort === "copies") transaction(db, () => notePresent(all, present));
      return searchShares(all, query).flatMap(({ id }) => found(`${FOUND} WHERE s.id = ?`, id));
    },
    sharesOf(file, visible) {
      const { sql, values } = visibleTo(visible);
      return found(
        `${FOUND} WHERE s.state = 'live' AND s.file_id = ? AND ${sql} ORDER BY s.at DESC, s.id DESC LIMIT ?`,
        file,
        ...values,
        MAX_SHARES_OF_FILE,
      );
    },
    share: ({ owner, shareId }) => found(`${FOUND} WHERE s.owner = ? AND s.share_id = ?`, owner, shareId)[0],
    [Symbol.dispose]: () => db.close(),
  };
}

function put(all: Query, { peerId, name, position, askedAs, lastSeen, proof, records }: NeighbourChange): void {
  all(
    `INSERT INTO peers (peer_id, key, certificate, name, norm, epoch, version, asked_as, last_seen)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET key = excluded.key, certificate = COALESCE(excluded.certificate, certificate),
       name = excluded.name, norm = excluded.norm, epoch = excluded.epoch, version = excluded.version,
       asked_as = excluded.asked_as, last_seen = excluded.last_seen`,
    peerId,
    JSON.stringify(proof.key),
    proof.certificate ?? null,
    name,
    normalise(name),
    position?.epoch ?? null,
    position?.version ?? 0,
    askedAs,
    lastSeen,
  );
  for (const { record, jws } of records) {
    if (record.deleted) {
      const sql = "DELETE FROM shares WHERE owner = ? AND share_id = ? AND version <= ?";
      all(sql, record.owner, record.shareId, record.version);
    } else putLive(all, { record, jws });
  }
}

function putLive(all: Query, { record, jws }: SignedRecord<LiveRecord>): void {
  const text = JSON.stringify(record);
  const [stored] = all(
    `INSERT INTO shares (owner, share_id, version, visibility, user, file_id, name, norm, size, type, at, bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (owner, share_id) DO UPDATE SET version = excluded.version, visibility = excluded.visibility,
       user = excluded.user, file_id = excluded.file_id, name = excluded.name, norm = excluded.norm,
       size = excluded.size, type = excluded.type, at = excluded.at, bytes = excluded.bytes
     WHERE excluded.version >= version
     RETURNING id`,
    record.owner,
    record.shareId,
    record.version,
    record.visibility,
    record.user ?? null,
    record.fileId,
    record.name,
    normalise(record.name),
    visibleSize(record),
    fileType(record.name, record.kind),
    Date.parse(record.at) || 0,
    text.length + jws.length,
  );
  if (!stored) return;
  all("INSERT OR REPLACE INTO records (share, record, jws) VALUES (?, ?, ?)", stored.id!, text, jws);
  all("DELETE FROM readers WHERE share = ?", stored.id!);
  for (const user of record.visibility === "private" ? record.allow : []) {
    all("INSERT OR IGNORE INTO readers (share, user) VALUES (?, ?)", stored.id!, user);
  }
}

function notePresent(all: Query, present: Iterable<PeerId>): void {
  all("DELETE FROM temp.present");
  for (const peer of present) all("INSERT OR IGNORE INTO temp.present VALUES (?)", peer);
}

function toIndex(row: Row): NeighbourIndex {
  return {
    peerId: String(row.peer_id) as PeerId,
    name: String(row.name),
    position: row.epoch === null ? undefined : { epoch: String(row.epoch), version: Number(row.version) },
    askedAs: String(row.asked_as),
    lastSeen: Number(row.last_seen),
    shares: Number(row.shares),
    bytes: Number(row.bytes),
  };
}

/** It was checked before it was stored. */
function toShare(row: Row): NeighbourShare {
  return {
    signed: { record: JSON.parse(String(row.record)), jws: String(row.jws) },
    ownerName: String(row.owner_name),
    proof: {
      key: JSON.parse(String(row.key)),
      ...(row.certificate === null ? {} : { certificate: String(row.certificate) as Certificate }),
    },
    askedAs: String(row.asked_as),
    lastSeen: Number(row.last_seen),
  };
}
