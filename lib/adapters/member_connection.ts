import { X509Certificate } from "node:crypto";
import { connect, type TLSSocket } from "node:tls";
import { EssaimError } from "../core/errors.ts";
import { type AnswerBody, bodyOf, readHead, SocketReader } from "./http1_answer.ts";
import { TcpDuplex } from "./tcp_duplex.ts";

/** To connect, shake hands and check the certificate. */
const CONNECT_WITHIN_MS = 5_000;
const READ_BYTES = 64 * 1024;

/** As PEM. `ca`: the class authority's certificate; the other two are missing until one has joined. */
export interface ClientCredentials {
  readonly ca: string;
  readonly key?: string;
  readonly cert?: string;
}

export interface Endpoint {
  /** What the server's certificate has to be issued for. */
  readonly serverName: string;
  readonly host: string;
  readonly port: number;
}

export interface PlainRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
}

/**
 * HTTP/1.1 over TLS 1.3 with a server to which the class authority, and nobody else, issued a certificate for its name
 * that is valid now.
 */
export class MemberConnection {
  /** How many requests were answered on it. */
  answered = 0;
  readonly #reader: SocketReader;

  private constructor(
    readonly at: Endpoint,
    wire: TcpDuplex,
    readonly socket: TLSSocket,
    readonly certificate: X509Certificate,
  ) {
    this.#reader = new SocketReader(socket, wire);
  }

  /** Throws `unreachable`, whatever the reason. */
  static async open(at: Endpoint, credentials: ClientCredentials, signal: AbortSignal): Promise<MemberConnection> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_WITHIN_MS)]);
    try {
      const wire = await TcpDuplex.connect(at.host.replace(/^\[(.*)\]$/, "$1"), at.port, within);
      return new MemberConnection(at, wire, ...await secured(wire, at.serverName, credentials, within));
    } catch (cause) {
      signal.throwIfAborted();
      throw new EssaimError("unreachable", `Cannot reach ${at.serverName} at ${at.host}:${at.port}.`, { cause });
    }
  }

  /** Whether it can take another request. */
  get isFree(): boolean {
    return this.#reader.isQuiet && isValid(this.certificate);
  }

  /**
   * The answer, whose body is read from the connection as it is asked for; `onEnd` is called when the connection is free
   * or destroyed. Undefined when it ended before anything was answered. Throws `unreachable`, `bad-content`.
   */
  async ask(request: PlainRequest, signal: AbortSignal, onEnd: () => void): Promise<Response | undefined> {
    const abort = () => this.socket.destroy();
    const end = () => {
      signal.removeEventListener("abort", abort);
      onEnd();
    };
    const fail = () => {
      this.socket.destroy();
      end();
    };
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      this.socket.write(headOf(request));
      if (request.body) this.socket.write(request.body);
      const head = await readHead(this.#reader);
      signal.throwIfAborted();
      if (head === undefined) {
        fail();
        return undefined;
      }
      this.answered++;
      const body = bodyOf(this.#reader, head, request.method === "HEAD");
      const isLast = /\bclose\b/i.test(head.headers.get("connection") ?? "");
      const done = isLast ? fail : end;
      if (body === undefined) done();
      return new Response(body && streamOf(body, done, fail), head);
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

/** Exactly one of `done` and `fail` is called: `done` once all of it was read. */
function streamOf(body: AnswerBody, done: () => void, fail: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: READ_BYTES,
    async pull(controller) {
      const request = controller.byobRequest!;
      try {
        const count = await body.read(request.view as Uint8Array);
        if (count > 0) request.respond(count);
        if (body.ended) controller.close();
        if (count === 0) request.respond(0);
      } catch (error) {
        fail();
        throw error;
      }
      if (body.ended) done();
    },
    cancel: fail,
  });
}

async function secured(
  wire: TcpDuplex,
  serverName: string,
  credentials: ClientCredentials,
  signal: AbortSignal,
): Promise<[TLSSocket, X509Certificate]> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  const socket = connect({ ...credentials, socket: wire, servername: serverName, minVersion: "TLSv1.3" }, resolve);
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  wire.once("close", () => reject(new Error("It hung up.")));
  socket.on("error", reject);
  socket.once("close", () => wire.destroy());
  try {
    signal.throwIfAborted();
    await promise;
    if (!socket.authorized || socket.getProtocol() !== "TLSv1.3") throw new Error("Its certificate was not accepted.");
    const certificate = new X509Certificate(socket.getPeerCertificate(true).raw);
    if (!isFor(serverName, certificate, credentials.ca)) throw new Error("Its certificate is not for that name.");
    return [socket, certificate];
  } catch (error) {
    socket.destroy();
    wire.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Not left to the handshake, which may also trust authorities of this computer, and what a resumed session once showed. */
function isFor(serverName: string, certificate: X509Certificate, ca: string): boolean {
  return certificate.verify(new X509Certificate(ca).publicKey) && certificate.checkHost(serverName) === serverName &&
    isValid(certificate);
}

function isValid({ validFromDate, validToDate }: X509Certificate): boolean {
  const now = Date.now();
  return validFromDate.getTime() <= now && now <= validToDate.getTime();
}
