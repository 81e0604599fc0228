/**
 * The database of what neighbours share. Its names are those of the tracker's (see `sqlite_swarm_schema.ts`), so that the
 * same search goes through both. `state` is always "live". `bytes`: of a record; of a peer, of all its records.
 */
export const NEIGHBOUR_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE peers (
    peer_id TEXT PRIMARY KEY, key TEXT NOT NULL, certificate TEXT, name TEXT NOT NULL, norm TEXT NOT NULL,
    epoch TEXT, version INTEGER NOT NULL DEFAULT 0, asked_as TEXT NOT NULL, last_seen INTEGER NOT NULL,
    shares INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE shares (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL REFERENCES peers ON DELETE CASCADE, share_id TEXT NOT NULL, version INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'live', visibility TEXT NOT NULL, user TEXT, file_id TEXT NOT NULL,
    name TEXT NOT NULL, norm TEXT NOT NULL, size INTEGER NOT NULL, type TEXT NOT NULL, at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    UNIQUE (owner, share_id)
  ) STRICT;
  CREATE TABLE records (
    share INTEGER PRIMARY KEY REFERENCES shares ON DELETE CASCADE, record TEXT NOT NULL, jws TEXT NOT NULL
  ) STRICT;
  CREATE TABLE readers (
    share INTEGER NOT NULL REFERENCES shares ON DELETE CASCADE, user TEXT NOT NULL, PRIMARY KEY (share, user)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX shares_of_file ON shares (file_id) WHERE state = 'live';
  CREATE INDEX shares_by_id ON shares (share_id) WHERE state = 'live';
  CREATE INDEX shares_by_name ON shares (substr(norm, 1, 60), id) WHERE state = 'live';
  CREATE INDEX shares_by_size ON shares (size, id) WHERE state = 'live';
  CREATE INDEX shares_by_date ON shares (at, id) WHERE state = 'live';
  CREATE INDEX restricted_shares ON shares (owner) WHERE visibility <> 'public';
  CREATE VIRTUAL TABLE names USING fts5 (
    norm, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1'
  );
  CREATE VIRTUAL TABLE words USING fts5 (
    norm, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4 5 6 7 8',
    tokenize = "ascii tokenchars '$+<=>^\`|~'"
  );
  CREATE TRIGGER share_came AFTER INSERT ON shares
    BEGIN
      INSERT INTO names (rowid, norm) VALUES (new.id, new.norm);
      INSERT INTO words (rowid, norm) VALUES (new.id, new.norm);
      UPDATE peers SET shares = shares + 1, bytes = bytes + new.bytes WHERE peer_id = new.owner;
    END;
  CREATE TRIGGER share_renamed AFTER UPDATE OF norm ON shares WHEN new.norm IS NOT old.norm
    BEGIN
      DELETE FROM names WHERE rowid = old.id;
      DELETE FROM words WHERE rowid = old.id;
      INSERT INTO names (rowid, norm) VALUES (new.id, new.norm);
      INSERT INTO words (rowid, norm) VALUES (new.id, new.norm);
    END;
  CREATE TRIGGER share_changed AFTER UPDATE OF bytes ON shares
    BEGIN UPDATE peers SET bytes = bytes + new.bytes - old.bytes WHERE peer_id = new.owner; END;
  CREATE TRIGGER share_gone AFTER DELETE ON shares
    BEGIN
      DELETE FROM names WHERE rowid = old.id;
      DELETE FROM words WHERE rowid = old.id;
      UPDATE peers SET shares = shares - 1, bytes = bytes - old.bytes WHERE peer_id = old.owner;
    END;
`,
];
