import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

const READ_BYTES = 128 * 1024;

/**
 * A TCP connection for node:tls. It reads into one buffer that is used again, where a node:net socket would leave each
 * piece that it read to the garbage collector, which collects such pieces only when there are very many.
 */
export class TcpDuplex extends Duplex {
  #buffer = new Uint8Array(READ_BYTES);
  #reading = false;

  constructor(readonly connection: Deno.TcpConn) {
    super();
    connection.setNoDelay(true);
  }

  static async connect(hostname: string, port: number, signal: AbortSignal): Promise<TcpDuplex> {
    return new TcpDuplex(await Deno.connect({ hostname, port, signal }));
  }

  override _read(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#readOn().catch((error) => this.destroy(error));
  }

  override _write(bytes: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    this.#write(bytes).then(() => done(), done);
  }

  override _writev(parts: { chunk: Uint8Array }[], done: (error?: Error) => void): void {
    this.#write(Buffer.concat(parts.map(({ chunk }) => chunk))).then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    try {
      this.connection.close();
    } catch {
      // it is closed
    }
    done(error);
  }

  /** What was pushed is gone when `push` returns, unless nobody takes it now. */
  async #readOn(): Promise<void> {
    for (let wanted = true; wanted;) {
      const count = await this.connection.read(this.#buffer);
      wanted = this.push(count === null ? null : this.#buffer.subarray(0, count)) && count !== null && !this.isPaused();
      if (this.readableLength > 0) this.#buffer = new Uint8Array(READ_BYTES);
    }
    this.#reading = false;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.connection.write(bytes.subarray(sent));
  }
}
