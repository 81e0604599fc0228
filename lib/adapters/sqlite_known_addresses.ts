import type { DatabaseSync } from "node:sqlite";
import type { PeerId } from "../core/ids.ts";
import type { KnownAddress, KnownAddressStore } from "../discovery_ports.ts";
import { transaction } from "./sqlite.ts";

/** Migration of peer.db. */
export const KNOWN_ADDRESSES = `
  CREATE TABLE known_addresses (
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('by-hand', 'met')),
    peer_id TEXT NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (host, port)
  ) STRICT, WITHOUT ROWID;
`;

export function sqliteKnownAddresses(db: DatabaseSync): KnownAddressStore {
  const list = db.prepare("SELECT * FROM known_addresses ORDER BY kind, at DESC, host, port"); // "by-hand" < "met"
  const put = db.prepare(`
    INSERT INTO known_addresses VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET kind = min(kind, excluded.kind), peer_id = excluded.peer_id, name = excluded.name, at = excluded.at`);
  const forgetOthers = db.prepare(
    "DELETE FROM known_addresses WHERE kind = 'met' AND peer_id = ? AND NOT (host = ? AND port = ?)",
  );
  const remove = db.prepare("DELETE FROM known_addresses WHERE host = ? AND port = ?");
  const forgetBefore = db.prepare("DELETE FROM known_addresses WHERE kind = 'met' AND at < ?");
  const forgetMost = db.prepare(`
    DELETE FROM known_addresses WHERE (host, port) IN (
      SELECT host, port FROM known_addresses WHERE kind = ? ORDER BY at DESC LIMIT -1 OFFSET ?)`);
  return {
    list: () => list.all().map(knownIn),
    put: ({ host, port, kind, peerId, name, at }) =>
      transaction(db, () => {
        forgetOthers.run(peerId, host, port);
        put.run(host, port, kind, peerId, name, at);
      }),
    remove: ({ host, port }) => void remove.run(host, port),
    prune: (since, most) =>
      transaction(db, () => {
        forgetBefore.run(since);
        for (const kind of ["by-hand", "met"]) forgetMost.run(kind, most);
      }),
  };
}

function knownIn({ host, port, kind, peer_id, name, at }: Record<string, unknown>): KnownAddress {
  return {
    host: String(host),
    port: Number(port),
    kind: kind === "met" ? "met" : "by-hand",
    peerId: peer_id as PeerId,
    name: String(name),
    at: Number(at),
  };
}
