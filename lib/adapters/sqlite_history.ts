import {
  BUCKET_SECONDS,
  bucketOf,
  type BucketSeconds,
  type HistoryBucket,
  keptBuckets,
  type TimedBucket,
} from "../core/history.ts";
import type { Query } from "./sqlite_share_search.ts";

/** Adds to the buckets of this moment (milliseconds since 1970), except `peers`, of which the most stays. */
export function addToHistory(run: Query, atMs: number, added: Partial<HistoryBucket>): void {
  const { peers = 0, downloads = 0, bytes = 0, shared = 0 } = added;
  if (peers + downloads + bytes + shared === 0) return;
  const now = Math.floor(atMs / 1000);
  for (const every of BUCKET_SECONDS) {
    run(
      `INSERT INTO history (every, start, peers, downloads, bytes, shared) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET peers = MAX(peers, excluded.peers), downloads = downloads + excluded.downloads,
         bytes = MIN(bytes + excluded.bytes, ${Number.MAX_SAFE_INTEGER}), shared = shared + excluded.shared`,
      every,
      bucketOf(now, every),
      peers,
      downloads,
      bytes,
      shared,
    );
    const { from, to } = keptBuckets(every, now);
    run("DELETE FROM history WHERE every = ? AND (start < ? OR start > ?)", every, from, to);
  }
}

export function readHistory(run: Query, every: BucketSeconds, from: number): TimedBucket[] {
  return run("SELECT * FROM history WHERE every = ? AND start >= ? ORDER BY start", every, from).map((row) => ({
    from: Number(row.start),
    peers: Number(row.peers),
    downloads: Number(row.downloads),
    bytes: Number(row.bytes),
    shared: Number(row.shared),
  }));
}
