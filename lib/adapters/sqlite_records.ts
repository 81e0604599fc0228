import type { DatabaseSync } from "node:sqlite";
import { EssaimError } from "../core/errors.ts";
import type { FileId, PeerId, ShareId } from "../core/ids.ts";
import { type Audience, NOBODY, widened } from "../core/audience.ts";
import { certificateSchema, publicKeySchema } from "../core/messages.ts";
import { isRestricted, type LiveRecord, type ShareRecord, type SignedRecord } from "../core/share_record.ts";
import { ONLY_ME } from "../core/sharing_choice.ts";
import type { HeldRecord, OwnPath, RecordStore } from "../store_ports.ts";
import { ownShareIn, recordIn, signedIn } from "./record_rows.ts";
import { transaction } from "./sqlite.ts";
import { pastWriter } from "./sqlite_groups.ts";
import { shareListWriter } from "./sqlite_share_list.ts";

/** Rows read at once by `ownPaths`, so that its reader may pause between them; more of them make the heap grow. */
const PAGE = 200;

/** Records of `self` and of others in the peer's database. What it holds was checked before it was stored. */
export function sqliteRecords(db: DatabaseSync, self: PeerId): RecordStore {
  const meta = db.prepare("SELECT value FROM meta WHERE name = ?");
  const rise = db.prepare("UPDATE meta SET value = value + 1 WHERE name = 'version' RETURNING value");
  const find = db.prepare("SELECT * FROM records WHERE owner = ? AND share_id = ?");
  const upsert = db.prepare(`
    INSERT INTO records (owner, share_id, version, state, path, index_version, record, jws, past)
    VALUES (:owner, :share_id, :version, :state, :path, :index_version, :record, :jws, :past)
    ON CONFLICT (owner, share_id) DO UPDATE SET version = :version, state = :state, path = :path,
      index_version = :index_version, record = :record, jws = :jws, past = :past, leased_until = NULL
    RETURNING key`);
  const grantsOf = db.prepare("SELECT file_id FROM grants WHERE record_key = ?");
  const grant = db.prepare("INSERT INTO grants (file_id, record_key) VALUES (?, ?)");
  const revoke = db.prepare("DELETE FROM grants WHERE file_id = ? AND record_key = ?");
  /** The record read last: files of one folder are granted by the same one. */
  let last: { readonly text: unknown; readonly record: LiveRecord } | undefined;
  const granting = db.prepare(
    "SELECT owner, record, leased_until FROM grants JOIN records ON key = record_key WHERE file_id = ?",
  );
  const list = shareListWriter(db);
  const drop = db.prepare("DELETE FROM records WHERE key = ?");
  const remember = pastWriter(db);
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
  const key = db.prepare("SELECT public_key, certificate FROM peer_keys WHERE peer_id = ?");
  const putKey = db.prepare(
    `INSERT INTO peer_keys (peer_id, public_key, certificate) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET certificate = COALESCE(excluded.certificate, certificate)`,
  );
  const isLeased = "owner <> ? AND state IN ('file', 'folder') AND record ->> 'visibility' <> 'public'";
  const lessors = db.prepare(`SELECT DISTINCT owner FROM records WHERE ${isLeased}`);
  const leased = db.prepare(`SELECT share_id FROM records WHERE ${isLeased} AND owner = ?`);
  const lease = db.prepare("SELECT revision, until FROM leases WHERE owner = ?");
  const putLease = db.prepare(
    `INSERT INTO leases (owner, revision, until) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET revision = excluded.revision, until = excluded.until`,
  );
  const lend = db.prepare("UPDATE records SET leased_until = ? WHERE owner = ? AND share_id = ?");

  const put = (signed: SignedRecord, path: string, own: boolean, grants: Iterable<FileId>) => {
    const { record, jws } = signed;
    if ((record.owner === self) !== own) {
      throw new EssaimError("conflict", `Share ${record.shareId} belongs to ${record.owner}; this peer is ${self}.`);
    }
    transaction(db, () => {
      const known = find.get(record.owner, record.shareId);
      if (known !== undefined && Number(known.version) >= record.version) {
        if (!own && known.jws === jws) return void setGrants(Number(known.key), new Set(grants));
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
        past: own && known !== undefined ? JSON.stringify(widened(audienceIn(known), recordIn(known))) : null,
      });
      const key = Number(stored?.key);
      const lost = setGrants(key, record.deleted ? new Set() : new Set(grants));
      if (own) list(key, record);
      else if (known !== undefined) keepHidden(recordIn(known), lost);
    });
  };

  /** Those that the record does not grant any more. */
  const setGrants = (record: number, wanted: Set<FileId>): FileId[] => {
    const known = grantsOf.all(record).map(({ file_id }) => file_id as FileId);
    const lost = known.filter((file) => !wanted.has(file));
    for (const file of lost) revoke.run(file, record);
    for (const file of wanted.difference(new Set(known))) grant.run(file, record);
    return lost;
  };

  /** What others hid is shown to nobody when it is found among the shared files after their share has ended. */
  const keepHidden = (record: ShareRecord, files: readonly FileId[]) => {
    if (files.length === 0 || record.deleted || !isRestricted(record)) return;
    remember(files.map((fileId) => ({ path: "", fileId, choice: ONLY_ME, class: undefined })));
  };

  return {
    get position() {
      return { epoch: String(meta.get("epoch")?.value), version: Number(meta.get("version")?.value) };
    },
    putOwn: (signed, path, grants) => put(signed, path, true, grants),
    putForeign(signed, { key, certificate }, grants) {
      transaction(db, () => {
        putKey.run(signed.record.owner, JSON.stringify(key), certificate ?? null);
        put(signed, "", false, grants);
      });
    },
    dropForeign({ owner, shareId }) {
      const known = owner === self ? undefined : find.get(owner, shareId);
      if (known === undefined) return;
      transaction(db, () => {
        keepHidden(recordIn(known), setGrants(Number(known.key), new Set()));
        drop.run(known.key!);
      });
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
      since.all(version, limit).map((row) => ({
        signed: signedIn(row),
        indexVersion: Number(row.index_version),
        past: audienceIn(row),
      })),
    granting: (file) => granting.all(file).map(held),
    keyOf(peer) {
      const stored = key.get(peer)?.public_key;
      return stored === undefined ? undefined : publicKeySchema.parse(JSON.parse(String(stored)));
    },
    certificateOf: (peer) => certificateSchema.nullish().parse(key.get(peer)?.certificate) ?? undefined,
    lessors: () => lessors.all(self).map(({ owner }) => owner as PeerId),
    leasedShares: (owner) => leased.all(self, owner).map(({ share_id }) => share_id as ShareId),
    leaseOf(owner) {
      const row = lease.get(owner);
      return row && { revision: Number(row.revision), until: Number(row.until) };
    },
    applyLease(owner, { revision, until }, shares) {
      transaction(db, () => {
        putLease.run(owner, revision, until);
        for (const shareId of shares) lend.run(until, owner, shareId);
      });
    },
  };

  function held(row: Record<string, unknown>): HeldRecord {
    const read = last && last.text === row.record ? last : { text: row.record, record: recordIn<LiveRecord>(row) };
    last = read;
    const { record } = read;
    const isFree = row.owner === self || !isRestricted(record);
    return { ...record, until: isFree ? Infinity : Number(row.leased_until ?? 0) };
  }
}

function audienceIn({ past }: Record<string, unknown>): Audience {
  return past === null ? NOBODY : JSON.parse(String(past));
}
