import { type Endpoint, MemberConnection } from "./member_connection.ts";

/** To one server at one address. What does not fit waits. */
const MAX_PER_SERVER = 8;
const MAX_IN_ALL = 64;
/** Shorter than listeners keep an idle connection open. */
const IDLE_MS = 4_000;

/** Open connections, each only for the server name for which it was checked. */
export class MemberPool {
  readonly #open = new Set<MemberConnection>();
  /** The idle ones, longest idle first, and what closes them in time. */
  readonly #idle = new Map<MemberConnection, ReturnType<typeof setTimeout>>();
  readonly #opening: Endpoint[] = [];
  #waiting: (() => void)[] = [];

  /** Rejects with what `open` throws, or with the signal's reason. */
  async take(at: Endpoint, signal: AbortSignal, open: () => Promise<MemberConnection>): Promise<MemberConnection> {
    for (;;) {
      signal.throwIfAborted();
      const idle = this.#takeIdle(at);
      if (idle) return idle;
      if (this.#hasRoom(at)) return await this.#add(at, open);
      await this.#change(signal);
    }
  }

  /** It is free again, or destroyed. `keep`: it may be used for another request. */
  give(connection: MemberConnection, keep: boolean): void {
    if (keep && connection.isFree && this.#open.has(connection)) {
      const timer = setTimeout(() => connection.socket.destroy(), IDLE_MS);
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

  #takeIdle(at: Endpoint): MemberConnection | undefined {
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
    if (all.length < MAX_IN_ALL) return true;
    const [oldest] = this.#idle.keys();
    if (oldest) this.#remove(oldest);
    return oldest !== undefined;
  }

  async #add(at: Endpoint, open: () => Promise<MemberConnection>): Promise<MemberConnection> {
    this.#opening.push(at);
    try {
      const connection = await open();
      this.#open.add(connection);
      connection.socket.once("close", () => {
        this.#remove(connection);
        this.#tell();
      });
      return connection;
    } finally {
      this.#opening.splice(this.#opening.indexOf(at), 1);
      this.#tell();
    }
  }

  #remove(connection: MemberConnection): void {
    clearTimeout(this.#idle.get(connection));
    this.#idle.delete(connection);
    this.#open.delete(connection);
    connection.socket.destroy();
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
