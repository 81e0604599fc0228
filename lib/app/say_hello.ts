import type { ClassMembers } from "../class_ports.ts";
import type { Candidate, Proof } from "../core/candidate_table.ts";
import { EssaimError } from "../core/errors.ts";
import type { Hello, Neighbour } from "../core/messages.ts";
import type { Address, PeerClient } from "../ports.ts";

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

/** It says to belong to the class of this computer, so that it can be proved. */
export function isOfClass({ peerId, class: id, memberPort }: Candidate, members: ClassMembers): boolean {
  return members.id !== undefined && id === members.id && memberPort !== undefined && !members.isRevoked(peerId);
}

/**
 * Asks a candidate who it is, where its beacon came from: a member of the class over mutual TLS, where its certificate
 * proves whose computer it is; others, and members that do not answer so, over plain HTTP. Throws `conflict` when another
 * peer answers, and what `PeerClient` throws.
 */
export async function sayHello(
  { peers, members }: HelloPorts,
  candidate: Candidate,
  signal: AbortSignal,
): Promise<Greeted> {
  const { peerId, host, port, memberPort } = candidate;
  const hello = async (at: Address) => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]);
    const said = await peers.hello(at, within);
    if (said.peerId !== peerId) throw new EssaimError("conflict", "Another peer answers there.");
    return said;
  };
  if (memberPort !== undefined && isOfClass(candidate, members)) {
    try {
      const { certificate, index } = await hello({ host, port: memberPort, secure: peerId });
      const member = certificate && await members.member(certificate);
      if (member?.peerId === peerId) {
        return {
          neighbour: { peerId, name: member.name, user: member.user, host, port, memberPort },
          by: "member",
          index,
        };
      }
    } catch {
      signal.throwIfAborted(); // else what is public may still be had
    }
  }
  const { name, index } = await hello({ host, port });
  return { neighbour: { peerId, name, host, port }, by: "anyone", index };
}
