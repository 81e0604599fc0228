import type { HistoryReply } from "../../lib/core/messages.ts";

/** Buckets that become one row, so that no table is longer than some thirty rows. */
const TOGETHER = { hour: 5, day: 4, week: 6 } as const;

export interface HistoryRow {
  /** Seconds since 1970. */
  readonly at: number;
  readonly bytes: number;
  readonly downloads: number;
  readonly shared: number;
  readonly peers: number;
}

/** The history in rows to read, newest first, without those in which nothing was. */
export function visibleRows({ range, everySeconds, from, buckets }: HistoryReply): HistoryRow[] {
  const start = Date.parse(from) / 1000;
  const rows = Array.from({ length: Math.ceil(buckets.length / TOGETHER[range]) }, (_, index) => {
    const some = buckets.slice(index * TOGETHER[range], (index + 1) * TOGETHER[range]);
    return {
      at: start + index * TOGETHER[range] * everySeconds,
      bytes: some.reduce((sum, { bytes }) => sum + bytes, 0),
      downloads: some.reduce((sum, { downloads }) => sum + downloads, 0),
      shared: some.reduce((sum, { shared }) => sum + shared, 0),
      peers: Math.max(...some.map(({ peers }) => peers)),
    };
  });
  return rows.filter(({ bytes, downloads, shared, peers }) => bytes + downloads + shared + peers > 0).reverse();
}
