import { type AnswerReader, bodyOf, readHead } from "./http1_answer.ts";
import { rawBody, RawResponse } from "./raw_response.ts";

export interface Endpoint {
  /** What the server's certificate has to be issued for; undefined where there is none. */
  readonly serverName?: string;
  readonly host: string;
  readonly port: number;
}

export interface PlainRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
}

/** What HTTP goes over: TCP, or TLS. */
export interface Carrier {
  readonly reader: AnswerReader;
  /** Resolves once it is closed, by whichever side. */
  readonly closed: Promise<void>;
  /** What cannot be sent shows when the answer is read. */
  send(bytes: string | Uint8Array): void;
  /** Nothing is under way: from now on it notices when the other side closes it. */
  rest(): void;
  destroy(): void;
}

/** HTTP/1.1, one exchange after another. */
export class Http1Connection {
  /** How many requests were answered on it. */
  answered = 0;

  constructor(readonly at: Endpoint, readonly carrier: Carrier, readonly isValid: () => boolean = () => true) {}

  /** Whether it can take another request. */
  get isFree(): boolean {
    return this.carrier.reader.isQuiet && this.isValid();
  }

  /**
   * The answer, whose body is read from the connection as it is asked for; `onEnd` is called when the connection is free
   * or destroyed. Undefined when it ended before anything was answered. Throws `unreachable`, `bad-content`.
   */
  async ask(request: PlainRequest, signal: AbortSignal, onEnd: () => void): Promise<RawResponse | undefined> {
    const { carrier } = this;
    const abort = () => carrier.destroy();
    const end = () => {
      signal.removeEventListener("abort", abort);
      onEnd();
    };
    const free = () => {
      carrier.rest();
      end();
    };
    const fail = () => {
      carrier.destroy();
      end();
    };
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      carrier.send(headOf(request));
      if (request.body) carrier.send(request.body);
      const head = await readHead(carrier.reader);
      signal.throwIfAborted();
      if (head === undefined) {
        fail();
        return undefined;
      }
      this.answered++;
      const body = bodyOf(carrier.reader, head, request.method === "HEAD");
      const isLast = /\bclose\b/i.test(head.headers.get("connection") ?? "");
      const done = isLast ? fail : free;
      if (body === undefined) done();
      return new RawResponse(body && rawBody(body, done, fail), head);
    } catch (error) {
      fail();
      throw error;
    }
  }
}

function headOf({ method, url, headers, body }: PlainRequest): string {
  const all = new Headers(headers);
  all.set("host", url.host);
  all.set("accept-encoding", "identity");
  if (body) all.set("content-length", `${body.length}`);
  const lines = [...all].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines}\r\n`;
}
