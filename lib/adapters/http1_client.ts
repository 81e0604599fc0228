import { EssaimError } from "../core/errors.ts";
import type { ConnectionPool } from "./connection_pool.ts";
import type { Endpoint, Http1Connection, PlainRequest } from "./http1_connection.ts";
import { accepted } from "./http_client.ts";
import type { RawResponse } from "./raw_response.ts";

/** How connections to an endpoint come to be, asked anew for each try. */
export interface Opening {
  open(): Promise<Http1Connection>;
  /** Throws when this server must not be asked, though there is a connection. */
  check?(connection: Http1Connection): void;
  /** Whether the connection may be used once more. */
  keeps?(): boolean;
}

/** Asks over a connection of the pool. Throws as HttpClient says. */
export async function askOver(
  pool: ConnectionPool,
  at: Endpoint,
  request: PlainRequest,
  signal: AbortSignal,
  opening: () => Opening,
): Promise<RawResponse> {
  for (;;) {
    const { open, check, keeps } = opening();
    const connection = await pool.take(at, signal, open);
    const isFresh = connection.answered === 0;
    check?.(connection);
    const response = await connection.ask(request, signal, () => pool.give(connection, keeps?.() ?? true));
    if (response) return await accepted(response);
    signal.throwIfAborted();
    // That a server closed an idle connection says nothing about the server.
    if (isFresh || request.method !== "GET") throw new EssaimError("unreachable", `${request.url.host} hung up.`);
  }
}

/** Throws TypeError for what is not for this client. */
export function plainRequest(
  address: string,
  protocol: "http:" | "https:",
  { method = "GET", headers, body }: RequestInit,
): PlainRequest {
  const url = new URL(address);
  if (!/^[A-Z]{1,10}$/.test(method) || url.protocol !== protocol) {
    throw new TypeError(`${method} ${url} is not for ${protocol}`);
  }
  if (typeof body !== "string" && !(body instanceof Uint8Array) && (body ?? undefined) !== undefined) {
    throw new TypeError("A body is text or bytes.");
  }
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body as Uint8Array | undefined;
  return { method, url, headers: new Headers(headers), body: bytes ?? undefined };
}
