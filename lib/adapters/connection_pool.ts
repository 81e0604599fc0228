import type { Endpoint, Http1Connection } from "./http1_connection.ts";

/** To one server at one address. What does not fit waits. */
const MAX_PER_SERVER = 8;
/** Shorter than listeners keep an idle connection open. */
const IDLE_MS = 4_000;

/** Open connections, each only for the endpoint for which it was opened. */
export class ConnectionPool {
  readonly #open = new Set<Http1Connection>();
  /** The idle ones, longest idle first, and what closes them in time. */
  readonly #idle = new Map<Http1Connection, ReturnType<typeof setTimeout>>();
  readonly #opening: Endpoint[] = [];
  #waiting: (() => void)[] = [];

  constructor(readonly maxInAll: number) {}

  /** Rejects with what `open` throws, or with the signal's reason. */
  async take(at: Endpoint, signal: AbortSignal, open: () => Promise<Http1Connection>): Promise<Http1Connection> {
    for (;;) {
      signal.throwIfAborted();
      const idle = this.#takeIdle(at);
      if (idle) return idle;
      if (this.#hasRoom(at)) return await this.#add(at, open);
      await this.#change(signal);
    }
  }

  /** It is free again, or destroyed. `keep`: it may be used for another request. */
  give(connection: Http1Connection, keep: boolean): void {
    if (keep && connection.isFree && this.#open.has(connection)) {
      const timer = setTimeout(() => connection.carrier.destroy(), IDLE_MS);
      Deno.unrefTimer(timer);
      this.#idle.set(connection, timer);
    } else {
      this.#remove(connection);
    }
    this.#tell();
  }

  /** `idleOnly`: what is under way may end. */
  destroyWhere(isUnwanted: (at: Endpoint) => boolean, idleOnly: boolean): void {
    for (const connection of idleOnly ? this.#idle.keys() : this.#open) {
      if (isUnwanted(connection.at)) this.#remove(connection);
    }
    this.#tell();
  }

  #takeIdle(at: Endpoint): Http1Connection | undefined {
    for (const connection of [...this.#idle.keys()].reverse()) {
      if (!isSame(connection.at, at)) continue;
      clearTimeout(this.#idle.get(connection));
      this.#idle.delete(connection);
      if (connection.isFree) return connection;
      this.#remove(connection);
    }
    return undefined;
  }

  #hasRoom(at: Endpoint): boolean {
    const all = [...this.#opening, ...[...this.#open].map((connection) => connection.at)];
    if (all.filter((other) => isSame(other, at)).length >= MAX_PER_SERVER) return false;
    if (all.length < this.maxInAll) return true;
    const [oldest] = this.#idle.keys();
    if (oldest) this.#remove(oldest);
    return oldest !== undefined;
  }

  async #add(at: Endpoint, open: () => Promise<Http1Connection>): Promise<Http1Connection> {
    this.#opening.push(at);
    try {
      const connection = await open();
      this.#open.add(connection);
      connection.carrier.closed.then(() => {
        this.#remove(connection);
        this.#tell();
      });
      return connection;
    } finally {
      this.#opening.splice(this.#opening.indexOf(at), 1);
      this.#tell();
    }
  }

  #remove(connection: Http1Connection): void {
    clearTimeout(this.#idle.get(connection));
    this.#idle.delete(connection);
    this.#open.delete(connection);
    connection.carrier.destroy();
  }

  async #change(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = () => resolve();
    this.#waiting.push(resolve);
    signal.addEventListener("abort", stop, { once: true });
    await promise;
    signal.removeEventListener("abort", stop);
  }

  #tell(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.serverName === b.serverName && a.host === b.host && a.port === b.port;
}
