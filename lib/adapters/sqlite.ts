import { DatabaseSync } from "node:sqlite";
import { EssaimError } from "../core/errors.ts";
import type { Log } from "../ports.ts";

/** Larger databases are only checked page by page as they are read: a whole check would hold up the start for seconds. */
const CHECK_UP_TO_BYTES = 512 * 1024 * 1024;
/** Another process that only reads (a backup, `sqlite3`) may hold the file for a moment. */
const BUSY_TIMEOUT_MS = 5_000;

/** Primary result codes of SQLite. */
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
const RESULT_TEXTS: readonly [number, string][] = [
  [SQLITE_CORRUPT, "database disk image is malformed"],
  [SQLITE_FULL, "database or disk is full"],
  [SQLITE_NOTADB, "file is not a database"],
];

export type SqlFunctions = Readonly<Record<string, (...texts: string[]) => string | number>>;

export interface DatabaseOptions {
  /** The file; its folder exists. `:memory:` for tests. */
  readonly path: string;
  /** SQL scripts; number N (from 1) brings a database of version N-1 to N. Never edit one that was released: add. */
  readonly migrations: readonly string[];
  /** What the scripts may call; always the same answer to the same texts. */
  readonly functions?: SqlFunctions;
  /** Another connection of this program has just opened it: it is not checked for damage once more. */
  readonly checked?: boolean;
  readonly log: Log;
}

/**
 * The database at `path`, migrated. What a transaction wrote is on the disk when it returns, even if power fails.
 * A damaged file is never deleted: it is set aside as `PATH.damaged-TIME` (with its -wal and -shm), which is logged as
 * `database-damaged`, and an empty one takes its place. Throws `unreadable` when a newer program made the database, which
 * is then left untouched, and `unwritable` when it cannot be opened.
 */
export function openDatabase(
  { path, migrations, functions = {}, checked = false, log }: DatabaseOptions,
): DatabaseSync {
  try {
    return open(path, migrations, functions, checked);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = setAside(path);
    log.error("database-damaged", `The database ${path} is damaged. It was kept as ${aside} and a new one was begun.`, {
      path,
      aside,
    });
    return open(path, migrations, functions, false);
  }
}

/** Runs `work` in one transaction: all of it is stored, or nothing. Inside another transaction it becomes part of it. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work();
  try {
    db.exec("BEGIN IMMEDIATE");
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw asDatabaseError(error);
  }
}

/** What SQLite reports as an error with a code of ours; other errors as they are. */
function asDatabaseError(error: unknown): unknown {
  const code = resultCode(error);
  if (code === SQLITE_FULL) {
    return new EssaimError("disk-full", "The disk of the data folder is full. Free some space and try again.", {
      cause: error,
    });
  }
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return new EssaimError(
      "database-damaged",
      "The database is damaged. Restart: it is then set aside and begun anew.",
      {
        cause: error,
      },
    );
  }
  return error;
}

function open(
  path: string,
  migrations: readonly string[],
  functions: SqlFunctions,
  checked: boolean,
): DatabaseSync {
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(path);
  } catch (cause) {
    if (isDamage(cause)) throw cause;
    throw new EssaimError("unwritable", `Cannot open the database ${path}. Check the folder's permissions.`, { cause });
  }
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    if (version > migrations.length) {
      throw new EssaimError(
        "unreadable",
        `The database ${path} was made by a newer version of Essaim (schema ${version}; this one knows ` +
          `${migrations.length}). Start the newer version; nothing was changed.`,
      );
    }
    // FULL and not NORMAL: an acknowledged write then survives power loss too, for one fdatasync a transaction.
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    if (!checked) check(db);
    for (const [name, answer] of Object.entries(functions)) {
      db.function(name, { deterministic: true, varargs: true }, (...texts) => answer(...texts.map(String)));
    }
    migrate(db, migrations, version);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function check(db: DatabaseSync): void {
  const size = Number(
    db.prepare("SELECT page_count * page_size AS size FROM pragma_page_count, pragma_page_size").get()?.size,
  );
  if (size > CHECK_UP_TO_BYTES) return;
  const found = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (found !== "ok") throw new EssaimError("database-damaged", `The database is damaged: ${found}`);
}

function migrate(db: DatabaseSync, migrations: readonly string[], from: number): void {
  for (let version = from + 1; version <= migrations.length; version++) {
    transaction(db, () => db.exec(`${migrations[version - 1]};\nPRAGMA user_version = ${version};`));
  }
}

function setAside(path: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    try {
      Deno.renameSync(path + suffix, aside + suffix);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return aside;
}

function isDamage(error: unknown): boolean {
  if (error instanceof EssaimError) return error.code === "database-damaged";
  const code = resultCode(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

/** The primary result code; extended ones have it in their lowest byte. `exec` reports only the text (Deno 2.9). */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_SQLITE_ERROR") return undefined;
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode & 0xff;
  return RESULT_TEXTS.find(([, text]) => error.message.startsWith(text))?.[0];
}
