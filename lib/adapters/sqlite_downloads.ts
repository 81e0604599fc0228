import type { DatabaseSync } from "node:sqlite";
import type { FileId, PeerId, ShareId } from "../core/ids.ts";
import type { DownloadRow, DownloadStore, PartRow } from "../store_ports.ts";
import { transaction } from "./sqlite.ts";

/** Part of the first migration of peer.db. `file`: "" for the only file of a download, else its path in the folder. */
export const DOWNLOAD_TABLES = `
  CREATE TABLE downloads (
    id TEXT PRIMARY KEY,
    file_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    share_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    row TEXT NOT NULL
  ) STRICT;

  CREATE TABLE parts (
    download_id TEXT NOT NULL REFERENCES downloads (id) ON DELETE CASCADE,
    file TEXT NOT NULL,
    file_id TEXT NOT NULL,
    size INTEGER NOT NULL,
    chunk_size INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    marks BLOB NOT NULL,
    closed_size INTEGER,
    closed_mtime_ms INTEGER,
    PRIMARY KEY (download_id, file)
  ) STRICT;
`;

const PROBE_BYTES = 256 * 1024;

/** Every change throws `disk-full` when there is no room for it. */
export function sqliteDownloads(db: DatabaseSync): DownloadStore {
  const list = db.prepare("SELECT row FROM downloads ORDER BY created_at, id");
  const put = db.prepare(
    `INSERT INTO downloads (id, file_id, owner, share_id, created_at, row) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET row = excluded.row`,
  );
  const remove = db.prepare("DELETE FROM downloads WHERE id = ?");
  const part = db.prepare("SELECT * FROM parts WHERE download_id = ? AND file = ?");
  const putPart = db.prepare("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const mark = db.prepare(
    "UPDATE parts SET marks = ?, closed_size = ?, closed_mtime_ms = ? WHERE download_id = ? AND file = ?",
  );
  const fill = db.prepare(`INSERT OR REPLACE INTO meta VALUES ('probe', zeroblob(${PROBE_BYTES}))`);
  const empty = db.prepare("DELETE FROM meta WHERE name = 'probe'");
  const removePart = db.prepare("DELETE FROM parts WHERE download_id = ? AND file = ?");
  return {
    list: () => list.all().map(({ row }) => parseRow(String(row))),
    put: (row) => {
      const { fileId, owner, shareId } = row.ref;
      transaction(db, () => put.run(row.id, fileId, owner, shareId, row.createdAt, JSON.stringify(row)));
    },
    remove: (id) => void transaction(db, () => remove.run(id)),
    part: (id, file) => {
      const row = part.get(id, file);
      return row === undefined ? undefined : partRow(row);
    },
    putPart: (id, file, { manifest, hashes, marks, closed }) => {
      const { id: fileId, size, chunkSize } = manifest;
      const at = [closed?.size ?? null, closed?.mtimeMs ?? null];
      transaction(db, () => putPart.run(id, file, fileId, size, chunkSize, hashes, marks, ...at));
    },
    mark: (id, file, marks, closed) => {
      transaction(db, () => mark.run(marks, closed?.size ?? null, closed?.mtimeMs ?? null, id, file));
    },
    hasRoom: () => {
      try {
        transaction(db, () => fill.run());
        transaction(db, () => empty.run());
        return true;
      } catch {
        return false;
      }
    },
    removePart: (id, file) => void transaction(db, () => removePart.run(id, file)),
  };
}

/** Written by this program, so its shape is trusted. */
function parseRow(json: string): DownloadRow {
  const row = JSON.parse(json);
  return {
    ...row,
    ref: { fileId: row.ref.fileId as FileId, owner: row.ref.owner as PeerId, shareId: row.ref.shareId as ShareId },
  };
}

function partRow(row: Record<string, unknown>): PartRow {
  return {
    manifest: { id: row.file_id as FileId, size: Number(row.size), chunkSize: Number(row.chunk_size) },
    hashes: row.hashes as Uint8Array,
    marks: row.marks as Uint8Array,
    closed: row.closed_size === null
      ? undefined
      : { size: Number(row.closed_size), mtimeMs: Number(row.closed_mtime_ms) },
  };
}
