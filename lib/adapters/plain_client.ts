import { EssaimError } from "../core/errors.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { askOver, plainRequest } from "./http1_client.ts";
import { type Carrier, type Endpoint, Http1Connection } from "./http1_connection.ts";
import type { RawHttpClient } from "./raw_response.ts";
import { TcpReader } from "./tcp_reader.ts";

const CONNECT_WITHIN_MS = 5_000;
/** A class asks some of a hundred neighbours at once, each over a few. */
const MAX_CONNECTIONS = 256;

/**
 * Plain HTTP/1.1 to peers. Bodies go from the socket into the reader's memory, which takes half the time of a fetch; every
 * size that the other side chooses is bounded.
 */
export function plainClient(): RawHttpClient {
  const pool = new ConnectionPool(MAX_CONNECTIONS);
  return {
    async fetch(url, init) {
      const { signal } = init;
      const request = plainRequest(url, "http:", init);
      const at = { host: request.url.hostname, port: Number(request.url.port || 80) };
      return await askOver(pool, at, request, signal, () => ({ open: () => connect(at, signal) }));
    },
    [Symbol.dispose]: () => pool.destroyWhere(() => true, false),
  };
}

async function connect(at: Endpoint, signal: AbortSignal): Promise<Http1Connection> {
  const hostname = at.host.replace(/^\[(.*)\]$/, "$1");
  const within = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_WITHIN_MS)]);
  try {
    return new Http1Connection(at, new TcpCarrier(await Deno.connect({ hostname, port: at.port, signal: within })));
  } catch (cause) {
    signal.throwIfAborted();
    throw new EssaimError("unreachable", `Cannot reach ${at.host}:${at.port}.`, { cause });
  }
}

class TcpCarrier implements Carrier {
  readonly reader: TcpReader;
  readonly #closed = Promise.withResolvers<void>();
  readonly closed = this.#closed.promise;
  #isClosed = false;
  #resting = false;
  #sent: Promise<void> = Promise.resolve();

  constructor(readonly connection: Deno.TcpConn) {
    connection.setNoDelay(true);
    this.reader = new TcpReader(connection);
  }

  send(bytes: string | Uint8Array): void {
    this.#resting = false;
    const all = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    this.#sent = this.#sent.then(async () => {
      for (let sent = 0; sent < all.length;) sent += await this.connection.write(all.subarray(sent));
    }).catch(() => {});
  }

  rest(): void {
    this.#resting = true;
    this.reader.watch().then(() => {
      if (this.#resting) this.destroy();
    });
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.connection.close();
    this.#closed.resolve();
  }
}
