import { plainClient } from "../../lib/adapters/plain_client.ts";
import { httpPeerClient } from "../../lib/adapters/http_peer_client.ts";
import type { Address, PeerClient } from "../../lib/ports.ts";

export const encoder = new TextEncoder();
export const never = new AbortController().signal;

export type Reply = (connection: Deno.TcpConn, request: string) => Promise<void>;

/** A server that answers the first request of each connection with whatever bytes it likes, then hangs up. */
export class Hostile implements AsyncDisposable {
  readonly requests: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Promise<void>>();
  readonly #loop: Promise<void>;
  readonly #http = plainClient();
  readonly client: PeerClient = httpPeerClient({ http: this.#http });

  constructor(readonly reply: Reply) {
    this.#loop = this.#serve();
  }

  get at(): Address {
    return { host: "127.0.0.1", port: this.#listener.addr.port };
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#listener) {
      const task: Promise<void> = this.#answer(connection).catch(() => {}).finally(() => {
        this.#connections.delete(task);
        connection.close();
      });
      this.#connections.add(task);
    }
  }

  async #answer(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    let request = "";
    while (!request.includes("\r\n\r\n")) {
      const count = await connection.read(buffer);
      if (count === null) return;
      request += new TextDecoder().decode(buffer.subarray(0, count));
    }
    this.requests.push(request);
    await this.reply(connection, request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http[Symbol.dispose]();
    this.#listener.close();
    await this.#loop;
    await Promise.all(this.#connections);
  }
}

export async function send(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** An answer with the right length, unless `headers` says otherwise. */
export function answer(body: Uint8Array | string, headers: Record<string, string> = {}, status = "200 OK"): Reply {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  const all = { "content-length": String(bytes.length), connection: "close", ...headers };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return async (connection) => {
    await send(connection, encoder.encode(`HTTP/1.1 ${status}\r\n${head}\r\n`));
    await send(connection, bytes);
  };
}
