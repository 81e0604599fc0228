import type { EventStream } from "../../lib/app/event_streams.ts";
import type { LocalEvent } from "../../lib/core/local_messages.ts";
import { streamEventText } from "../../lib/core/stream_events.ts";

const HEADERS = { "content-type": "text/event-stream", "cache-control": "no-store" };

/** Server-sent events, read no faster than they are taken. */
export function eventStream(events: AsyncGenerator<LocalEvent[], void, undefined>): Response {
  const next = async () => (await events.next()).value?.map(localEventText).join("");
  return new Response(textBody(next, () => void events.return()), { headers: HEADERS });
}

/** The same for another peer; a comment is the sign of life. The connection is of no use afterwards. */
export function peerEventStream(stream: EventStream): Response {
  const next = async () => (await stream.next())?.map(streamEventText).join("");
  const text = async () => await next() || (stream.isOpen ? ":\n\n" : undefined);
  return new Response(textBody(text, () => stream.close()), { headers: { ...HEADERS, connection: "close" } });
}

function textBody(next: () => Promise<string | undefined>, close: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      const text = await next();
      if (text === undefined) controller.close();
      else controller.enqueue(encoder.encode(text));
    },
    cancel: close,
  }, { highWaterMark: 0 });
}

function localEventText({ kind, ...content }: LocalEvent): string {
  return `event: ${kind}\ndata: ${JSON.stringify(Object.values(content)[0])}\n\n`;
}
