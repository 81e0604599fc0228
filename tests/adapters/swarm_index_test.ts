import assert from "node:assert/strict";
import { join } from "node:path";
import { openDatabase } from "../../lib/adapters/sqlite.ts";
import { openSwarmIndex } from "../../lib/adapters/sqlite_swarm_index.ts";
import { SWARM_MIGRATIONS } from "../../lib/adapters/sqlite_swarm_schema.ts";
import { normalise } from "../../lib/core/search.ts";
import type { ShareId } from "../../lib/core/ids.ts";
import type { ShareQuery, SwarmIndex } from "../../lib/swarm_ports.ts";
import { FakeLog, fileId, MemorySwarmIndex, peerId, recordBy, shareId, userId } from "../fakes.ts";
import { swarmIndexContract } from "./swarm_index_contract.ts";
import { swarmSearchContract } from "./swarm_search_contract.ts";
import { tempDir } from "../temp.ts";

for (const contract of [swarmIndexContract, swarmSearchContract]) {
  contract("memory", () => new MemorySwarmIndex(3));
  contract("SQLite", () => openSwarmIndex({ path: ":memory:", log: new FakeLog(), activityKept: 3 }));
}

const options = (path: string, log = new FakeLog()) => ({ path, log, activityKept: 10 });
const everything: ShareQuery = {
  words: [],
  ownerWords: [],
  type: undefined,
  min: undefined,
  max: undefined,
  available: false,
  sort: "date",
  order: "desc",
  visible: "public",
  after: undefined,
  limit: 1000,
};
const change = {
  peer: {
    peerId: peerId(1),
    key: { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) },
    name: "alice",
    serial: 1,
    index: undefined,
    lastSeen: 1,
  },
  restart: false,
  completed: [],
  activity: [],
} as const;

Deno.test("the tracker's index is the same after it was opened again", async () => {
  const path = join(await tempDir(), "tracker.db");
  const records = Array.from({ length: 300 }, (_, n) => ({
    record: recordBy(peerId(1), { shareId: shareId(n), fileId: fileId(n), name: `file ${n}.txt` }),
    jws: "a.b.c",
  }));
  {
    using index = openSwarmIndex(options(path));
    index.apply({ ...change, records });
  }
  using index = openSwarmIndex(options(path));
  assert.equal(index.search({ ...everything, words: ["file"], sort: "relevance" }).length, 300);
  assert.equal(index.peer(peerId(1))?.name, "alice");
});

Deno.test("what thousands of names have in common finds the same shares, in the same order, as a plain comparison", () => {
  const records = Array.from({ length: 4_000 }, (_, n) =>
    recordBy(peerId(1 + n % 2), {
      shareId: shareId(n),
      fileId: fileId(n),
      name: `${["cours", "Cours", "un cours", "parcours"][n % 4]} ${n % 50}.${n % 3 ? "pdf" : "png"}`,
      size: (n * 31) % 97,
      visibility: n % 7 ? "public" : "class",
    }));
  using index = openSwarmIndex(options(":memory:"));
  using reference = new MemorySwarmIndex();
  for (const each of [index, reference]) {
    for (const owner of [peerId(1), peerId(2)]) {
      const own = records.filter((record) => record.owner === owner).map((record) => ({ record, jws: "a.b.c" }));
      each.apply({ ...change, peer: { ...change.peer, peerId: owner }, records: own });
    }
    each.noteCopies({
      present: [peerId(2)],
      held: records.slice(0, 100).map((ref, n) => ({ ref, peers: n % 3 })),
    });
  }
  const refs = (from: SwarmIndex, query: ShareQuery) =>
    from.search(query).map(({ signed, key }) => [signed.record.shareId, key]);
  for (const words of [["cours"], ["ours"], ["co", "pdf"], ["cours", "7"], ["par"]]) {
    for (const sort of ["relevance", "name", "size", "copies"] as const) {
      for (const filter of [{}, { type: "image" }, { available: true, order: "asc" }] as Partial<ShareQuery>[]) {
        const query = {
          ...everything,
          words,
          sort,
          ...filter,
          ...(sort === "relevance" ? { order: "desc" as const } : {}),
        };
        const first = refs(index, query);
        assert.deepEqual(first, refs(reference, query), JSON.stringify({ words, sort, filter }));
        if (first.length === 0) continue; // pictures that end in pdf
        const [shareId, key] = first[first.length >> 1]! as [ShareId, number];
        const { owner } = records[parseInt(shareId, 16)]!;
        const next = { ...query, after: { key, owner, shareId } };
        assert.deepEqual(refs(index, next), refs(reference, next), JSON.stringify({ words, sort, filter, key }));
      }
    }
  }
});

Deno.test("the history stays short however long the tracker runs, and forgets times that never were", () => {
  using index = openSwarmIndex(options(":memory:"));
  const hour = 3_600_000;
  const start = Date.parse("2026-01-01T00:00:00Z");
  index.notePresent(1, start + 10_000 * hour); // a clock that was wrong
  for (let minutes = 0; minutes < 30 * 24 * 60; minutes += 7) index.notePresent(1, start + minutes * 60_000);
  const counts = [60, 900, 3_600].map((every) => index.history(every as 60, 0).length);
  assert.ok(counts.every((count) => count > 10 && count < 200), `${counts}`);
  assert.ok(index.history(3_600, 0).every(({ from }) => from * 1000 < start + 31 * 24 * hour));
});

Deno.test("an index of the first version is searched, filtered and sorted like a new one", async () => {
  const path = join(await tempDir(), "tracker.db");
  const old = openDatabase({ path, migrations: SWARM_MIGRATIONS.slice(0, 2), log: new FakeLog() });
  old.prepare("INSERT INTO peers VALUES (?, '{}', 'Chloé', 1, NULL, 0, 1)").run(peerId(1));
  const records = [
    recordBy(peerId(1), { shareId: shareId(1), name: "Leçon 1.pdf", at: "2026-01-01T00:00:00.123456789Z" }),
    recordBy(peerId(1), { shareId: shareId(2), name: "Leçons", kind: "folder", at: "2025-01-01T00:00:00Z" }),
  ];
  const insert = old.prepare(
    `INSERT INTO shares (owner, share_id, version, state, visibility, file_id, name, norm, size, record, jws)
     VALUES (?, ?, 1, 'live', 'public', ?, ?, ?, 1000, ?, 'a.b.c')`,
  );
  for (const record of records) {
    const { owner, shareId, fileId, name } = record;
    insert.run(owner, shareId, fileId, name, normalise(name), JSON.stringify(record));
  }
  old.exec(`INSERT INTO shares (owner, share_id, version, state, record, jws)
    VALUES ('${peerId(1)}', '${
    shareId(3)
  }', 7, 'deleted', '{"version":7,"deleted":true,"at":"2025-01-01T00:00:00Z"}', 'x')`);
  old.close();
  using index = openSwarmIndex(options(path));
  for (
    const [query, expected] of [
      [{}, records],
      [{ words: ["lecon"], sort: "relevance" }, [records[1], records[0]]],
      [{ type: "document" }, [records[0]]],
      [{ type: "folder", ownerWords: ["chloe"] }, [records[1]]],
      [{ sort: "date", order: "asc" }, [records[1], records[0]]],
    ] as [Partial<ShareQuery>, unknown[]][]
  ) assert.deepEqual(index.search({ ...everything, ...query }).map(({ signed }) => signed.record), expected);
  assert.equal(index.share({ owner: peerId(1), shareId: shareId(3) })?.version, 7);
  assert.deepEqual(index.sharesOf(fileId(1), { user: userId(1) }).map(({ signed }) => signed.jws), ["a.b.c", "a.b.c"]);
});

Deno.test("a damaged database is set aside and a new one begun", async (t) => {
  const damage: Record<string, (bytes: Uint8Array) => Uint8Array> = {
    "overwritten head": (bytes) => bytes.fill(0x41, 0, 200),
    "overwritten pages": (bytes) => bytes.fill(0xaa, 5_000, 60_000),
    "cut": (bytes) => bytes.subarray(0, 30_000),
    "another file": () => new TextEncoder().encode("no database ".repeat(1000)),
  };
  for (const [name, change_] of Object.entries(damage)) {
    await t.step(name, async () => {
      const dir = await tempDir();
      const path = join(dir, "tracker.db");
      {
        using index = openSwarmIndex(options(path));
        const records = Array.from({ length: 300 }, (_, n) => ({
          record: recordBy(peerId(1), { shareId: shareId(n), name: `file ${n}.txt` }),
          jws: "a.b.c",
        }));
        index.apply({ ...change, records });
      }
      const damaged = change_(await Deno.readFile(path));
      await Deno.writeFile(path, damaged);
      const log = new FakeLog();
      using index = openSwarmIndex(options(path, log));
      assert.deepEqual(index.search(everything), []);
      index.apply({ ...change, records: [] });
      assert.deepEqual(log.codes, ["database-damaged"]);
      const aside = [...Deno.readDirSync(dir)].find((entry) => /^tracker\.db\.damaged-[^.]*\.\d+Z$/.test(entry.name));
      assert.deepEqual(await Deno.readFile(join(dir, aside!.name)), damaged);
    });
  }
});

Deno.test("a database made by a newer program is refused and left as it is", async () => {
  const path = join(await tempDir(), "tracker.db");
  openSwarmIndex(options(path))[Symbol.dispose]();
  const { DatabaseSync } = await import("node:sqlite");
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 99");
  db.close();
  assert.throws(() => openSwarmIndex(options(path)), /newer version/);
});
