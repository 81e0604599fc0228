import { connect, type ConnectionOptions } from "node:tls";

/**
 * All that a server sends, decrypted, until it ends or cuts the connection; `text` is sent at once. Nothing of the server
 * is checked, as an attacker would do.
 */
export async function exchangeSecurely(port: number, text: string, options: ConnectionOptions): Promise<string> {
  using client = new RawTls(port, options);
  client.send(text);
  return await client.text();
}

export class RawTls implements Disposable {
  received = "";
  readonly #closed: Promise<unknown>;
  readonly #socket;
  #news = () => {};

  constructor(port: number, options: ConnectionOptions) {
    const socket = connect({ host: "127.0.0.1", port, checkServerIdentity: () => undefined, ...options });
    this.#socket = socket;
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes: Uint8Array) => {
      this.received += new TextDecoder().decode(bytes);
      this.#news();
    });
    this.#closed = new Promise((resolve) => socket.once("close", resolve));
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  /** Until what was received ends like this. */
  async until(end: string): Promise<void> {
    while (!this.received.endsWith(end)) await new Promise<void>((resolve) => this.#news = resolve);
  }

  async text(): Promise<string> {
    await this.#closed;
    return this.received;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
