import type { DatabaseSync } from "node:sqlite";
import type { UserId } from "../core/ids.ts";
import type { PeopleStore } from "../store_ports.ts";
import { transaction } from "./sqlite.ts";

/** The people of this peer's class, as last heard. */
export function sqlitePeople(db: DatabaseSync): PeopleStore {
  const list = db.prepare("SELECT user, name FROM people ORDER BY name");
  const clear = db.prepare("DELETE FROM people");
  const add = db.prepare("INSERT OR REPLACE INTO people (user, name) VALUES (?, ?)");
  return {
    list: () => list.all().map(({ user, name }) => ({ user: user as UserId, name: String(name) })),
    replace(people) {
      transaction(db, () => {
        clear.run();
        for (const { user, name } of people) add.run(user, name);
      });
    },
  };
}
