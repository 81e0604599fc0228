import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
// @ts-types="./ws.d.ts"
import { type WebSocket, WebSocketServer } from "ws";

/** Bytes waiting for one slow reader before it is disconnected; an event has about 300. */
const MAX_BUFFERED_BYTES = 256 * 1024;
const PING_EVERY_MS = 20_000;
/** Nothing is expected from a client. */
const MAX_MESSAGE_BYTES = 1024;

export interface LiveSockets extends Disposable {
  readonly size: number;
  /** Of those, how many also want boards. */
  readonly boards: number;
  /**
   * Makes a WebSocket of an upgrade request, or answers 503 when there are `max` of them. `board` gives the first message
   * of one that also wants boards.
   */
  accept(incoming: IncomingMessage, socket: Duplex, head: Uint8Array, board?: () => unknown): void;
  /** Sends a value as JSON. A reader that does not keep up is disconnected; it can come back. */
  send(value: unknown, to?: "everyone" | "boards"): void;
}

/** WebSockets that only listen. One that answers no ping for 20 to 40 s is dropped. */
export function liveSockets(max: number): LiveSockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  const answering = new WeakSet<WebSocket>();
  const boards = new Set<WebSocket>();
  const pinging = setInterval(() => {
    for (const client of server.clients) {
      if (!answering.delete(client)) client.terminate();
      else client.ping();
    }
  }, PING_EVERY_MS);
  const greet = (client: WebSocket, board: () => unknown) => {
    try {
      client.send(JSON.stringify(board()));
      boards.add(client);
      client.on("close", () => boards.delete(client));
    } catch {
      client.close(1011); // it comes back
    }
  };
  server.on("wsClientError", (_error, socket) => socket.destroy());
  return {
    get size() {
      return server.clients.size;
    },
    get boards() {
      return boards.size;
    },
    accept(incoming, socket, head, board) {
      if (server.clients.size >= max) return refuseUpgrade(socket, "503 Service Unavailable");
      server.handleUpgrade(incoming, socket, Buffer.from(head), (client) => {
        answering.add(client);
        client.on("pong", () => answering.add(client));
        client.on("error", () => client.terminate());
        if (board) greet(client, board);
      });
    },
    send(value, to = "everyone") {
      const text = JSON.stringify(value);
      for (const client of to === "boards" ? boards : server.clients) {
        if (client.bufferedAmount > MAX_BUFFERED_BYTES) client.terminate();
        else client.send(text);
      }
    },
    [Symbol.dispose]() {
      clearInterval(pinging);
      for (const client of server.clients) client.close(1001);
      server.close();
    },
  };
}

/** Answers an upgrade request that is not wanted. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on("error", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
