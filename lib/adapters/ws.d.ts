/** What Essaim uses of npm:ws. Its own types would bring another version of Node's types into every file. */
import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

export interface WebSocket {
  readonly bufferedAmount: number;
  send(data: string): void;
  ping(): void;
  close(code: number): void;
  terminate(): void;
  on(event: "pong" | "close", listener: () => void): void;
  on(event: "error", listener: (error: Error) => void): void;
}

export class WebSocketServer {
  constructor(options: { noServer: true; maxPayload: number; perMessageDeflate: boolean });
  readonly clients: ReadonlySet<WebSocket>;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, accept: (client: WebSocket) => void): void;
  on(event: "wsClientError", listener: (error: Error, socket: Duplex) => void): void;
  close(): void;
}
