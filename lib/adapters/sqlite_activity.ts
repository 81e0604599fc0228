import type { DatabaseSync } from "node:sqlite";
import { localActivitySchema } from "../core/local_messages.ts";
import type { ActivityStore } from "../store_ports.ts";
import { transaction } from "./sqlite.ts";

/** Third migration of peer.db. */
export const ACTIVITY = `
  CREATE TABLE activity (id INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT;
`;

export function sqliteActivity(db: DatabaseSync): ActivityStore {
  const newest = db.prepare("SELECT line FROM activity ORDER BY id DESC LIMIT ?");
  const add = db.prepare("INSERT OR REPLACE INTO activity VALUES (?, ?)");
  const forget = db.prepare(
    "DELETE FROM activity WHERE id <= (SELECT id FROM activity ORDER BY id DESC LIMIT 1 OFFSET ?)",
  );
  return {
    newest: (limit) => newest.all(limit).map(({ line }) => localActivitySchema.parse(JSON.parse(String(line)))),
    add: (lines, kept) =>
      transaction(db, () => {
        for (const line of lines) add.run(line.id, JSON.stringify(line));
        forget.run(kept);
      }),
  };
}
