import { createParser } from "eventsource-parser";
import { EssaimError } from "../core/errors.ts";
import { MAX_EVENT_CHARS, parseStreamEvent, type StreamEvent } from "../core/stream_events.ts";
import { TokenBucket } from "../core/token_bucket.ts";
import { systemClock } from "./clock.ts";
import { cancelOnAbort } from "./http_client.ts";

/** Far more than anybody has to tell: who pushes faster is read no faster. */
const MAX_BYTES_A_SECOND = 512 * 1024;
/** What an event costs beside its bytes, and each chunk that it names: a few characters may name a million of them. */
const BYTES_AN_EVENT = 1_024;
const BYTES_A_CHUNK = 1;

/** Reads server-sent events until the other side ends them. Throws `bad-content` at the first that makes no sense. */
export async function readEvents(
  response: Response,
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
  const pay = async (bytes: number) => {
    const wait = bucket.take(bytes, systemClock.monotonic());
    if (wait > 0) await systemClock.sleep(wait, signal);
  };
  const decoder = new TextDecoder();
  if (response.headers.get("content-type") !== "text/event-stream" || !response.body) {
    await response.body?.cancel();
    throw new EssaimError("bad-content", "These are no events.");
  }
  const reader = response.body.getReader();
  using _cancelling = cancelOnAbort(reader, signal);
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      onBytes(read.value.length);
      parser.feed(decoder.decode(read.value, { stream: true }));
      await pay(read.value.length);
      for (const event of events.splice(0)) {
        onEvent(event);
        await pay(weightOf(event));
      }
      if (wrong) throw wrong;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  signal.throwIfAborted();
}

function weightOf(event: StreamEvent): number {
  const runs = "chunks" in event && event.chunks !== "all" ? event.chunks : [];
  return BYTES_AN_EVENT + runs.reduce((sum, { first, last }) => sum + (last - first + 1) * BYTES_A_CHUNK, 0);
}
