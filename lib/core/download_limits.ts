import type { Config } from "./config.ts";
import type { DownloadLimits } from "./download_state.ts";

/** A limited download keeps so few requests open that each still moves fast enough not to look stalled. */
const BYTES_A_SECOND_PER_REQUEST = 128 * 1024;

/** What the configuration means for one download. */
export function downloadLimits({ limits, chunking }: Config): DownloadLimits {
  const { downloadRate, requestsPerPeer, peersPerDownload, stallTimeout } = limits;
  return {
    requestsPerPeer,
    peers: peersPerDownload,
    requests: Math.max(1, Math.floor(downloadRate / BYTES_A_SECOND_PER_REQUEST)),
    stallMs: stallTimeout,
    threshold: chunking.threshold,
  };
}
