import type { DatabaseSync } from "node:sqlite";
import type { FileId, Sha256 } from "../core/ids.ts";
import type { KnownFile } from "../core/scan.ts";
import type { Content, ContentStore } from "../store_ports.ts";
import { transaction } from "./sqlite.ts";

type Row = Record<string, unknown>;

/** Rows read at once by `below`, so that 100,000 files are never all in memory here; more of them make the heap grow. */
const PAGE = 200;

/** Hashed files and folder listings in the peer's database. */
export function sqliteContents(db: DatabaseSync): ContentStore {
  const at = db.prepare("SELECT * FROM contents WHERE path = ?");
  const of = db.prepare("SELECT * FROM contents WHERE file_id = ?");
  const between = db.prepare(
    `SELECT path, size, mtime_ms, inode, file_id FROM contents WHERE path > ? AND path < ? ORDER BY path LIMIT ${PAGE}`,
  );
  const put = db.prepare("INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const move = db.prepare("UPDATE OR REPLACE contents SET path = ? WHERE path = ?");
  const forget = db.prepare("DELETE FROM contents WHERE path = ?");
  const listing = db.prepare("SELECT * FROM listings WHERE file_id = ?");
  const putListing = db.prepare("INSERT OR REPLACE INTO listings VALUES (?, ?, ?, ?, ?, ?)");
  const dropOldListings = db.prepare(
    "DELETE FROM listings WHERE NOT EXISTS (SELECT 1 FROM grants WHERE grants.file_id = listings.file_id)",
  );
  const folder = db.prepare("SELECT inode FROM folders WHERE path = ?");
  const putFolder = db.prepare("INSERT OR REPLACE INTO folders VALUES (?, ?)");

  return {
    at(path) {
      const row = at.get(path);
      return row && contentIn(row);
    },
    of: (file) => of.all(file).map(contentIn),
    *below(path) {
      const exact = at.get(path);
      if (exact) yield knownIn(exact);
      const end = `${path.replace(/\/$/, "")}0`; // "0" follows "/": everything below the folder, by the primary key
      let after = `${path.replace(/\/$/, "")}/`;
      for (;;) {
        const rows = between.all(after, end);
        for (const row of rows) yield knownIn(row);
        if (rows.length < PAGE) return;
        after = String(rows.at(-1)?.path);
      }
    },
    put({ path, id, size, chunkSize, mtimeMs, inode, sha256, hashes }) {
      put.run(path, id, size, chunkSize, mtimeMs, inode, sha256, hashes);
    },
    move(from, to) {
      move.run(to, from);
    },
    forget(path) {
      forget.run(path);
    },
    putListing({ id, size, chunkSize, sha256, hashes }, bytes) {
      transaction(db, () => {
        dropOldListings.run();
        putListing.run(id, size, chunkSize, sha256, hashes, bytes);
      });
    },
    listing(file) {
      const row = listing.get(file);
      return row && {
        manifest: { id: file, size: Number(row.size), chunkSize: Number(row.chunk_size) },
        hashes: row.hashes as Uint8Array,
        bytes: row.bytes as Uint8Array,
      };
    },
    folderInode(path) {
      const row = folder.get(path);
      return row && Number(row.inode);
    },
    putFolderInode(path, inode) {
      putFolder.run(path, inode);
    },
  };
}

function knownIn(row: Row): KnownFile {
  return {
    path: String(row.path),
    size: Number(row.size),
    mtimeMs: Number(row.mtime_ms),
    inode: Number(row.inode),
    id: row.file_id as FileId,
  };
}

function contentIn(row: Row): Content {
  return {
    ...knownIn(row),
    chunkSize: Number(row.chunk_size),
    sha256: row.sha256 as Sha256,
    hashes: row.hashes as Uint8Array,
  };
}
