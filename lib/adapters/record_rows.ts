import type { LiveRecord, ShareRecord, SignedRecord } from "../core/share_record.ts";
import type { OwnShare } from "../store_ports.ts";

/** A row of the table `records`; it was checked before it was stored. */
type Row = Record<string, unknown>;

export function recordIn<R extends ShareRecord>(row: Row): R {
  return JSON.parse(String(row.record));
}

export function signedIn<R extends ShareRecord>(row: Row): SignedRecord<R> {
  return { record: recordIn<R>(row), jws: String(row.jws) };
}

export function ownShareIn(row: Row): OwnShare {
  return { signed: signedIn<LiveRecord>(row), path: String(row.path), indexVersion: Number(row.index_version) };
}
