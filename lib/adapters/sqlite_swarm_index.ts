import type { SQLInputValue } from "node:sqlite";
import { EssaimError } from "../core/errors.ts";
import { fileType } from "../core/file_type.ts";
import { type HistoryBucket, totalOf } from "../core/history.ts";
import type { Certificate } from "../core/class_messages.ts";
import type { FileId, PeerId, UserId } from "../core/ids.ts";
import type { Activity, PublicKey } from "../core/messages.ts";
import { normalise } from "../core/search.ts";
import { type LiveRecord, type ShareRecord, type SignedRecord, visibleSize } from "../core/share_record.ts";
import type { Log } from "../ports.ts";
import type { Copies, IndexedShare, KnownPeer, SwarmChange, SwarmIndex } from "../swarm_ports.ts";
import { openDatabase, transaction } from "./sqlite.ts";
import { addToHistory, readHistory } from "./sqlite_history.ts";
import { preparing, type Query, type Row, searchShares, visibleTo } from "./sqlite_share_search.ts";
import { SWARM_FUNCTIONS, SWARM_MIGRATIONS } from "./sqlite_swarm_schema.ts";

/** Live and deleted shares of one peer; a folder counts as one. */
const MAX_SHARES_PER_PEER = 250_000;
/** Peers ever heard of; past it those seen longest ago are forgotten with their shares. */
const MAX_KNOWN_PEERS = 50_000;
/** Shares of one content that are looked at. */
const MAX_SHARES_OF_FILE = 1_000;
/** Peers tell a download for a week at most. */
const COUNTED_KEPT_MS = 30 * 24 * 3_600_000;
const NOTHING: HistoryBucket = { peers: 0, downloads: 0, bytes: 0, shared: 0 };
/** Whether peers are present is not kept over restarts. */
const COPIES_SCHEMA = `
  PRAGMA temp_store = MEMORY;
  CREATE TEMP TABLE present (owner TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TEMP TABLE held (share INTEGER PRIMARY KEY, peers INTEGER NOT NULL);
`;

const FOUND = `SELECT r.record, r.jws, s.downloads, p.name AS owner_name
  FROM shares s JOIN records r ON r.share = s.id JOIN peers p ON p.peer_id = s.owner`;

export interface SwarmIndexOptions {
  /** The database file. */
  readonly path: string;
  readonly log: Log;
  /** Lines of activity kept. */
  readonly activityKept: number;
}

/** The tracker's records and counts in SQLite; what `apply` wrote survives kill -9 and power loss. */
export function openSwarmIndex({ path, log, activityKept }: SwarmIndexOptions): SwarmIndex {
  const db = openDatabase({ path, migrations: SWARM_MIGRATIONS, functions: SWARM_FUNCTIONS, log });
  db.exec(COPIES_SCHEMA);
  const all = preparing(db);
  const found = (sql: string, ...values: SQLInputValue[]) => all(sql, ...values).map(toIndexedShare);

  return {
    peer(id) {
      return all("SELECT * FROM peers WHERE peer_id = ?", id).map(toPeer)[0];
    },

    keys(ids) {
      const keys = new Map<PeerId, PublicKey>();
      for (const id of new Set(ids)) {
        for (const { key } of all("SELECT key FROM peers WHERE peer_id = ?", id)) keys.set(id, JSON.parse(String(key)));
      }
      return keys;
    },

    apply: (change) => transaction(db, () => apply(all, change, activityKept)),

    share({ owner, shareId }) {
      const [row] = all(
        `SELECT record FROM shares s JOIN records r ON r.share = s.id
         WHERE s.owner = ? AND s.share_id = ? AND s.state <> 'forgotten'`,
        owner,
        shareId,
      );
      return row && JSON.parse(String(row.record)) as ShareRecord;
    },

    liveShare: ({ owner, shareId }) =>
      found(`${FOUND} WHERE s.owner = ? AND s.share_id = ? AND s.state = 'live'`, owner, shareId)[0],

    sharesOf: (file, visible) =>
      found(
        `${FOUND} WHERE s.state = 'live' AND s.file_id = ? AND ${visibleTo(visible).sql} ORDER BY s.id DESC LIMIT ?`,
        file,
        ...visibleTo(visible).values,
        MAX_SHARES_OF_FILE,
      ),

    leaseOf(owner) {
      const [row] = all("SELECT revision, lease, certificate FROM leases WHERE owner = ?", owner);
      return row && {
        revision: Number(row.revision),
        lease: String(row.lease),
        certificate: String(row.certificate) as Certificate,
      };
    },

    takeDown: ({ fileId, name, at }) =>
      transaction(db, () => {
        all("INSERT OR REPLACE INTO taken_down (file_id, name, at) VALUES (?, ?, ?)", fileId, name, at);
        all("UPDATE shares SET state = 'down' WHERE file_id = ? AND state = 'live'", fileId);
      }),

    allowAgain: (file) =>
      transaction(db, () => {
        all("DELETE FROM taken_down WHERE file_id = ?", file);
        all("UPDATE shares SET state = 'live' WHERE file_id = ? AND state = 'down'", file);
      }),

    takenDown: () =>
      all("SELECT file_id, name, at FROM taken_down ORDER BY at DESC").map(({ file_id, name, at }) => ({
        fileId: file_id as FileId,
        name: String(name),
        at: Number(at),
      })),

    counted: (peer, ids) =>
      new Set([...ids].filter((id) => all("SELECT 1 FROM counted WHERE peer = ? AND id = ?", peer, id).length > 0)),

    noteCopies: (copies) => transaction(db, () => noteCopies(all, copies)),

    search: (query) =>
      searchShares(all, query).map(({ id, key }) => ({ ...found(`${FOUND} WHERE s.id = ?`, id)[0]!, key })),

    totals() {
      const [shared] = all(`SELECT COUNT(*) AS files, MIN(TOTAL(size), ${Number.MAX_SAFE_INTEGER}) AS bytes FROM (
        SELECT MAX(size) AS size FROM shares WHERE state = 'live' AND visibility = 'public' GROUP BY file_id)`);
      const [counted] = all("SELECT downloads, transferred, since FROM totals");
      return {
        files: Number(shared!.files),
        bytes: Number(shared!.bytes),
        downloads: Number(counted!.downloads),
        transferred: Number(counted!.transferred),
        since: Number(counted!.since),
      };
    },

    notePresent: (peers, at) => transaction(db, () => addToHistory(all, at, { peers })),

    history: (everySeconds, from) => readHistory(all, everySeconds, from),

    mostFetched: (limit) =>
      found(
        `${FOUND} WHERE s.state = 'live' AND s.visibility = 'public' AND s.downloads > 0
         ORDER BY s.downloads DESC LIMIT ?`,
        limit,
      ),

    activity(limit, before = Number.MAX_SAFE_INTEGER) {
      return all(
        `SELECT * FROM activity a WHERE id < ? AND (a.file_id IS NULL OR EXISTS (
           SELECT 1 FROM shares s
           WHERE s.file_id = a.file_id AND s.name = a.name AND s.state = 'live' AND s.visibility = 'public'))
         ORDER BY id DESC LIMIT ?`,
        before,
        limit,
      ).map(toActivity);
    },

    [Symbol.dispose]: () => db.close(),
  };
}

function apply(
  run: Query,
  { peer, restart, records, lease, completed, counted = [], activity }: SwarmChange,
  activityKept: number,
): void {
  const isNew = run("SELECT 1 FROM peers WHERE peer_id = ?", peer.peerId).length === 0;
  run(
    `INSERT INTO peers (peer_id, key, name, norm, user, serial, epoch, version, last_seen)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET key = excluded.key, name = excluded.name, norm = excluded.norm, user = excluded.user,
       serial = MAX(serial, excluded.serial), epoch = excluded.epoch, version = excluded.version, last_seen = excluded.last_seen`,
    peer.peerId,
    JSON.stringify(peer.key),
    peer.name,
    normalise(peer.name),
    peer.user ?? null,
    peer.serial,
    peer.index?.epoch ?? null,
    peer.index?.version ?? 0,
    peer.lastSeen,
  );
  if (isNew) forgetOldPeers(run);
  if (restart) {
    run("UPDATE shares SET state = 'forgotten' WHERE owner = ? AND state IN ('live', 'down')", peer.peerId);
    run("DELETE FROM leases WHERE owner = ?", peer.peerId);
  }
  const shared = records.filter((signed) => putRecord(run, peer.peerId, signed)).length;
  if (records.length > 0) refuseTooMany(run, peer.peerId);
  if (lease) {
    run(
      `INSERT INTO leases (owner, revision, lease, certificate) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET revision = excluded.revision, lease = excluded.lease, certificate = excluded.certificate
       WHERE excluded.revision >= revision`,
      peer.peerId,
      lease.revision,
      lease.lease,
      lease.certificate,
    );
  }
  for (const id of counted) run("INSERT OR IGNORE INTO counted VALUES (?, ?, ?)", peer.peerId, id, peer.lastSeen);
  if (counted.length > 0) run("DELETE FROM counted WHERE at < ?", peer.lastSeen - COUNTED_KEPT_MS);
  const given = completed.map(({ ref, bytes }) => putCompletion(run, ref, bytes));
  addToHistory(run, peer.lastSeen, { ...totalOf(given), shared });
  for (const { at, kind, peer: who, name, fileId, bytes } of activity) {
    run(
      "INSERT INTO activity (at, kind, peer, name, file_id, bytes) VALUES (?, ?, ?, ?, ?, ?)",
      at,
      kind,
      who,
      name ?? null,
      fileId ?? null,
      bytes ?? null,
    );
  }
  if (activity.length > 0) {
    run("DELETE FROM activity WHERE id <= (SELECT MAX(id) FROM activity) - ?", activityKept);
  }
}

/**
 * A forgotten share comes back with the version that it had, or a higher one; any other needs a higher one. Whether it is
 * public and was not so before.
 */
function putRecord(run: Query, owner: PeerId, { record, jws }: SignedRecord): boolean {
  if (record.owner !== owner) throw new EssaimError("bad-record", "A record of another owner was to be stored.");
  const live = record.deleted ? undefined : record;
  const [known] = run(
    "SELECT visibility FROM shares WHERE owner = ? AND share_id = ? AND state <> 'deleted'",
    owner,
    record.shareId,
  );
  const isDown = live !== undefined && isTakenDown(run, live.fileId);
  const [stored] = run(
    `INSERT INTO shares (owner, share_id, version, state, visibility, user, file_id, name, norm, size, type, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (owner, share_id) DO UPDATE SET version = excluded.version, state = excluded.state,
       visibility = COALESCE(excluded.visibility, visibility), user = COALESCE(excluded.user, user), file_id = excluded.file_id, name = excluded.name, norm = excluded.norm,
       size = excluded.size, type = excluded.type, at = excluded.at
     WHERE excluded.version > version OR (state = 'forgotten' AND excluded.version = version)
     RETURNING id`,
    record.owner,
    record.shareId,
    record.version,
    live ? isDown ? "down" : "live" : "deleted",
    live?.visibility ?? null,
    live?.user ?? null,
    live?.fileId ?? null,
    live?.name ?? null,
    live ? normalise(live.name) : null,
    live ? visibleSize(live) : null,
    live ? fileType(live.name, live.kind) : null,
    Date.parse(record.at) || 0,
  );
  if (!stored) return false;
  run("INSERT OR REPLACE INTO records (share, record, jws) VALUES (?, ?, ?)", stored.id!, JSON.stringify(record), jws);
  if (live) run("DELETE FROM readers WHERE share = ?", stored.id!);
  for (const user of live?.visibility === "private" ? live.allow : []) {
    run("INSERT OR IGNORE INTO readers (share, user) VALUES (?, ?)", stored.id!, user);
  }
  return live?.visibility === "public" && known?.visibility !== "public" && !isDown;
}

function isTakenDown(run: Query, file: FileId): boolean {
  return run("SELECT 1 FROM taken_down WHERE file_id = ?", file).length > 0;
}

function noteCopies(run: Query, { present, held }: Copies): void {
  run("DELETE FROM temp.present");
  run("DELETE FROM temp.held");
  for (const peer of present) run("INSERT INTO temp.present VALUES (?)", peer);
  for (const { ref: { owner, shareId, fileId }, peers } of held) {
    run(
      `INSERT INTO temp.held SELECT id, ? FROM shares
       WHERE owner = ? AND share_id = ? AND file_id = ? AND state = 'live'`,
      peers,
      owner,
      shareId,
      fileId,
    );
  }
}

function refuseTooMany(run: Query, owner: PeerId): void {
  const [row] = run("SELECT COUNT(*) AS count FROM shares WHERE owner = ?", owner);
  if (Number(row!.count) <= MAX_SHARES_PER_PEER) return;
  throw new EssaimError("limited", `A peer can share at most ${MAX_SHARES_PER_PEER} files. Share folders instead.`);
}

function forgetOldPeers(run: Query): void {
  run(
    `DELETE FROM peers WHERE peer_id IN (
       SELECT peer_id FROM peers ORDER BY last_seen LIMIT MAX(0, (SELECT COUNT(*) FROM peers) - ?))`,
    MAX_KNOWN_PEERS,
  );
}

/** The share's own count, and the totals when anyone may see it; what was added to these. */
function putCompletion(
  run: Query,
  { fileId, owner, shareId }: SwarmChange["completed"][number]["ref"],
  bytes: number,
): HistoryBucket {
  const [share] = run(
    "SELECT id, file_id, visibility FROM shares WHERE owner = ? AND share_id = ? AND state = 'live'",
    owner,
    shareId,
  );
  if (!share) return NOTHING;
  const whole = share.file_id === fileId ? 1 : 0;
  run("UPDATE shares SET downloads = downloads + ? WHERE id = ?", whole, share.id!);
  if (share.visibility !== "public") return NOTHING;
  run(
    `UPDATE totals SET downloads = downloads + ?, transferred = MIN(transferred + ?, ${Number.MAX_SAFE_INTEGER})`,
    whole,
    bytes,
  );
  return { ...NOTHING, downloads: whole, bytes };
}

function toIndexedShare(row: Row): IndexedShare {
  return {
    signed: { record: JSON.parse(String(row.record)) as LiveRecord, jws: String(row.jws) },
    ownerName: String(row.owner_name),
    downloads: Number(row.downloads),
  };
}

function toPeer(row: Row): KnownPeer {
  return {
    peerId: String(row.peer_id) as PeerId,
    key: JSON.parse(String(row.key)) as PublicKey,
    name: String(row.name),
    ...(row.user === null ? {} : { user: String(row.user) as UserId }),
    serial: Number(row.serial),
    index: row.epoch === null ? undefined : { epoch: String(row.epoch), version: Number(row.version) },
    lastSeen: Number(row.last_seen),
  };
}

function toActivity(row: Row): Activity {
  return {
    id: Number(row.id),
    at: String(row.at),
    kind: row.kind as Activity["kind"],
    peer: String(row.peer),
    ...(row.name === null ? {} : { name: String(row.name) }),
    ...(row.file_id === null ? {} : { fileId: row.file_id as Activity["fileId"] }),
    ...(row.bytes === null ? {} : { bytes: Number(row.bytes) }),
  };
}
