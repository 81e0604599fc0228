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

/** The IP address at the other end, IPv4 without its `::ffff:` prefix; "" when the connection is already gone. */
export function remoteAddressOf(socket: Pick<Socket, "remoteAddress">): string {
  return (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
}

/**
 * Destroys at once every connection past the caps; works on any TCP server, TLS included, before the handshake.
 * Returns the open connections, upgraded ones too; connections from an exempt loopback are listed but never counted.
 */
export function guardConnections(server: Server, caps: ConnectionCaps, exemptLoopback: boolean): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  const perAddress = new Map<string, number>();
  let counted = 0;
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => socket.destroy()); // an unheard "error" event would end the process
    const address = remoteAddressOf(socket);
    const loopback = isLoopback(address);
    const exempt = loopback && exemptLoopback;
    const fromHere = perAddress.get(address) ?? 0;
    const cap = loopback ? caps.maxFromLoopback : caps.maxPerAddress;
    if (address === "" || (!exempt && (fromHere >= cap || counted >= caps.maxConnections))) {
      socket.destroy();
      return;
    }
    open.add(socket);
    if (!exempt) {
      counted++;
      perAddress.set(address, fromHere + 1);
    }
    socket.once("close", () => {
      open.delete(socket);
      if (exempt) return;
      counted--;
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
  });
  return open;
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
