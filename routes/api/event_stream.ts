import type { LocalEvent } from "../../lib/core/local_messages.ts";

/** Server-sent events, read no faster than they are taken. */
export function eventStream(events: AsyncGenerator<LocalEvent[], void, undefined>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      const { value, done } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value.map(eventText).join("")));
    },
    cancel: () => void events.return(),
  }, { highWaterMark: 0 });
  return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
}

function eventText({ kind, ...content }: LocalEvent): string {
  return `event: ${kind}\ndata: ${JSON.stringify(Object.values(content)[0])}\n\n`;
}
