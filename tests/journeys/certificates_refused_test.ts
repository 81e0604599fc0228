import assert from "node:assert/strict";
import { createServer } from "node:tls";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { memberClient } from "../../lib/adapters/member_client.ts";
import { serverNameOf, TRACKER_SERVER_NAME } from "../../lib/core/class_messages.ts";
import { DAY_MS } from "../../lib/core/membership.ts";
import { classAuthority, newAuthority } from "../../lib/adapters/class_authority.ts";
import { codeOf } from "../fakes.ts";
import { exchangeSecurely } from "../adapters/raw_tls.ts";
import {
  authorityOf,
  type Credentials,
  issued,
  memberWire,
  requestOf,
  statusOf,
  teacherDoes,
  userOf,
} from "./attackers.ts";
import { Classroom } from "./processes.ts";
import { credentialsOf, peerIdOf, serverOf } from "./strangers.ts";
import { until } from "./until.ts";

const REQUESTS = [
  requestOf("GET /v1/hello"),
  requestOf("GET /api/search?q="),
  requestOf("POST /api/join", { headers: { "content-type": "application/jose" }, body: "x.y.z" }),
  "no HTTP at all\r\n\r\n",
];

Deno.test("peers and tracker give no byte to any certificate but a valid one of the class", async () => {
  await using room = await Classroom.ofMembers("alice", "bob", "mallory");
  const [alice, bob, mallory] = [room.peer("alice"), room.peer("bob"), room.peer("mallory")];
  const { tracker } = room;
  const authority = await authorityOf(room);
  const now = Date.now();
  const other = await newAuthority(now);
  const stranger = await issued(await classAuthority(other.key, other.certificate));
  const { pem: ca } = authority;
  const bobs = await credentialsOf(bob);
  const mallorys = await credentialsOf(mallory);

  // Removed by the teacher: the tracker knows at once, peers from it or from each other.
  const user = await userOf(mallory, authority);
  const mallorysName = await serverOf(mallory);
  await mallory.stop();
  await teacherDoes(room, `/people/${user}/remove`);
  const wanted: [string, Credentials][] = [
    ["of another class", { ...stranger, ca }],
    ["expired", await issued(authority, { notBefore: now - 40 * DAY_MS, notAfter: now - 1_000 })],
    ["not valid yet", await issued(authority, { notBefore: now + DAY_MS, notAfter: now + 2 * DAY_MS })],
    ["of the tracker", { ...await authority.serverCertificate([], now), ca }],
    ["with another's key", { ...bobs, key: mallorys.key }],
    ["revoked", mallorys],
  ];
  const servers = [
    [alice, await serverOf(alice)],
    [bob, await serverOf(bob)],
    [tracker, TRACKER_SERVER_NAME],
  ] as const;
  for (const [server, servername] of servers) {
    const ask = (credentials: Credentials & { servername?: string; maxVersion?: "TLSv1.2" }, request: string) =>
      exchangeSecurely(server.memberPort, request, { servername, ...credentials });
    await until(`${servername} knows who was removed`, async () => await ask(mallorys, REQUESTS[0]!) === "");
    for (const request of REQUESTS) {
      for (const [what, credentials] of wanted) {
        assert.equal(await ask(credentials, request), "", `${what}: ${request}`);
      }
      for (const name of [mallorysName, TRACKER_SERVER_NAME, "", "localhost"]) {
        if (name !== servername) {
          assert.equal(await ask({ ...bobs, servername: name }, request), "", `${name}: ${request}`);
        }
      }
      assert.equal(await ask({ ...bobs, maxVersion: "TLSv1.2" }, request), "", "TLS 1.2");
      if (server !== tracker) assert.equal(await ask({ ca }, request), "", "none");
    }
    const good = await memberWire(bob, server);
    assert.equal(statusOf(await good(REQUESTS[server === tracker ? 1 : 0]!)), 200);
  }

  const nobody = (request: string) =>
    exchangeSecurely(tracker.memberPort, request, { ca, servername: TRACKER_SERVER_NAME });
  for (
    const line of [
      "GET /api/search?q=",
      "GET /api/class",
      "GET /api/members",
      "GET /api/revocations",
      "GET /api/stats",
      "GET /api/live",
      "GET /metrics",
      "GET /",
      "GET /class/../api/members",
      "GET /class%2f..%2fapi%2fmembers",
      "GET //api/members",
      "GET /api/join",
      "GET /api/join/../members",
      "POST /api/announce",
      "POST /api/devices",
      "POST /api/lease",
      "POST /API/JOIN",
      "PUT /api/join/x",
      "OPTIONS /api/members",
      "HEAD /api/members",
    ]
  ) {
    const answer = await nobody(requestOf(line, line.startsWith("POST") ? { body: {} } : {}));
    assert.ok([401, 404].includes(statusOf(answer)), `${line}: ${answer}`);
    assert.doesNotMatch(answer, /alice|bob|revocations"/, line);
  }
  for (const path of ["join", "renew"]) {
    const options = { headers: { "content-type": "application/jose" }, body: "x.y.z" };
    assert.equal(statusOf(await nobody(requestOf(`POST /api/${path}`, options))), 400, path);
  }
  assert.equal(statusOf(await nobody(requestOf("GET /class/sign-in"))), 200);
});

Deno.test("a member's certificate is not the tracker's, and the tracker's not a member's, for who connects", async () => {
  await using room = await Classroom.ofMembers("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const authority = await authorityOf(room);
  const bobs = await credentialsOf(bob);
  const alicesName = serverNameOf(await peerIdOf(alice));
  const trackers = { ...await authority.serverCertificate(["127.0.0.1"], Date.now()), ca: authority.pem };
  for (
    const [shown, server] of [
      [bobs, TRACKER_SERVER_NAME],
      [await credentialsOf(alice), TRACKER_SERVER_NAME],
      [trackers, alicesName],
      [bobs, alicesName],
    ] as const
  ) {
    let heard = "";
    const fake = createServer({ ...shown, minVersion: "TLSv1.3" }, (socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        heard += bytes;
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
      });
    });
    fake.listen(0, "127.0.0.1");
    await once(fake, "listening");
    try {
      using client = memberClient({ credentials: await credentialsOf(alice) });
      const url = `https://127.0.0.1:${(fake.address() as AddressInfo).port}/`;
      const signal = AbortSignal.timeout(5_000);
      assert.equal(await codeOf(client.to(server).fetch(url, { signal })), "unreachable", server);
      assert.equal(heard, "");
    } finally {
      fake.close();
    }
  }
});
