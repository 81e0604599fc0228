import type { MemberListener, MemberListenOptions } from "../../lib/adapters/member_listener.ts";
import { listenMembers } from "../../lib/adapters/member_listener.ts";
import { serverNameOf } from "../../lib/core/class_messages.ts";
import { isValidAt } from "../../lib/core/membership.ts";
import { readMember, type TestMember } from "./test_class.ts";

export type Caller = NonNullable<ReturnType<typeof readMember>>;

/** A peer of the class that answers who asks, unless something else is said. */
export function listenAs(
  self: TestMember,
  options: Partial<MemberListenOptions<Caller>> = {},
): Promise<MemberListener<Caller>> {
  return listenMembers<Caller>({
    hostname: "127.0.0.1",
    ports: [0],
    credentials: self.credentials,
    serverName: serverNameOf(self.peerId),
    accept: (der) => Promise.resolve(readMember(der)),
    isStillAllowed: (member) => isValidAt(member, Date.now()),
    maxBodyBytes: () => 64 * 1024,
    handler: (_request, { member }) => reply(member?.peerId ?? "nobody"),
    ...options,
  });
}

/** Its text stands last in the answer. */
export function reply(text: string): Response {
  return new Response(text, { headers: { "content-length": `${text.length}` } });
}
