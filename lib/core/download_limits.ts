import type { Config } from "./config.ts";
import type { DownloadLimits } from "./download_state.ts";

/** A limited download keeps so few requests open that each still moves fast enough not to look stalled. */
const BYTES_A_SECOND_PER_REQUEST = 128 * 1024;

/** What the configuration means for one download. */
export function downloadLimits({ limits, chunking }: Config): DownloadLimits {
  const { downloadRate, downloadRatePerPeer, requestsPerPeer, peersPerDownload, stallTimeout } = limits;
  const keptMoving = (rate: number) => Math.max(1, Math.floor(rate / BYTES_A_SECOND_PER_REQUEST));
  return {
    requestsPerPeer: Math.min(requestsPerPeer, keptMoving(downloadRatePerPeer)),
    peers: peersPerDownload,
    requests: keptMoving(downloadRate),
    stallMs: stallTimeout,
    threshold: chunking.threshold,
  };
}
