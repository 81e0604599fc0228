import assert from "node:assert/strict";
import { join } from "node:path";
import { openDatabase, transaction } from "../../lib/adapters/sqlite.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { FakeLog } from "../fakes.ts";
import { tempDir } from "../temp.ts";

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof EssaimError) return error.code;
    throw error;
  }
};

Deno.test("a database is migrated step by step and keeps what it has", async () => {
  const path = join(await tempDir(), "a.db");
  const log = new FakeLog();
  const first = openDatabase({ path, migrations: ["CREATE TABLE t (a)"], log });
  first.exec("INSERT INTO t VALUES (1)");
  first.close();
  const migrations = ["CREATE TABLE t (a)", "ALTER TABLE t ADD COLUMN b DEFAULT 7", "CREATE INDEX i ON t (b)"];
  const second = openDatabase({ path, migrations, log });
  assert.deepEqual({ ...second.prepare("SELECT * FROM t").get() }, { a: 1, b: 7 });
  second.close();
  assert.equal(codeOf(() => openDatabase({ path, migrations: migrations.slice(0, 1), log })), "unreadable");
  assert.deepEqual(log.codes, []);
});

Deno.test("a migration that fails leaves the database at the version before", async () => {
  const path = join(await tempDir(), "a.db");
  const log = new FakeLog();
  const broken = ["CREATE TABLE t (a)", "CREATE TABLE u (a); CREATE TABLE t (a)"];
  assert.throws(() => openDatabase({ path, migrations: broken, log }));
  const db = openDatabase({ path, migrations: ["CREATE TABLE t (a)", "CREATE TABLE u (b)"], log });
  assert.deepEqual(db.prepare("SELECT name FROM pragma_table_info('u')").all().map(({ name }) => name), ["b"]);
  db.close();
});

Deno.test("a transaction is stored whole or not at all, also as a part of another", () => {
  const db = openDatabase({ path: ":memory:", migrations: ["CREATE TABLE t (a)"], log: new FakeLog() });
  const count = () => db.prepare("SELECT COUNT(*) AS n FROM t").get()!.n;
  assert.throws(() =>
    transaction(db, () => {
      transaction(db, () => db.exec("INSERT INTO t VALUES (1)"));
      throw new Error("stop");
    }), /stop/);
  assert.equal(count(), 0);
  assert.equal(transaction(db, () => db.exec("INSERT INTO t VALUES (1)") ?? 5), 5);
  assert.equal(count(), 1);
  db.close();
});

Deno.test("a full disk is told as such and what was stored before stays", async () => {
  const path = join(await tempDir(), "a.db");
  const db = openDatabase({ path, migrations: ["CREATE TABLE t (a)"], log: new FakeLog() });
  db.exec("INSERT INTO t VALUES ('kept'); PRAGMA max_page_count = 10");
  const fill = () => transaction(db, () => db.exec("INSERT INTO t VALUES (zeroblob(1000000))"));
  assert.equal(codeOf(fill), "disk-full");
  assert.deepEqual(db.prepare("SELECT a FROM t").all().map(({ a }) => a), ["kept"]);
  db.close();
});

Deno.test("a folder in place of the database is refused, not set aside", async () => {
  const path = await tempDir();
  assert.equal(codeOf(() => openDatabase({ path, migrations: [], log: new FakeLog() })), "unwritable");
  assert.ok((await Deno.stat(path)).isDirectory);
});
