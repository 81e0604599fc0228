import { EssaimError } from "../core/errors.ts";

/** So long the tracker is waited for where there is an answer without it. */
export const TRACKER_WITHIN_MS = 2_000;

/** Runs `work`, given a signal that also ends it after `ms`, which is `unreachable` then. */
export async function within<T>(
  ms: number | undefined,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (ms === undefined) return await work(signal);
  const timeout = AbortSignal.timeout(ms);
  try {
    return await work(AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (!timeout.aborted || signal.aborted) throw error;
    throw new EssaimError("unreachable", "The tracker does not answer in time.");
  }
}
