import { fileType } from "../core/file_type.ts";
import { normalise } from "../core/search.ts";
import { CLASS_SCHEMA } from "./sqlite_class_schema.ts";

/** What the scripts below call. */
export const SWARM_FUNCTIONS = {
  normalise,
  file_type: (name: string, kind: string) => fileType(name, kind === "folder" ? "folder" : "file"),
  time_of: (at: string) => Date.parse(at) || 0,
};

/**
 * The tracker's database, see `openDatabase`; its functions are `normalise`, `file_type` and `time_of`.
 *
 * `state`: `live`, `down` (the teacher took its content down), `deleted` (a tombstone, with the visibility of its last
 * version) or `forgotten` (its owner's index began again: only the version counts).
 * `names` is an index over `shares.norm`, of forgotten shares too, because they soon come back. With `detail=none` it
 * finds candidates, which are then compared in full. `words` is one of beginnings of words, which are what stands between
 * spaces. The long records stand apart, so that going through many shares reads little. `history` has one row a bucket of
 * `every` seconds, see `lib/core/history.ts`.
 */
export const SWARM_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE peers (
    peer_id TEXT PRIMARY KEY, key TEXT NOT NULL, name TEXT NOT NULL, serial INTEGER NOT NULL,
    epoch TEXT, version INTEGER NOT NULL DEFAULT 0, last_seen INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX peers_by_age ON peers (last_seen);
  CREATE TABLE shares (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL REFERENCES peers ON DELETE CASCADE, share_id TEXT NOT NULL, version INTEGER NOT NULL,
    state TEXT NOT NULL, visibility TEXT, file_id TEXT, name TEXT, norm TEXT, size INTEGER,
    record TEXT NOT NULL, jws TEXT NOT NULL, downloads INTEGER NOT NULL DEFAULT 0,
    UNIQUE (owner, share_id)
  ) STRICT;
  CREATE INDEX shares_of_file ON shares (file_id) WHERE state = 'live';
  CREATE INDEX public_shares ON shares (file_id, size) WHERE state = 'live' AND visibility = 'public';
  CREATE INDEX fetched_shares ON shares (downloads) WHERE state = 'live' AND visibility = 'public' AND downloads > 0;
  CREATE VIRTUAL TABLE names USING fts5 (
    norm, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
  );
  CREATE TRIGGER share_came AFTER INSERT ON shares WHEN new.norm IS NOT NULL
    BEGIN INSERT INTO names (rowid, norm) VALUES (new.id, new.norm); END;
  CREATE TRIGGER share_renamed AFTER UPDATE OF norm ON shares WHEN new.norm IS NOT old.norm
    BEGIN
      DELETE FROM names WHERE rowid = old.id;
      INSERT INTO names (rowid, norm) SELECT new.id, new.norm WHERE new.norm IS NOT NULL;
    END;
  CREATE TRIGGER share_gone AFTER DELETE ON shares WHEN old.norm IS NOT NULL
    BEGIN DELETE FROM names WHERE rowid = old.id; END;
  CREATE TABLE activity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL, kind TEXT NOT NULL, peer TEXT NOT NULL, name TEXT, file_id TEXT, bytes INTEGER
  ) STRICT;
  CREATE TABLE totals (downloads INTEGER NOT NULL, transferred INTEGER NOT NULL, since INTEGER NOT NULL) STRICT;
  INSERT INTO totals VALUES (0, 0, CAST(unixepoch('subsec') * 1000 AS INTEGER));
`,
  `
  CREATE INDEX shares_by_id ON shares (share_id) WHERE state = 'live';
`,
  `
  CREATE TABLE records (
    share INTEGER PRIMARY KEY REFERENCES shares ON DELETE CASCADE, record TEXT NOT NULL, jws TEXT NOT NULL
  ) STRICT;
  INSERT INTO records SELECT id, record, jws FROM shares;
  ALTER TABLE shares DROP COLUMN record;
  ALTER TABLE shares DROP COLUMN jws;
  ALTER TABLE shares ADD COLUMN type TEXT;
  ALTER TABLE shares ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
  UPDATE shares SET at = time_of(r.record ->> 'at'), type = CASE WHEN state = 'deleted' THEN NULL ELSE file_type(name, r.record ->> 'kind') END
    FROM records r WHERE r.share = shares.id;
  ALTER TABLE peers ADD COLUMN norm TEXT NOT NULL DEFAULT '';
  UPDATE peers SET norm = normalise(name);
  CREATE INDEX shares_by_name ON shares (substr(norm, 1, 60), id) WHERE state = 'live';
  CREATE INDEX shares_by_size ON shares (size, id) WHERE state = 'live';
  CREATE INDEX shares_by_date ON shares (at, id) WHERE state = 'live';
  CREATE VIRTUAL TABLE words USING fts5 (
    norm, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4 5 6 7 8',
    tokenize = "ascii tokenchars '$+<=>^\`|~'"
  );
  INSERT INTO words (rowid, norm) SELECT id, norm FROM shares WHERE norm IS NOT NULL;
  DROP TRIGGER share_came;
  DROP TRIGGER share_renamed;
  DROP TRIGGER share_gone;
  CREATE TRIGGER share_came AFTER INSERT ON shares WHEN new.norm IS NOT NULL
    BEGIN
      INSERT INTO names (rowid, norm) VALUES (new.id, new.norm);
      INSERT INTO words (rowid, norm) VALUES (new.id, new.norm);
    END;
  CREATE TRIGGER share_renamed AFTER UPDATE OF norm ON shares WHEN new.norm IS NOT old.norm
    BEGIN
      DELETE FROM names WHERE rowid = old.id;
      DELETE FROM words WHERE rowid = old.id;
      INSERT INTO names (rowid, norm) SELECT new.id, new.norm WHERE new.norm IS NOT NULL;
      INSERT INTO words (rowid, norm) SELECT new.id, new.norm WHERE new.norm IS NOT NULL;
    END;
  CREATE TRIGGER share_gone AFTER DELETE ON shares WHEN old.norm IS NOT NULL
    BEGIN
      DELETE FROM names WHERE rowid = old.id;
      DELETE FROM words WHERE rowid = old.id;
    END;
`,
  `
  CREATE TABLE history (
    every INTEGER NOT NULL, start INTEGER NOT NULL,
    peers INTEGER NOT NULL, downloads INTEGER NOT NULL, bytes INTEGER NOT NULL, shared INTEGER NOT NULL,
    PRIMARY KEY (every, start)
  ) STRICT, WITHOUT ROWID;
`,
  `
  ALTER TABLE shares ADD COLUMN user TEXT;
  ALTER TABLE peers ADD COLUMN user TEXT;
  CREATE TABLE readers (
    share INTEGER NOT NULL REFERENCES shares ON DELETE CASCADE, user TEXT NOT NULL, PRIMARY KEY (share, user)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE leases (
    owner TEXT PRIMARY KEY REFERENCES peers ON DELETE CASCADE,
    revision INTEGER NOT NULL, lease TEXT NOT NULL, certificate TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE taken_down (file_id TEXT PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`,
  CLASS_SCHEMA,
  `
  CREATE TABLE counted (peer TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (peer, id)) STRICT, WITHOUT ROWID;
  CREATE INDEX counted_by_age ON counted (at);
`,
];
