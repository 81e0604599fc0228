import type { DatabaseSync } from "node:sqlite";
import type { ShareId, UserId } from "../core/ids.ts";
import type { Group } from "../core/local_messages.ts";
import type { ChoiceStore, GroupStore, PastContent } from "../store_ports.ts";
import { ownShareIn } from "./record_rows.ts";
import { transaction } from "./sqlite.ts";

/** Migration of peer.db. Users are JSON arrays of ids; `audience` is a `Choice` with its class. */
export const GROUPS = `
  CREATE TABLE groups (id TEXT PRIMARY KEY, name TEXT NOT NULL, users TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE choices (share_id TEXT PRIMARY KEY, users TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE chosen_groups (
    share_id TEXT NOT NULL REFERENCES choices (share_id) ON DELETE CASCADE,
    group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (share_id, group_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX shares_of_group ON chosen_groups (group_id);

  CREATE TABLE audiences (key INTEGER PRIMARY KEY, audience TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE past (
    key INTEGER PRIMARY KEY,
    path TEXT NOT NULL, -- "" where only the content counts
    file_id TEXT NOT NULL,
    audience INTEGER NOT NULL REFERENCES audiences (key),
    UNIQUE (path, file_id)
  ) STRICT;
  CREATE INDEX past_by_file ON past (file_id);
`;

const MOST_PAST = 200_000;

export function sqliteGroups(db: DatabaseSync): GroupStore {
  const list = db.prepare("SELECT * FROM groups");
  const get = db.prepare("SELECT * FROM groups WHERE id = ?");
  const put = db.prepare(
    "INSERT INTO groups VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name, users = excluded.users",
  );
  const remove = db.prepare("DELETE FROM groups WHERE id = ?");
  return {
    list: () => list.all().map(groupIn).sort((a, b) => a.name.localeCompare(b.name)),
    get(id) {
      const row = get.get(id);
      return row && groupIn(row);
    },
    put: ({ id, name, users }) => void put.run(id, name, JSON.stringify(users)),
    remove: (id) => void remove.run(id),
  };
}

export function sqliteChoices(db: DatabaseSync): ChoiceStore {
  const usersOf = db.prepare("SELECT users FROM choices WHERE share_id = ?");
  const groupsOf = db.prepare("SELECT group_id FROM chosen_groups WHERE share_id = ?");
  const forget = db.prepare("DELETE FROM choices WHERE share_id = ?");
  const put = db.prepare("INSERT INTO choices VALUES (?, ?)");
  const putGroup = db.prepare("INSERT INTO chosen_groups SELECT ?, id FROM groups WHERE id = ?");
  const naming = db.prepare("SELECT share_id FROM chosen_groups WHERE group_id = ?");
  const restricted = db.prepare(
    "SELECT EXISTS (SELECT 1 FROM share_list WHERE visibility > 0) OR EXISTS (SELECT 1 FROM past) AS found",
  );
  const restrictedBelow = db.prepare(`
    SELECT * FROM records WHERE path > ? AND path < ? AND state IN ('file', 'folder')
    AND record ->> 'visibility' <> 'public'`);
  const past = (where: string) =>
    db.prepare(
      `SELECT path, file_id AS fileId, a.audience FROM past JOIN audiences AS a ON a.key = past.audience WHERE ${where}`,
    );
  const [pastAt, pastOf] = [past("path = ? AND path <> ''"), past("file_id = ?")];
  const pastBelow = past("path > ? AND path < ?");
  const forgetAt = db.prepare("DELETE FROM past WHERE path = ? OR path > ? AND path < ?");

  return {
    of(share) {
      const users = usersOf.get(share)?.users;
      if (users === undefined) return undefined;
      return { users: usersIn(users), groups: groupsOf.all(share).map(({ group_id }) => String(group_id)) };
    },
    put: (share, { users, groups }) =>
      transaction(db, () => {
        forget.run(share);
        put.run(share, JSON.stringify(users));
        for (const group of groups) putGroup.run(share, group);
      }),
    forget: (share) => void forget.run(share),
    naming: (group) => naming.all(group).map(({ share_id }) => share_id as ShareId),
    hasRestricted: () => restricted.get()?.found === 1,
    restrictedBelow: (folder) => restrictedBelow.all(...below(folder)).map(ownShareIn),
    remember: pastWriter(db),
    pastAt: (paths) => [...paths].flatMap((path) => pastAt.all(path).map(pastIn)),
    pastOf: (file) => pastOf.all(file).map(pastIn),
    pastBelow: (folder) => pastBelow.all(...below(folder)).map(pastIn),
    forgetPast: (path) => void forgetAt.run(path, ...below(path)),
  };
}

/** `remember` of a `ChoiceStore`. */
export function pastWriter(db: DatabaseSync): ChoiceStore["remember"] {
  const putAudience = db.prepare("INSERT INTO audiences (audience) VALUES (?) ON CONFLICT DO NOTHING");
  const putPast = db.prepare(`
    INSERT OR REPLACE INTO past (path, file_id, audience)
    VALUES (?, ?, (SELECT key FROM audiences WHERE audience = ?))`);
  const dropOldest = db.prepare(`DELETE FROM past WHERE key <= (SELECT max(key) FROM past) - ${MOST_PAST}`);
  return (contents) =>
    transaction(db, () => {
      for (const { path, fileId, choice, class: classId } of contents) {
        const audience = JSON.stringify({ choice, class: classId });
        putAudience.run(audience);
        putPast.run(path, fileId, audience);
      }
      dropOldest.run();
    });
}

/** The bounds of the paths below a folder: "0" follows "/". */
function below(folder: string): [after: string, before: string] {
  const path = folder.replace(/\/$/, "");
  return [`${path}/`, `${path}0`];
}

function groupIn({ id, name, users }: Record<string, unknown>): Group {
  return { id: String(id), name: String(name), users: usersIn(users) };
}

function usersIn(users: unknown): UserId[] {
  return JSON.parse(String(users));
}

function pastIn({ path, fileId, audience }: Record<string, unknown>): PastContent {
  return { path: String(path), fileId: fileId as PastContent["fileId"], ...JSON.parse(String(audience)) };
}
