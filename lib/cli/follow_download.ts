import { EssaimError } from "../core/errors.ts";
import type { Download } from "../core/local_messages.ts";
import { commandLine } from "./command_line.ts";
import { findDownload } from "./downloads.ts";
import type { LocalApi } from "./local_api.ts";

/** After so long without an event the list is asked: a fast download may begin and end between two events. */
const SHORTEST_SILENCE_MS = 25;
const LONGEST_SILENCE_MS = 1_000;
const GONE_AFTER_MS = 10_000; // a peer that restarts is back by then
const RETRY_MS = 300;

/** Events from now on; opened before the download is asked for, so that even a fast one is seen ending. */
export interface Following extends Disposable {
  /** The states of one download, beginning with `first`, until it is complete or failed, or `signal` aborts. */
  of(first: Download, signal: AbortSignal): AsyncGenerator<Download>;
}

/** Throws `not-running` when there is no peer; a peer without events is asked again and again. */
export async function startFollowing(api: LocalApi): Promise<Following> {
  const end = new AbortController();
  let events: AsyncIterator<Download> | undefined = await open(api, end.signal);
  return {
    [Symbol.dispose]: () => end.abort(),
    async *of(first, signal) {
      signal.addEventListener("abort", () => end.abort(), { once: true });
      let state = first;
      yield state;
      let lastAnswer = performance.now();
      let next = events?.next();
      let patience = SHORTEST_SILENCE_MS;
      while (!ended(state) && !signal.aborted) {
        try {
          const silence = Math.min(patience, ((state.secondsLeft ?? Infinity) * 1_000) / 2);
          const event = await within(Math.max(SHORTEST_SILENCE_MS, silence), next, signal);
          patience = Math.min(LONGEST_SILENCE_MS, patience * 1.5);
          if (event?.done) throw new EssaimError("not-running", "The events ended.");
          if (event) next = events?.next();
          if (event && event.value.id !== first.id) continue;
          state = event?.value ?? findDownload(await api.downloads(), first.id);
          lastAnswer = performance.now();
          if (!signal.aborted) yield state;
        } catch (error) {
          if (signal.aborted) return;
          if (error instanceof EssaimError && error.code === "cancelled") throw error;
          if (performance.now() - lastAnswer > GONE_AFTER_MS) throw gone(error);
          await within(RETRY_MS, undefined, signal);
          events = await open(api, end.signal).catch(() => undefined);
          next = events?.next();
        }
      }
    },
  };
}

async function open(api: LocalApi, signal: AbortSignal): Promise<AsyncIterator<Download> | undefined> {
  try {
    return await api.downloadEvents(signal);
  } catch (error) {
    if (error instanceof EssaimError && error.code !== "not-running" && error.code !== "unauthorized") return undefined;
    throw error; // there is no peer; anything else, such as too many followers, costs only the events
  }
}

function ended({ status }: Download): boolean {
  return status === "complete" || status === "failed";
}

function gone(cause: unknown): EssaimError {
  return new EssaimError(
    "not-running",
    `The peer stopped. Nothing is lost: start it again (${commandLine("peer")}) and the download goes on by itself.`,
    { cause },
  );
}

/** The promise's value, or undefined after `ms` or on abort. The promise goes on and can be waited for again. */
async function within<T>(ms: number, promise: Promise<T> | undefined, signal: AbortSignal): Promise<T | undefined> {
  promise?.catch(() => {}); // it may fail while nobody waits
  let stop = () => {};
  const pause = new Promise<undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    stop = () => {
      clearTimeout(timer);
      resolve(undefined);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await (promise === undefined ? pause : Promise.race([promise, pause]));
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
