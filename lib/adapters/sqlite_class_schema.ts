/**
 * Who belongs to the class, in the tracker's database. `class_looks`: what the name of each user that is not removed may be
 * taken for (see lib/core/member_names.ts), so that no two users are called the same. `state` as in lib/class_ports.ts.
 */
export const CLASS_SCHEMA = `
  CREATE TABLE class_users (
    user TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE class_looks (
    look TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES class_users
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX class_looks_of_user ON class_looks (user);
  CREATE TABLE class_devices (
    peer_id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES class_users, key TEXT NOT NULL, state TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL, until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX class_devices_of_user ON class_devices (user);
  CREATE TABLE class_codes (
    hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES class_users, until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX class_codes_of_user ON class_codes (user);
  CREATE TABLE class_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL, action TEXT NOT NULL, about TEXT NOT NULL, by TEXT NOT NULL
  ) STRICT;
`;
