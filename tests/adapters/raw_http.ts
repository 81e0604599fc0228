import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type HttpListener, type ListenerLimits, listenHttp } from "../../lib/adapters/http_listener.ts";

const HOUR_MS = 3_600_000;
export const PATIENT: Partial<ListenerLimits> = {
  headersTimeoutMs: HOUR_MS,
  requestTimeoutMs: HOUR_MS,
  idleTimeoutMs: HOUR_MS,
  sendTimeoutMs: HOUR_MS,
};

export function listen(
  handler: Parameters<typeof listenHttp>[0]["handler"],
  limits: Partial<ListenerLimits> = PATIENT,
): Promise<HttpListener> {
  return listenHttp({ hostname: "127.0.0.1", ports: [0], handler, limits });
}

/** A raw connection: `text()` is all that the server sent until it ended or cut the connection. */
export class Raw implements AsyncDisposable {
  #received = "";
  readonly closed: Promise<unknown>;
  private constructor(readonly socket: Socket) {
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => socket.once("close", resolve));
  }
  static async open(port: number, reading = true): Promise<Raw> {
    const raw = new Raw(connect(port, "127.0.0.1"));
    await once(raw.socket, "connect");
    if (reading) raw.socket.on("data", (bytes: Uint8Array) => raw.#received += new TextDecoder().decode(bytes));
    else raw.socket.pause();
    return raw;
  }
  send(text: string): this {
    this.socket.write(text);
    return this;
  }
  async text(): Promise<string> {
    await this.closed;
    return this.#received;
  }
  async [Symbol.asyncDispose]() {
    this.socket.destroy();
    await this.closed;
  }
}

export async function exchange(port: number, text: string): Promise<string> {
  await using raw = await Raw.open(port);
  return await raw.send(text).text();
}

export const get = (target: string, host = "Host: class.test\r\n") =>
  `GET ${target} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`;

/** Polls because nothing signals these conditions; the caller's test runner bounds it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}
