import type { AnswerBody } from "./http1_answer.ts";
import type { HttpClient } from "./http_client.ts";

const READ_BYTES = 64 * 1024;

/** A body on its connection. */
export interface RawBody {
  /** Copies what is there, at least one byte; 0 at the end. Throws `bad-content`, `unreachable`. */
  read(into: Uint8Array): Promise<number>;
  /** Nobody wants the rest: the connection is destroyed, unless all of it was read. */
  cancel(): void;
}

/** A response whose body can also be read past the web stream, straight into the reader's own memory. */
export class RawResponse extends Response {
  constructor(readonly raw: RawBody | undefined, head: ResponseInit) {
    super(raw && streamOf(raw), head);
  }
}

export interface RawHttpClient extends HttpClient {
  fetch(url: string, init: RequestInit & { signal: AbortSignal }): Promise<RawResponse>;
}

/** Exactly one of `done` and `fail` is called: `done` once all of it was read. */
export function rawBody(body: AnswerBody, done: () => void, fail: () => void): RawBody {
  let over = false;
  const finish = (how: () => void) => {
    if (!over) how();
    over = true;
  };
  return {
    async read(into) {
      try {
        const count = await body.read(into);
        if (body.ended) finish(done);
        return count;
      } catch (error) {
        finish(fail);
        throw error;
      }
    },
    cancel: () => finish(fail),
  };
}

function streamOf(body: RawBody): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: READ_BYTES,
    async pull(controller) {
      const request = controller.byobRequest!;
      const count = await body.read(request.view as Uint8Array);
      if (count === 0) controller.close();
      request.respond(count);
    },
    cancel: () => body.cancel(),
  });
}
