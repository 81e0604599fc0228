import assert from "node:assert/strict";
import type { Membership } from "../../lib/app/membership.ts";
import { serverNameOf } from "../../lib/core/class_messages.ts";
import type { ClassId } from "../../lib/core/ids.ts";
import type { MemberCaller } from "../../lib/core/permission.ts";
import { MemberDoor } from "../../peer_class.ts";
import { FakeLog, hexId } from "../fakes.ts";
import { reply } from "./members.ts";
import { until } from "../journeys/until.ts";
import { RawTls } from "./raw_tls.ts";
import { readMember, TestClass, type TestMember } from "./test_class.ts";

const [FIRST, SECOND] = [1, 2].map((n) => hexId<ClassId>(n, 64)) as [ClassId, ClassId];

/** What a door asks of a membership, which changes as the test says. */
class Standing {
  id: ClassId | undefined;
  kept: { readonly ca: string; readonly certificate: string } | undefined;
  revocations = undefined;

  become(id: ClassId | undefined, { credentials }: Pick<TestMember, "credentials">): void {
    this.id = id;
    const certificate = credentials.cert.replace(/-----[A-Z ]+-----|\s/g, "");
    this.kept = id && { ca: credentials.ca, certificate };
  }

  member = (certificate: string) => Promise.resolve(readMember(Uint8Array.fromBase64(certificate)));
  isStillMember = () => true;
  hear = () => {};
}

Deno.test("who asks as a member of one class is never taken for one of the class that is joined next", async () => {
  const [first, second] = [await TestClass.make(), await TestClass.make()];
  const me = await first.member();
  const other = await first.member();
  const standing = new Standing();
  const callers: MemberCaller[] = [];
  await using door = new MemberDoor({
    membership: standing as unknown as Membership,
    identity: { peerId: me.peerId, keyPem: me.credentials.key } as never,
    hostname: "127.0.0.1",
    ports: [0],
    limits: { maxConnections: 10, maxPerAddress: 10 },
    log: new FakeLog(),
    answer: (_request, caller) => {
      callers.push(caller);
      return Promise.resolve(reply("yes"));
    },
    revocationsOf: () => Promise.reject(new Error("not asked")),
  });
  standing.become(FIRST, me);
  await door.follow();
  const servername = serverNameOf(me.peerId);
  using client = new RawTls(door.port!, { ...other.credentials, servername });
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await client.until("yes");
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"); // its body comes later
  await client.until("100 Continue\r\n\r\n");
  const { port } = door;
  standing.become(undefined, me);
  const leaving = door.follow();
  await until("no one else comes in", () => Deno.connect({ port: port! }).then((c) => c.close(), () => true));
  standing.become(SECOND, await second.member());
  client.send("abcd");
  await client.text();
  await leaving;
  assert.deepEqual([...new Set(callers.map((caller) => caller.class))], [FIRST]);
});
