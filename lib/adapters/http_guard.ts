import { readFileSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { isLoopback } from "../core/address.ts";

export interface ConnectionCaps {
  /** Open connections in all. */
  maxConnections: number;
  /** Open connections from one address of the network. */
  maxPerAddress: number;
  /** Open connections from this machine, where several peers share one address. */
  maxFromLoopback: number;
}

/** A connection without a whole request for so long gives way to a new one when places are missing. */
const GIVES_WAY_AFTER_MS = 1_000;

type Peer = Pick<Socket, "remoteAddress" | "remotePort">;

/** The IP address at the other end, IPv4 without its `::ffff:` prefix; "" when the connection is already gone. */
export function remoteAddressOf(socket: Pick<Socket, "remoteAddress">): string {
  return (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
}

interface Place {
  readonly socket: Socket;
  readonly address: string;
  /** Exempt from every cap. */
  readonly exempt: boolean;
  /** Since when it has no whole request, monotonic; undefined while one is answered. */
  waitsSince: number | undefined;
}

/** The open connections of a server, upgraded ones too. */
export class Connections {
  readonly #places = new Map<string, Place>();

  constructor(readonly caps: ConnectionCaps, readonly exemptLoopback: boolean) {}

  get size(): number {
    return this.#places.size;
  }

  /** Whether half of the connections are taken, in all or of those for one address. */
  isCrowded(address: string): boolean {
    return this.#places.size * 2 >= this.caps.maxConnections || this.#from(address).length * 2 >= this.#cap(address);
  }

  /** `isBusy`: it has a whole request to be answered, or serves something else for good. A TLS socket stands for its own. */
  note(socket: Peer, isBusy: boolean): void {
    const place = this.#places.get(nameOf(socket));
    if (place) place.waitsSince = isBusy ? undefined : performance.now();
  }

  /** Takes a place for it, or destroys it. */
  admit(socket: Socket): void {
    socket.on("error", () => socket.destroy()); // an unheard "error" event would end the process
    const address = remoteAddressOf(socket);
    const exempt = this.exemptLoopback && isLoopback(address);
    if (address === "" || !exempt && !this.#makeRoom(address)) {
      socket.destroy();
      return;
    }
    const name = nameOf(socket);
    this.#places.set(name, { socket, address, exempt, waitsSince: performance.now() });
    socket.once("close", () => {
      if (this.#places.get(name)?.socket === socket) this.#places.delete(name);
    });
  }

  destroyAll(): void {
    for (const { socket } of this.#places.values()) socket.destroy();
  }

  #makeRoom(address: string): boolean {
    const own = this.#from(address);
    if (own.length >= this.#cap(address)) return giveWay(own, (place) => this.#remove(place));
    const counted = [...this.#places.values()].filter(({ exempt }) => !exempt);
    return counted.length < this.caps.maxConnections || giveWay(counted, (place) => this.#remove(place));
  }

  #remove({ socket }: Place): void {
    this.#places.delete(nameOf(socket));
    socket.destroy();
  }

  #from(address: string): Place[] {
    return [...this.#places.values()].filter((place) => place.address === address && !place.exempt);
  }

  #cap(address: string): number {
    return isLoopback(address) ? this.caps.maxFromLoopback : this.caps.maxPerAddress;
  }
}

/** Removes the one that has waited longest, if any has waited long enough. */
function giveWay(places: readonly Place[], remove: (place: Place) => void): boolean {
  const since = ({ waitsSince = Infinity }: Place) => waitsSince;
  const oldest = places.reduce((a, b) => since(b) < since(a) ? b : a);
  if (performance.now() - since(oldest) < GIVES_WAY_AFTER_MS) return false;
  remove(oldest);
  return true;
}

const nameOf = ({ remoteAddress, remotePort }: Peer): string => `${remoteAddress} ${remotePort}`;

/**
 * Holds the connections of any TCP server to the caps, those of TLS from before the handshake. One past the caps is
 * destroyed at once, or takes the place of one that has waited for its request for a second.
 */
export function guardConnections(server: Server, caps: ConnectionCaps, exemptLoopback: boolean): Connections {
  const connections = new Connections(caps, exemptLoopback);
  server.on("connection", (socket: Socket) => connections.admit(socket));
  return connections;
}

/** How many files and sockets this process may have open, or Infinity where the system does not say. */
export function descriptorLimit(): number {
  try {
    const path = "/proc/self/limits";
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return Infinity; // never prompt
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync(path, "utf8"))?.[1];
    return soft === undefined ? Infinity : Number(soft);
  } catch {
    return Infinity;
  }
}
