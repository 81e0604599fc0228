import type { DatabaseSync } from "node:sqlite";
import { EssaimError } from "../core/errors.ts";
import type { FileId, PeerId } from "../core/ids.ts";
import { publicKeySchema } from "../core/messages.ts";
import type { LiveRecord, SignedRecord } from "../core/share_record.ts";
import type { OwnPath, RecordStore } from "../ports.ts";
import { ownShareIn, recordIn, signedIn } from "./record_rows.ts";
import { transaction } from "./sqlite.ts";
import { shareListWriter } from "./sqlite_share_list.ts";

/** Rows read at once by `ownPaths`, so that its reader may pause between them; more of them make the heap grow. */
const PAGE = 200;

/** Records of `self` and of others in the peer's database. What it holds was checked before it was stored. */
export function sqliteRecords(db: DatabaseSync, self: PeerId): RecordStore {
  const meta = db.prepare("SELECT value FROM meta WHERE name = ?");
  const rise = db.prepare("UPDATE meta SET value = value + 1 WHERE name = 'version' RETURNING value");
  const find = db.prepare("SELECT * FROM records WHERE owner = ? AND share_id = ?");
  const upsert = db.prepare(`
    INSERT INTO records (owner, share_id, version, state, path, index_version, record, jws)
    VALUES (:owner, :share_id, :version, :state, :path, :index_version, :record, :jws)
    ON CONFLICT (owner, share_id) DO UPDATE SET version = :version, state = :state, path = :path,
      index_version = :index_version, record = :record, jws = :jws
    RETURNING key`);
  const grantsOf = db.prepare("SELECT file_id FROM grants WHERE record_key = ?");
  const grant = db.prepare("INSERT INTO grants (file_id, record_key) VALUES (?, ?)");
  const revoke = db.prepare("DELETE FROM grants WHERE file_id = ? AND record_key = ?");
  const granting = db.prepare("SELECT record FROM grants JOIN records ON key = record_key WHERE file_id = ?");
  const list = shareListWriter(db);
  const drop = db.prepare("DELETE FROM records WHERE owner = ? AND share_id = ? AND owner <> ?");
  const live = db.prepare(
    "SELECT * FROM records WHERE owner = ? AND state IN ('file', 'folder') ORDER BY index_version",
  );
  const own = db.prepare("SELECT * FROM records WHERE owner = ? AND share_id = ? AND state IN ('file', 'folder')");
  const at = db.prepare("SELECT * FROM records WHERE path = ? AND state IN ('file', 'folder')");
  const paths = db.prepare(
    `SELECT state, path, share_id AS shareId FROM records INDEXED BY own_paths
     WHERE path IS NOT NULL AND (state, path) < (?, ?) ORDER BY state DESC, path DESC LIMIT ${PAGE}`,
  );
  const since = db.prepare("SELECT * FROM records WHERE index_version > ? ORDER BY index_version LIMIT ?");
  const key = db.prepare("SELECT public_key FROM peer_keys WHERE peer_id = ?");
  const putKey = db.prepare("INSERT INTO peer_keys VALUES (?, ?) ON CONFLICT DO NOTHING");

  const put = (signed: SignedRecord, path: string, own: boolean, grants: Iterable<FileId>) => {
    const { record, jws } = signed;
    if ((record.owner === self) !== own) {
      throw new EssaimError("conflict", `Share ${record.shareId} belongs to ${record.owner}; this peer is ${self}.`);
    }
    transaction(db, () => {
      const known = find.get(record.owner, record.shareId);
      if (known !== undefined && Number(known.version) >= record.version) {
        if (!own && known.jws === jws) return setGrants(Number(known.key), new Set(grants));
        throw new EssaimError(
          "conflict",
          `Version ${record.version} of share ${record.shareId} is not newer than the stored one (${known.version}).`,
        );
      }
      const stored = upsert.get({
        owner: record.owner,
        share_id: record.shareId,
        version: record.version,
        state: record.deleted ? (path === "" ? "gone" : "withdrawn") : record.kind,
        path: path === "" ? null : path,
        index_version: own ? Number(rise.get()?.value) : null,
        record: JSON.stringify(record),
        jws,
      });
      const key = Number(stored?.key);
      setGrants(key, record.deleted ? new Set() : new Set(grants));
      if (own) list(key, record);
    });
  };

  const setGrants = (record: number, wanted: Set<FileId>) => {
    for (const row of grantsOf.all(record)) {
      const file = row.file_id as FileId;
      if (!wanted.delete(file)) revoke.run(file, record);
    }
    for (const file of wanted) grant.run(file, record);
  };

  return {
    get position() {
      return { epoch: String(meta.get("epoch")?.value), version: Number(meta.get("version")?.value) };
    },
    putOwn: (signed, path, grants) => put(signed, path, true, grants),
    putForeign(signed, publicKey, grants) {
      transaction(db, () => {
        putKey.run(signed.record.owner, JSON.stringify(publicKey));
        put(signed, "", false, grants);
      });
    },
    dropForeign({ owner, shareId }) {
      drop.run(owner, shareId, self);
    },
    get({ owner, shareId }) {
      const row = find.get(owner, shareId);
      return row && signedIn(row);
    },
    ownShares: () => live.all(self).map(ownShareIn),
    ownShare(shareId) {
      const row = own.get(self, shareId);
      return row && ownShareIn(row);
    },
    ownShareAt(path) {
      const row = at.get(path);
      return row && ownShareIn(row);
    },
    *ownPaths() {
      let last = ["x", ""]; // follows "withdrawn"
      for (;;) {
        const rows = paths.all(...last);
        for (const { path, shareId, state } of rows as unknown as OwnPath[]) yield { path, shareId, state };
        if (rows.length < PAGE) return;
        last = [String(rows.at(-1)?.state), String(rows.at(-1)?.path)];
      }
    },
    changesSince: (version, limit) =>
      since.all(version, limit).map((row) => ({ signed: signedIn(row), indexVersion: Number(row.index_version) })),
    granting: (file) => granting.all(file).map((row) => recordIn<LiveRecord>(row)),
    keyOf(peer) {
      const stored = key.get(peer)?.public_key;
      return stored === undefined ? undefined : publicKeySchema.parse(JSON.parse(String(stored)));
    },
  };
}
