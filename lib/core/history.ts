/** What was given over time, in buckets of one length each. Times in seconds since 1970, UTC. */

/** Lengths of buckets, in seconds; all divide an hour, so that any local midnight (they differ by quarters) begins one. */
export const BUCKET_SECONDS = [60, 900, 3_600] as const;
export type BucketSeconds = (typeof BUCKET_SECONDS)[number];

export const HISTORY_RANGES = ["hour", "day", "week"] as const;
export type HistoryRange = (typeof HISTORY_RANGES)[number];

const RANGES: Readonly<Record<HistoryRange, { readonly everySeconds: BucketSeconds; readonly count: number }>> = {
  hour: { everySeconds: 60, count: 60 },
  day: { everySeconds: 900, count: 96 },
  week: { everySeconds: 3_600, count: 168 },
};
/** A day has up to 25 hours, and "today" is counted in quarters. */
const KEPT_SECONDS: Readonly<Record<BucketSeconds, number>> = { 60: 7_200, 900: 2 * 86_400, 3_600: 8 * 86_400 };

/** Only of what anyone may see. */
export interface HistoryBucket {
  /** Most peers present at once. */
  readonly peers: number;
  /** Finished downloads. */
  readonly downloads: number;
  /** Bytes that went from peer to peer. */
  readonly bytes: number;
  /** Files and folders that began to be shared. */
  readonly shared: number;
}

export interface TimedBucket extends HistoryBucket {
  /** When it begins. */
  readonly from: number;
}

export interface HistoryWindow {
  readonly everySeconds: BucketSeconds;
  readonly from: number;
  readonly count: number;
}

const EMPTY: HistoryBucket = { peers: 0, downloads: 0, bytes: 0, shared: 0 };

/** When the bucket of a moment begins. */
export function bucketOf(seconds: number, everySeconds: BucketSeconds): number {
  return Math.floor(seconds / everySeconds) * everySeconds;
}

/** The buckets of a range; the last one is that of `now`. */
export function windowOf(range: HistoryRange, now: number): HistoryWindow {
  const { everySeconds, count } = RANGES[range];
  return { everySeconds, count, from: bucketOf(now, everySeconds) - (count - 1) * everySeconds };
}

/** Buckets that begin in this interval are kept; later ones come from a clock that was wrong. */
export function keptBuckets(everySeconds: BucketSeconds, now: number): { from: number; to: number } {
  return { from: bucketOf(now, everySeconds) - KEPT_SECONDS[everySeconds], to: bucketOf(now, everySeconds) };
}

/** One bucket for each place of the window, empty where nothing is known. */
export function filled({ everySeconds, from, count }: HistoryWindow, known: Iterable<TimedBucket>): HistoryBucket[] {
  const byStart = new Map([...known].map(({ from, ...bucket }) => [from, bucket]));
  return Array.from({ length: count }, (_, index) => byStart.get(from + index * everySeconds) ?? EMPTY);
}

export function totalOf(buckets: Iterable<HistoryBucket>): Pick<HistoryBucket, "downloads" | "bytes" | "shared"> {
  let [downloads, bytes, shared] = [0, 0, 0];
  for (const bucket of buckets) {
    downloads += bucket.downloads;
    bytes = Math.min(bytes + bucket.bytes, Number.MAX_SAFE_INTEGER);
    shared += bucket.shared;
  }
  return { downloads, bytes, shared };
}
