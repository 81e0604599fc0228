import type { ClassMembers } from "../class_ports.ts";
import type { Candidate, Proof } from "../core/candidate_table.ts";
import { EssaimError } from "../core/errors.ts";
import type { PeerId } from "../core/ids.ts";
import type { HostPort } from "../core/known_address.ts";
import type { Hello, Neighbour } from "../core/messages.ts";
import type { PeerClient } from "../ports.ts";

const ANSWERS_WITHIN_MS = 3_000;

export interface HelloPorts {
  readonly peers: Pick<PeerClient, "hello">;
  readonly members: ClassMembers;
}

export interface Greeted {
  readonly neighbour: Neighbour;
  readonly by: Proof;
  readonly index: Hello["index"];
}

/** How long an answer is waited for. */
export function soon(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]);
}

/**
 * What somebody says of itself over plain HTTP, before `within` ends, which `signal` ends too. Throws `unreachable` when it
 * is late, the reason of `signal`, and what `PeerClient` throws.
 */
export async function introduction(
  peers: HelloPorts["peers"],
  { host, port }: HostPort,
  within: AbortSignal,
  signal: AbortSignal,
): Promise<Hello> {
  try {
    return await peers.hello({ host, port }, within);
  } catch (cause) {
    signal.throwIfAborted();
    if (!within.aborted) throw cause;
    throw new EssaimError("unreachable", `It did not answer within ${ANSWERS_WITHIN_MS / 1000} s.`, { cause });
  }
}

/** It says to belong to the class of this computer, so that it can be proved. */
export function isOfClass({ peerId, class: id, memberPort }: Candidate, members: ClassMembers): boolean {
  return members.id !== undefined && id === members.id && memberPort !== undefined && !members.isRevoked(peerId);
}

/**
 * Asks a candidate who it is, where its beacon came from: a member of the class over mutual TLS, where its certificate
 * proves whose computer it is; others, and members that do not answer so, over plain HTTP. Throws `conflict` when another
 * peer answers, and what `PeerClient` throws.
 */
export async function sayHello(ports: HelloPorts, candidate: Candidate, signal: AbortSignal): Promise<Greeted> {
  const { peerId, host, port, memberPort } = candidate;
  if (memberPort !== undefined && isOfClass(candidate, ports.members)) {
    // Without a proof, what is public may still be had.
    const proved = await provedMember(ports, { peerId, host, memberPort }, soon(signal)).catch(() => undefined);
    signal.throwIfAborted();
    if (proved) return { neighbour: { peerId, host, port, ...proved.member }, by: "member", index: proved.index };
  }
  const { peerId: who, name, index } = await introduction(ports.peers, { host, port }, soon(signal), signal);
  if (who !== peerId) throw new EssaimError("conflict", "Another peer answers there.");
  return { neighbour: { peerId, name, host, port }, by: "anyone", index };
}

/** Who answers there in the class: by the certificate that it shows over mutual TLS. Undefined when that proves nothing. */
export async function provedMember(
  { peers, members }: HelloPorts,
  { peerId, host, memberPort }: { readonly peerId: PeerId; readonly host: string; readonly memberPort: number },
  signal: AbortSignal,
): Promise<{ member: Pick<Neighbour, "name" | "user" | "memberPort">; index: Hello["index"] } | undefined> {
  const said = await peers.hello({ host, port: memberPort, secure: peerId }, signal);
  if (said.peerId !== peerId || said.certificate === undefined) return undefined;
  const { peerId: who, name, user } = await members.member(said.certificate);
  return who === peerId ? { member: { name, user, memberPort }, index: said.index } : undefined;
}
