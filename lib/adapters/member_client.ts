import { REVOCATIONS_HEADER } from "../core/class_messages.ts";
import { EssaimError } from "../core/errors.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { askOver, plainRequest } from "./http1_client.ts";
import { type ClientCredentials, connectMember } from "./member_connection.ts";
import type { RawHttpClient } from "./raw_response.ts";

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
  to(serverName: string): RawHttpClient;
  /** Requests from now on use these. */
  renew(credentials: ClientCredentials | undefined): void;
  /** Destroys the connections with these servers, whatever is under way. */
  closeWhere(isUnwanted: (serverName: string) => boolean): void;
}

const MAX_CONNECTIONS = 64;

export function memberClient(options: MemberClientOptions = {}): MemberClient {
  const pool = new ConnectionPool(MAX_CONNECTIONS);
  let { credentials } = options;
  const fetch = async (serverName: string, url: string, init: RequestInit & { signal: AbortSignal }) => {
    const { signal } = init;
    const request = plainRequest(url, "https:", init);
    const known = options.revocationsNumber?.();
    if (known !== undefined) request.headers.set(REVOCATIONS_HEADER, `${known}`);
    const at = { serverName, host: request.url.hostname, port: Number(request.url.port || 443) };
    const response = await askOver(pool, at, request, signal, () => {
      const used = credentials;
      if (used === undefined) throw new EssaimError("unreachable", "This computer has not joined a class.");
      return {
        open: () => connectMember(at, used, signal),
        check(connection) {
          if (!options.isRefused?.(serverName)) return;
          connection.carrier.destroy();
          throw new EssaimError("unreachable", `${serverName} does not belong to the class any more.`);
        },
        keeps: () => used === credentials,
      };
    });
    const number = response.headers.get(REVOCATIONS_HEADER) ?? "";
    if (/^\d{1,15}$/.test(number)) options.onRevocations?.(serverName, Number(number));
    return response;
  };
  const closeWhere = (isUnwanted: (serverName: string) => boolean) =>
    pool.destroyWhere(({ serverName = "" }) => isUnwanted(serverName), false);
  return {
    to: (serverName) => ({
      fetch: (url, init) => fetch(serverName, url, init),
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
