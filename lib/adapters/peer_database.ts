import type { DatabaseSync } from "node:sqlite";
import { normalise, sortKey } from "../core/search.ts";
import type { Log } from "../ports.ts";
import type { Atomically } from "../store_ports.ts";
import { openDatabase, transaction } from "./sqlite.ts";
import { ACTIVITY } from "./sqlite_activity.ts";
import { DOWNLOAD_TABLES } from "./sqlite_downloads.ts";
import { GROUPS } from "./sqlite_groups.ts";
import { KNOWN_ADDRESSES } from "./sqlite_known_addresses.ts";
import { SHARE_LIST } from "./sqlite_share_list.ts";

/** Ids and hashes are lower-case hex text, as everywhere else; hash lists and listings are bytes. Times in milliseconds. */
const FIRST = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO meta VALUES ('epoch', lower(hex(randomblob(16)))), ('version', 0);

  CREATE TABLE records (
    key INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    share_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('file', 'folder', 'withdrawn', 'gone')),
    path TEXT, -- own live and withdrawn shares
    index_version INTEGER UNIQUE, -- own shares
    record TEXT NOT NULL,
    jws TEXT NOT NULL,
    UNIQUE (owner, share_id)
  ) STRICT;
  CREATE UNIQUE INDEX records_by_path ON records (path) WHERE path IS NOT NULL;
  CREATE INDEX own_paths ON records (state, path, share_id) WHERE path IS NOT NULL; -- all that ownPaths reads

  CREATE TABLE grants (
    file_id TEXT NOT NULL,
    record_key INTEGER NOT NULL REFERENCES records (key) ON DELETE CASCADE,
    PRIMARY KEY (file_id, record_key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX grants_by_record ON grants (record_key);

  CREATE TABLE peer_keys (peer_id TEXT PRIMARY KEY, public_key TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE contents (
    path TEXT PRIMARY KEY,
    file_id TEXT NOT NULL,
    size INTEGER NOT NULL,
    chunk_size INTEGER NOT NULL,
    mtime_ms REAL NOT NULL,
    inode INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    hashes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX contents_by_file ON contents (file_id);

  CREATE TABLE listings (
    file_id TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    chunk_size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    hashes BLOB NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;

  CREATE TABLE folders (path TEXT PRIMARY KEY, inode INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** `past`: who could read an own share in earlier versions. `leased_until`: of records that others own and are not public. */
const LEASES = `
  ALTER TABLE records ADD COLUMN past TEXT;
  ALTER TABLE records ADD COLUMN leased_until INTEGER;
  ALTER TABLE peer_keys ADD COLUMN certificate TEXT;
  CREATE TABLE leases (owner TEXT PRIMARY KEY, revision INTEGER NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE people (user TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

export const PEER_MIGRATIONS: readonly string[] = [
  FIRST + DOWNLOAD_TABLES,
  SHARE_LIST,
  ACTIVITY,
  LEASES,
  GROUPS,
  KNOWN_ADDRESSES,
];

/** The database of one peer (`DATA/peer.db`), migrated; see openDatabase for damage and errors. */
export function openPeerDatabase(path: string, log: Log, migrations = PEER_MIGRATIONS): DatabaseSync {
  return openDatabase({ path, migrations, functions: { normalised: normalise, sort_key: sortKey }, log });
}

export function atomically(db: DatabaseSync): Atomically {
  return (change) => transaction(db, change);
}

/** Another number after each change made through this connection. */
export function generation(db: DatabaseSync): () => number {
  const changes = db.prepare("SELECT total_changes() AS count");
  return () => Number(changes.get()?.count);
}

/** Number of own live shares; counted again only when this peer's index changed. */
export function shareCounter(db: DatabaseSync): () => number {
  const version = db.prepare("SELECT value FROM meta WHERE name = 'version'");
  const count = db.prepare(
    "SELECT COUNT(*) AS count FROM records WHERE path IS NOT NULL AND state IN ('file', 'folder')",
  );
  let counted = { version: -1, count: 0 };
  return () => {
    const now = Number(version.get()?.value);
    if (now !== counted.version) counted = { version: now, count: Number(count.get()?.count) };
    return counted.count;
  };
}
