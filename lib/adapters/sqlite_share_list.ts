import type { DatabaseSync } from "node:sqlite";
import type { FileId } from "../core/ids.ts";
import { normalise, sortKey } from "../core/search.ts";
import { type ShareRecord, type Visibility, visibleSize } from "../core/share_record.ts";
import type { OwnShare, ShareList, ShareListQuery } from "../store_ports.ts";
import { ownShareIn } from "./record_rows.ts";

/** Second migration of peer.db: what own live shares are found and sorted by, so that a page reads no other record. */
export const SHARE_LIST = `
  CREATE TABLE share_list (
    key INTEGER PRIMARY KEY REFERENCES records (key) ON DELETE CASCADE,
    name TEXT NOT NULL, -- normalised, as it is searched
    sort_name TEXT NOT NULL,
    size INTEGER NOT NULL,
    at TEXT NOT NULL,
    visibility INTEGER NOT NULL
  ) STRICT;
  INSERT INTO share_list
    SELECT key, normalised(json_extract(record, '$.name')), sort_key(json_extract(record, '$.name')),
      coalesce(json_extract(record, '$.total.size'), json_extract(record, '$.size')), json_extract(record, '$.at'),
      CASE json_extract(record, '$.visibility') WHEN 'public' THEN 0 WHEN 'class' THEN 1 ELSE 2 END
    FROM records WHERE index_version IS NOT NULL AND state IN ('file', 'folder');
  CREATE INDEX share_list_name ON share_list (sort_name);
  CREATE INDEX share_list_size ON share_list (size);
  CREATE INDEX share_list_at ON share_list (at);
  CREATE INDEX share_list_visibility ON share_list (visibility);
`;

const VISIBILITIES: readonly Visibility[] = ["public", "class", "private"];
const COLUMN = { name: "sort_name", size: "size", at: "at", visibility: "visibility" } as const;
/** Folders whose chunks were counted; the count of one content never changes. */
const MAX_COUNTED = 1_000;

/** Keeps the list of own live shares as their records change. */
export function shareListWriter(db: DatabaseSync): (key: number, record: ShareRecord) => void {
  const put = db.prepare("INSERT OR REPLACE INTO share_list VALUES (?, ?, ?, ?, ?, ?)");
  const remove = db.prepare("DELETE FROM share_list WHERE key = ?");
  return (key, record) => {
    if (record.deleted) return void remove.run(key);
    const { name, at, visibility } = record;
    put.run(key, normalise(name), sortKey(name), visibleSize(record), at, VISIBILITIES.indexOf(visibility));
  };
}

export function sqliteShareList(db: DatabaseSync): ShareList {
  const all = db.prepare("SELECT COUNT(*) AS count FROM share_list");
  const chunksAt = db.prepare(`SELECT ${CHUNKS} AS count FROM contents WHERE path = ?`);
  const chunksBelow = db.prepare(`SELECT SUM(${CHUNKS}) AS count FROM contents WHERE path > ? AND path < ?`);
  const version = db.prepare("SELECT value FROM meta WHERE name = 'version'");
  const counted = new Map<FileId, number>();
  let found = { query: "", count: 0 };

  const total = (words: readonly string[]) => {
    if (words.length === 0) return Number(all.get()?.count);
    const query = JSON.stringify([version.get()?.value, words]);
    if (found.query !== query) {
      const count = db.prepare(`SELECT COUNT(*) AS count FROM share_list WHERE ${fitting(words)}`).get(...words)?.count;
      found = { query, count: Number(count) };
    }
    return found.count;
  };
  const chunksOfFolder = (path: string, file: FileId) => {
    const known = counted.get(file);
    if (known !== undefined) return known;
    const count = Number(chunksBelow.get(`${path}/`, `${path}0`)?.count ?? 0); // "0" follows "/"
    counted.set(file, count);
    if (counted.size > MAX_COUNTED) counted.delete(counted.keys().next().value!);
    return count;
  };

  const chunks = ({ path, signed: { record: { kind, fileId } } }: OwnShare) =>
    kind === "folder" ? chunksOfFolder(path, fileId) : Number(chunksAt.get(path)?.count ?? 0);

  return {
    chunks,
    page({ words, sort, order, offset, limit }: ShareListQuery) {
      // Few names have the words: going through all and sorting those beats following the order ("+" forbids the index).
      const [plus, direction] = [words.length > 0 ? "+" : "", order === "asc" ? "ASC" : "DESC"];
      const columns = [COLUMN[sort], "key"].map((column) => `${plus}${column} ${direction}`).join();
      const rows = db.prepare(
        `SELECT * FROM records JOIN (
           SELECT key AS listed FROM share_list WHERE ${fitting(words)} ORDER BY ${columns} LIMIT ? OFFSET ?
         ) ON key = listed`,
      ).all(...words, limit, offset);
      const shares = rows.map((row) => {
        const share = ownShareIn(row);
        return { ...share, chunks: chunks(share) };
      });
      return { total: total(words), shares };
    },
  };
}

const CHUNKS = "(size + chunk_size - 1) / chunk_size";

function fitting(words: readonly string[]): string {
  return words.map(() => "instr(name, ?) > 0").join(" AND ") || "TRUE";
}
