import assert from "node:assert/strict";
import { openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteKnownAddresses } from "../../lib/adapters/sqlite_known_addresses.ts";
import type { KnownAddress } from "../../lib/discovery_ports.ts";
import { FakeLog, peerId } from "../fakes.ts";

function at(host: string, changes: Partial<KnownAddress> = {}): KnownAddress {
  return { host, port: 5001, kind: "met", peerId: peerId(2), name: "bob", at: 1_000, ...changes };
}

Deno.test("addresses are kept over restarts, those typed by hand first, then the latest", async () => {
  const folder = await Deno.makeTempDir({ prefix: "essaim-known-" });
  try {
    const open = () => openPeerDatabase(`${folder}/peer.db`, new FakeLog());
    let db = open();
    const store = sqliteKnownAddresses(db);
    store.put(at("10.0.0.2", { peerId: peerId(2) }));
    store.put(at("10.0.0.3", { peerId: peerId(3), at: 2_000 }));
    store.put(at("fd00::4", { peerId: peerId(4), kind: "by-hand", at: 500 }));
    store.put(at("fd00::4", { peerId: peerId(4), kind: "met", at: 3_000, name: "dave" }));
    db.close();
    db = open();
    const again = sqliteKnownAddresses(db);
    assert.deepEqual(again.list(), [
      at("fd00::4", { peerId: peerId(4), kind: "by-hand", at: 3_000, name: "dave" }),
      at("10.0.0.3", { peerId: peerId(3), at: 2_000 }),
      at("10.0.0.2"),
    ]);
    again.put(at("10.0.0.20", { at: 4_000 }));
    assert.deepEqual(again.list().map(({ host }) => host), ["fd00::4", "10.0.0.20", "10.0.0.3"], "bob has moved");
    again.remove({ host: "fd00::4", port: 5001 });
    again.remove({ host: "10.0.0.3", port: 5002 });
    again.prune(3_000, 200);
    assert.deepEqual(again.list().map(({ host }) => host), ["10.0.0.20"]);
    db.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("of each kind only the latest are kept when there are too many", () => {
  const db = openPeerDatabase(":memory:", new FakeLog());
  const store = sqliteKnownAddresses(db);
  for (let n = 0; n < 5; n++) {
    store.put(at(`10.0.0.${n}`, { peerId: peerId(n), at: n }));
    store.put(at(`10.0.1.${n}`, { peerId: peerId(9 + n), at: n, kind: "by-hand" }));
  }
  store.prune(0, 2);
  assert.deepEqual(store.list().map(({ host }) => host), ["10.0.1.4", "10.0.1.3", "10.0.0.4", "10.0.0.3"]);
  db.close();
});
