import { createParser } from "eventsource-parser";
import { EssaimError } from "../core/errors.ts";
import { MAX_EVENT_CHARS, parseStreamEvent, type StreamEvent } from "../core/stream_events.ts";
import { TokenBucket } from "../core/token_bucket.ts";
import { systemClock } from "./clock.ts";
import type { RawResponse } from "./raw_response.ts";

/** Far more than anybody has to tell: who pushes faster is read no faster. */
const MAX_BYTES_A_SECOND = 512 * 1024;
/** What an event costs beside its bytes, and each chunk that it names: a few characters may name a million of them. */
const BYTES_AN_EVENT = 1_024;
const BYTES_A_CHUNK = 1;
const READ_BYTES = 16 * 1024;

/** Reads server-sent events until the other side ends them. Throws `bad-content` at the first that makes no sense. */
export async function readEvents(
  response: RawResponse,
  onEvent: (event: StreamEvent) => void,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<void> {
  let wrong: EssaimError | undefined;
  const events: StreamEvent[] = [];
  const refuse = (cause: unknown) => wrong ??= new EssaimError("bad-content", "An event is malformed.", { cause });
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onError: (error) => error.type === "max-buffer-size-exceeded" && refuse(error),
    onEvent({ event: kind, data }) {
      if (wrong) return;
      let event: StreamEvent | undefined;
      try {
        event = parseStreamEvent(kind, data);
      } catch (error) {
        refuse(error);
      }
      if (event) events.push(event);
    },
  });
  const bucket = new TokenBucket(MAX_BYTES_A_SECOND, systemClock.monotonic());
  const pay = (bytes: number): Promise<void> | void => {
    const wait = bucket.take(bytes, systemClock.monotonic());
    if (wait > 0) return systemClock.sleep(wait, signal);
  };
  const decoder = new TextDecoder();
  const { raw } = response;
  try {
    if (response.headers.get("content-type") !== "text/event-stream" || !raw) {
      throw new EssaimError("bad-content", "These are no events.");
    }
    const buffer = new Uint8Array(READ_BYTES);
    for (let count = await raw.read(buffer); count > 0; count = await raw.read(buffer)) {
      signal.throwIfAborted();
      onBytes(count);
      parser.feed(decoder.decode(buffer.subarray(0, count), { stream: true }));
      await pay(count);
      for (const event of events.splice(0)) {
        onEvent(event);
        await pay(weightOf(event));
      }
      if (wrong) throw wrong;
    }
  } finally {
    raw?.cancel();
  }
  signal.throwIfAborted();
}

function weightOf(event: StreamEvent): number {
  const runs = "chunks" in event && event.chunks !== "all" ? event.chunks : [];
  return BYTES_AN_EVENT + runs.reduce((sum, { first, last }) => sum + (last - first + 1) * BYTES_A_CHUNK, 0);
}
