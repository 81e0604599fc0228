import type { SQLInputValue } from "node:sqlite";
import type { AuditLine, ClassDevice, ClassStore, ClassUser, OneTimeCode } from "../class_ports.ts";
import type { PeerId, UserId } from "../core/ids.ts";
import type { Log } from "../ports.ts";
import { openDatabase, transaction } from "./sqlite.ts";
import { SWARM_FUNCTIONS, SWARM_MIGRATIONS } from "./sqlite_swarm_schema.ts";

const MAX_AUDIT_LINES = 20_000;

export interface ClassStoreOptions {
  /** The tracker's database file. */
  readonly path: string;
  readonly log: Log;
  /** The swarm index has opened it before, which checks it. */
  readonly checked?: boolean;
}

/** The members of the class in the tracker's database, by a connection of its own. What it wrote survives power loss. */
export function openClassStore({ path, log, checked = false }: ClassStoreOptions): ClassStore & Disposable {
  const db = openDatabase({ path, migrations: SWARM_MIGRATIONS, functions: SWARM_FUNCTIONS, log, checked });
  const prepared = new Map<string, ReturnType<typeof db.prepare>>(); // one for each text below
  const all = (sql: string, ...values: SQLInputValue[]) => {
    if (!prepared.has(sql)) prepared.set(sql, db.prepare(sql));
    return prepared.get(sql)!.all(...values);
  };
  const atomically = <T>(change: () => T) => transaction(db, change);

  return {
    atomically,

    users: () => all("SELECT * FROM class_users").map(toUser),

    user: (id) => all("SELECT * FROM class_users WHERE user = ?", id).map(toUser)[0],

    userNamed(looks) {
      for (const look of looks) {
        const [row] = all("SELECT u.* FROM class_looks l JOIN class_users u ON u.user = l.user WHERE l.look = ?", look);
        if (row) return toUser(row);
      }
    },

    putUser: ({ user, name, state, since }, looks) =>
      atomically(() => {
        all(
          `INSERT INTO class_users (user, name, state, since) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET name = excluded.name, state = excluded.state, since = excluded.since`,
          ...[user, name, state, since],
        );
        all("DELETE FROM class_looks WHERE user = ?", user);
        if (state === "removed") return;
        for (const look of looks) all("INSERT INTO class_looks (look, user) VALUES (?, ?)", look, user);
      }),

    countUsers: () => Number(all("SELECT COUNT(*) AS n FROM class_users WHERE state <> 'removed'")[0]!.n),

    devices: () => all("SELECT * FROM class_devices ORDER BY enrolled_at, peer_id").map(toDevice),

    device: (peer) => all("SELECT * FROM class_devices WHERE peer_id = ?", peer).map(toDevice)[0],

    devicesOf: (user) =>
      all("SELECT * FROM class_devices WHERE user = ? ORDER BY enrolled_at, peer_id", user).map(toDevice),

    countDevices: (since) =>
      Number(all("SELECT COUNT(*) AS n FROM class_devices WHERE state = 'active' OR until > ?", since)[0]!.n),

    putDevice: ({ peerId, user, key, state, enrolledAt, until }) =>
      atomically(() => {
        all(
          `INSERT INTO class_devices (peer_id, user, key, state, enrolled_at, until) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET user = excluded.user, key = excluded.key, state = excluded.state,
             enrolled_at = excluded.enrolled_at, until = excluded.until`,
          ...[peerId, user, JSON.stringify(key), state, enrolledAt, until],
        );
      }),

    putCode: ({ user, hash, until }) =>
      atomically(() => {
        all("INSERT OR REPLACE INTO class_codes (hash, user, until) VALUES (?, ?, ?)", hash, user, until);
      }),

    code: (hash, now) => all("SELECT * FROM class_codes WHERE hash = ? AND until >= ?", hash, now).map(toCode)[0],

    takeCode: (hash, now) =>
      atomically(() => {
        all("DELETE FROM class_codes WHERE until < ?", now);
        return all("DELETE FROM class_codes WHERE hash = ? RETURNING *", hash).map(toCode)[0];
      }),

    dropCodes: (user) => atomically(() => void all("DELETE FROM class_codes WHERE user = ?", user)),

    note: ({ at, action, about, by }) =>
      atomically(() => {
        all("INSERT INTO class_audit (at, action, about, by) VALUES (?, ?, ?, ?)", at, action, about, by);
        all("DELETE FROM class_audit WHERE id <= (SELECT MAX(id) FROM class_audit) - ?", MAX_AUDIT_LINES);
      }),

    audit: (limit, before = Number.MAX_SAFE_INTEGER) =>
      all("SELECT * FROM class_audit WHERE id < ? ORDER BY id DESC LIMIT ?", before, limit).map(toLine),

    [Symbol.dispose]: () => db.close(),
  };
}

type Row = Record<string, unknown>;

function toUser({ user, name, state, since }: Row): ClassUser {
  return {
    user: user as UserId,
    name: String(name),
    state: state as ClassUser["state"],
    since: Number(since),
  };
}

function toDevice(row: Row): ClassDevice {
  return {
    peerId: row.peer_id as PeerId,
    user: row.user as UserId,
    key: JSON.parse(String(row.key)),
    state: row.state as ClassDevice["state"],
    enrolledAt: Number(row.enrolled_at),
    until: Number(row.until),
  };
}

function toCode({ hash, user, until }: Row): OneTimeCode {
  return { hash: String(hash), user: user as UserId, until: Number(until) };
}

function toLine({ id, at, action, about, by }: Row): AuditLine {
  return { id: Number(id), at: Number(at), action: String(action), about: String(about), by: String(by) };
}
