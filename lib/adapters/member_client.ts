import { REVOCATIONS_HEADER } from "../core/class_messages.ts";
import { EssaimError } from "../core/errors.ts";
import { accepted, type HttpClient } from "./http_client.ts";
import { type ClientCredentials, MemberConnection, type PlainRequest } from "./member_connection.ts";
import { MemberPool } from "./member_pool.ts";

export interface MemberClientOptions {
  /** Undefined as long as no class is known. */
  readonly credentials?: ClientCredentials | undefined;
  /** Whether a server must not be asked any more, such as one of a revoked peer. Asked before each request. */
  isRefused?(serverName: string): boolean;
  /** Told to servers with each request: the number of the newest revocation list known here. */
  revocationsNumber?(): number | undefined;
  /** The number of the newest revocation list that a server knows, as it says with its answers. */
  onRevocations?(serverName: string, number: number): void;
}

/** Mutual TLS with the members and the tracker of one class. */
export interface MemberClient extends Disposable {
  /** Asks only the server of this name; URLs say at which address (`https://HOST:PORT/…`). */
  to(serverName: string): HttpClient;
  /** Requests from now on use these. */
  renew(credentials: ClientCredentials | undefined): void;
  /** Destroys the connections with these servers, whatever is under way. */
  closeWhere(isUnwanted: (serverName: string) => boolean): void;
}

export function memberClient(options: MemberClientOptions = {}): MemberClient {
  const pool = new MemberPool();
  let { credentials } = options;
  const fetch = async (serverName: string, url: URL, init: RequestInit & { signal: AbortSignal }) => {
    const { signal } = init;
    const request = plainRequest(url, init);
    const known = options.revocationsNumber?.();
    if (known !== undefined) request.headers.set(REVOCATIONS_HEADER, `${known}`);
    const at = { serverName, host: url.hostname, port: Number(url.port || 443) };
    for (;;) {
      const used = credentials;
      if (used === undefined) throw new EssaimError("unreachable", "This computer has not joined a class.");
      const connection = await pool.take(at, signal, () => MemberConnection.open(at, used, signal));
      const isFresh = connection.answered === 0;
      if (options.isRefused?.(serverName)) {
        connection.socket.destroy();
        throw new EssaimError("unreachable", `${serverName} does not belong to the class any more.`);
      }
      const response = await connection.ask(request, signal, () => pool.give(connection, used === credentials));
      if (response) {
        const number = response.headers.get(REVOCATIONS_HEADER) ?? "";
        if (/^\d{1,15}$/.test(number)) options.onRevocations?.(serverName, Number(number));
        return await accepted(response);
      }
      signal.throwIfAborted();
      // That a server closed an idle connection says nothing about the server.
      if (isFresh || request.method !== "GET") throw new EssaimError("unreachable", `${url.host} hung up.`);
    }
  };
  const closeWhere = (isUnwanted: (serverName: string) => boolean) =>
    pool.destroyWhere(({ serverName }) => isUnwanted(serverName), false);
  return {
    to: (serverName) => ({
      fetch: (url, init) => fetch(serverName, new URL(url), init),
      [Symbol.dispose]: () => closeWhere((name) => name === serverName),
    }),
    renew(renewed) {
      credentials = renewed;
      pool.destroyWhere(() => true, true);
    },
    closeWhere,
    [Symbol.dispose]() {
      credentials = undefined;
      closeWhere(() => true);
    },
  };
}

function plainRequest(url: URL, { method = "GET", headers, body }: RequestInit): PlainRequest {
  if (!/^[A-Z]{1,10}$/.test(method) || url.protocol !== "https:") {
    throw new TypeError(`${method} ${url} is not for TLS.`);
  }
  if (typeof body !== "string" && !(body instanceof Uint8Array) && (body ?? undefined) !== undefined) {
    throw new TypeError("A body is text or bytes.");
  }
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body as Uint8Array | undefined;
  return { method, url, headers: new Headers(headers), body: bytes ?? undefined };
}
