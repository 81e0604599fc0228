import { EssaimError } from "../core/errors.ts";
import type { PeerId } from "../core/ids.ts";
import type { HostPort } from "../core/known_address.ts";
import type { Hello, Neighbour } from "../core/messages.ts";
import type { Neighbours } from "./neighbours.ts";
import { type HelloPorts, introduction, provedMember, soon } from "./say_hello.ts";

/** It may miss two questions. */
const KEPT_INTERVALS = 3;
/** What others say is not to lead to a port of another service. */
export const LOWEST_PORT = 1_024;

export interface MeetPorts extends HelloPorts {
  readonly self: PeerId;
  readonly neighbours: Neighbours;
  /** How often others are asked whether they are still there. */
  readonly intervalMs: number;
}

export interface Met extends Neighbour {
  readonly index: Hello["index"];
}

/**
 * Asks whoever is at this address who it is, and lists it as a neighbour. What it says of itself over plain HTTP is a
 * hint; whose computer it is counts once its certificate was proved over mutual TLS. Throws `conflict` when this very
 * peer answers, and what `PeerClient` throws.
 */
export async function meetPeer(
  { self, peers, members, neighbours, intervalMs }: MeetPorts,
  at: HostPort,
  signal: AbortSignal,
  expected?: PeerId,
): Promise<Met> {
  const within = soon(signal);
  const hello = await introduction(peers, at, within, signal);
  const { peerId, name, index } = hello;
  if (peerId === self) throw new EssaimError("conflict", "This very computer answers there.");
  if (expected !== undefined && peerId !== expected) {
    throw new EssaimError("not-found", "Another peer answers there.");
  }
  const member = await memberAt({ peers, members, neighbours }, at, hello, within).catch(() => undefined);
  signal.throwIfAborted();
  const met = { peerId, host: at.host, port: at.port, name, ...member };
  // Only a proof moves somebody who is present elsewhere.
  const elsewhere = neighbours.present().some((other) => other.peerId === peerId && other.host !== at.host);
  if (member !== undefined || !elsewhere) neighbours.found(met, KEPT_INTERVALS * intervalMs);
  return { ...met, index };
}

/** Of the same class: proved by a certificate that it shows over mutual TLS, unless that was done for this place before. */
async function memberAt(
  { peers, members, neighbours }: Pick<MeetPorts, "peers" | "members" | "neighbours">,
  { host }: HostPort,
  { peerId, memberPort }: Hello,
  signal: AbortSignal,
): Promise<Pick<Neighbour, "name" | "user" | "memberPort"> | undefined> {
  if (members.id === undefined || members.isRevoked(peerId)) return undefined;
  if (memberPort === undefined || memberPort < LOWEST_PORT) return undefined;
  const known = neighbours.get(peerId);
  if (known?.user !== undefined && known.host === host && known.memberPort === memberPort) {
    return { name: known.name, user: known.user, memberPort };
  }
  return (await provedMember({ peers, members }, { peerId, host, memberPort }, signal))?.member;
}
