import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import { EssaimError } from "../core/errors.ts";
import type { PeerId } from "../core/ids.ts";
import type { Activity, PublicKey } from "../core/messages.ts";
import { idPrefix, normalise } from "../core/search.ts";
import { type LiveRecord, shareKey, type ShareRecord, type SignedRecord, visibleSize } from "../core/share_record.ts";
import type { IndexedShare, KnownPeer, Log, SwarmChange, SwarmIndex } from "../ports.ts";
import { openDatabase, transaction } from "./sqlite.ts";
import { SWARM_MIGRATIONS } from "./sqlite_swarm_schema.ts";

/** Live and deleted shares of one peer; a folder counts as one. */
const MAX_SHARES_PER_PEER = 250_000;
/** Peers ever heard of; past it those seen longest ago are forgotten with their shares. */
const MAX_KNOWN_PEERS = 50_000;
/** Shares of one content that are looked at. */
const MAX_SHARES_OF_FILE = 1_000;
/** Words of one or two letters have no trigram: they are looked for in this many of the newest shares. */
const SCANNED_FOR_SHORT_WORDS = 20_000;

const FOUND = "SELECT s.record, s.jws, s.downloads, p.name AS owner_name FROM";
const WITH_OWNER = "JOIN peers p ON p.peer_id = s.owner";

export interface SwarmIndexOptions {
  /** The database file. */
  readonly path: string;
  readonly log: Log;
  /** Lines of activity kept. */
  readonly activityKept: number;
}

/** The tracker's records and counts in SQLite; what `apply` wrote survives kill -9 and power loss. */
export function openSwarmIndex({ path, log, activityKept }: SwarmIndexOptions): SwarmIndex {
  const db = openDatabase({ path, migrations: SWARM_MIGRATIONS, log });
  const all = queries(db);
  const found = (sql: string, ...values: SQLInputValue[]) => all(sql, ...values).map(toIndexedShare);

  /** Those whose file id or share id begins with the only word. */
  function withId(words: readonly string[], limit: number, visible: "public" | "any"): IndexedShare[] {
    const prefix = idPrefix(words);
    if (prefix === undefined) return [];
    const wanted = `s.state = 'live'${visible === "public" ? " AND s.visibility = 'public'" : ""}`;
    const range = [prefix, `${prefix}g`]; // "g" comes after every hex digit
    const ids = (column: string) =>
      `SELECT id FROM (SELECT id FROM shares s WHERE ${wanted} AND ${column} >= ? AND ${column} < ? LIMIT ${MAX_SHARES_OF_FILE})`;
    return found(
      `${FOUND} shares s ${WITH_OWNER} WHERE s.id IN (${ids("file_id")} UNION ${ids("share_id")})
       ORDER BY s.id DESC LIMIT ?`,
      ...range,
      ...range,
      limit,
    );
  }

  function withName(words: readonly string[], limit: number, visible: "public" | "any"): IndexedShare[] {
    const wanted = `s.state = 'live'${visible === "public" ? " AND s.visibility = 'public'" : ""}`;
    const contains = words.map(() => " AND instr(s.norm, ?) > 0").join("");
    const trigrams = trigramQuery(words);
    if (trigrams !== undefined) {
      return found(
        `${FOUND} names JOIN shares s ON s.id = names.rowid ${WITH_OWNER}
         WHERE names MATCH ? AND ${wanted}${contains} ORDER BY names.rowid DESC LIMIT ?`,
        trigrams,
        ...words,
        limit,
      );
    }
    return found(
      `${FOUND} (SELECT * FROM shares s WHERE ${wanted} ORDER BY s.id DESC LIMIT ${SCANNED_FOR_SHORT_WORDS}) s
       ${WITH_OWNER} WHERE TRUE${contains} ORDER BY s.id DESC LIMIT ?`,
      ...words,
      limit,
    );
  }

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
        "SELECT record FROM shares WHERE owner = ? AND share_id = ? AND state <> 'forgotten'",
        owner,
        shareId,
      );
      return row && JSON.parse(String(row.record)) as ShareRecord;
    },

    sharesOf: (file) =>
      found(
        `${FOUND} shares s ${WITH_OWNER} WHERE s.state = 'live' AND s.file_id = ? ORDER BY s.id DESC LIMIT ?`,
        file,
        MAX_SHARES_OF_FILE,
      ),

    search(words, limit, visible) {
      const byId = withId(words, limit, visible);
      const ids = new Set(byId.map(({ signed }) => shareKey(signed.record)));
      const byName = withName(words, limit, visible).filter(({ signed }) => !ids.has(shareKey(signed.record)));
      return [...byId, ...byName].slice(0, limit);
    },

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

    mostFetched: (limit) =>
      found(
        `${FOUND} shares s ${WITH_OWNER} WHERE s.state = 'live' AND s.visibility = 'public' AND s.downloads > 0
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

type Row = Record<string, SQLOutputValue>;
type Query = (sql: string, ...values: SQLInputValue[]) => Row[];

/** Runs a statement, prepared at its first use. The statements are a fixed few; only the number of words varies. */
function queries(db: DatabaseSync): Query {
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  return (sql, ...values) => {
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, statement = db.prepare(sql));
    return statement.all(...values) as Row[];
  };
}

function apply(run: Query, { peer, restart, records, completed, activity }: SwarmChange, activityKept: number): void {
  const isNew = run("SELECT 1 FROM peers WHERE peer_id = ?", peer.peerId).length === 0;
  run(
    `INSERT INTO peers (peer_id, key, name, serial, epoch, version, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET key = excluded.key, name = excluded.name, serial = MAX(serial, excluded.serial),
       epoch = excluded.epoch, version = excluded.version, last_seen = excluded.last_seen`,
    peer.peerId,
    JSON.stringify(peer.key),
    peer.name,
    peer.serial,
    peer.index?.epoch ?? null,
    peer.index?.version ?? 0,
    peer.lastSeen,
  );
  if (isNew) forgetOldPeers(run);
  if (restart) run("UPDATE shares SET state = 'forgotten' WHERE owner = ? AND state = 'live'", peer.peerId);
  for (const signed of records) putRecord(run, peer.peerId, signed);
  if (records.length > 0) refuseTooMany(run, peer.peerId);
  for (const { ref, bytes } of completed) putCompletion(run, ref, bytes);
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

/** A forgotten share comes back with the version that it had, or a higher one; any other needs a higher one. */
function putRecord(run: Query, owner: PeerId, { record, jws }: SignedRecord): void {
  if (record.owner !== owner) throw new EssaimError("bad-record", "A record of another owner was to be stored.");
  const live = record.deleted ? undefined : record;
  run(
    `INSERT INTO shares (owner, share_id, version, state, visibility, file_id, name, norm, size, record, jws)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (owner, share_id) DO UPDATE SET version = excluded.version, state = excluded.state,
       visibility = excluded.visibility, file_id = excluded.file_id, name = excluded.name, norm = excluded.norm,
       size = excluded.size, record = excluded.record, jws = excluded.jws
     WHERE excluded.version > version OR (state = 'forgotten' AND excluded.version = version)`,
    record.owner,
    record.shareId,
    record.version,
    live ? "live" : "deleted",
    live?.visibility ?? null,
    live?.fileId ?? null,
    live?.name ?? null,
    live ? normalise(live.name) : null,
    live ? visibleSize(live) : null,
    JSON.stringify(record),
    jws,
  );
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

/** The share's own count, and the totals when anyone may see it. */
function putCompletion(run: Query, { fileId, owner, shareId }: SwarmChange["completed"][number]["ref"], bytes: number) {
  const [share] = run(
    "SELECT id, file_id, visibility FROM shares WHERE owner = ? AND share_id = ? AND state = 'live'",
    owner,
    shareId,
  );
  if (!share) return;
  const whole = share.file_id === fileId ? 1 : 0;
  run("UPDATE shares SET downloads = downloads + ? WHERE id = ?", whole, share.id!);
  if (share.visibility !== "public") return;
  run(
    `UPDATE totals SET downloads = downloads + ?, transferred = MIN(transferred + ?, ${Number.MAX_SAFE_INTEGER})`,
    whole,
    bytes,
  );
}

/** All trigrams of all words, or undefined when no word has one. Phrases need positions, which `detail=none` drops. */
function trigramQuery(words: readonly string[]): string | undefined {
  const trigrams = new Set<string>();
  for (const word of words) {
    const letters = [...word];
    for (let start = 0; start + 3 <= letters.length; start++) trigrams.add(letters.slice(start, start + 3).join(""));
  }
  if (trigrams.size === 0) return undefined;
  return [...trigrams].map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(" AND ");
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
