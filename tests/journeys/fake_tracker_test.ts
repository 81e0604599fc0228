import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, connect, createServer as listenTcp, type Server, type Socket } from "node:net";
import { createServer as listenTls } from "node:tls";
import { classAuthority, newAuthority } from "../../lib/adapters/class_authority.ts";
import { codePrefixOf, writeJoinLink } from "../../lib/core/class_code.ts";
import { certificateSpan } from "../../lib/core/membership.ts";
import { authorityOf, issued } from "./attackers.ts";
import { Classroom, type Peer } from "./processes.ts";
import { until } from "./until.ts";

const SECRET = "S3CRETXY"; // a code as it could be
const NAME = "kanari-name";

interface Tls {
  readonly key: string;
  readonly cert: string;
  readonly maxVersion?: "TLSv1.2";
}

/** What somebody answers who took the tracker's address. */
interface Lies {
  readonly class: string;
  readonly ca: string;
  readonly tls: Tls;
}

/** Keeps every byte that comes in on both ports, and all that could be decrypted. */
class FakeTracker implements AsyncDisposable {
  readonly plain: Uint8Array[] = [];
  readonly sealed: Uint8Array[] = [];
  readonly opened: Uint8Array[] = [];
  #sockets = new Set<Socket>();

  private constructor(readonly servers: readonly Server[], readonly port: number, readonly memberPort: number) {}

  static async start(lies: Lies, port = 0): Promise<FakeTracker> {
    const tls = listenTls({ ...lies.tls, ...lies.tls.maxVersion ? {} : { minVersion: "TLSv1.3" } }, (socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => fake.opened.push(bytes));
    });
    tls.on("tlsClientError", () => {});
    const inner = await listen(tls, 0);
    const member = listenTcp((socket) => {
      fake.#sockets.add(socket);
      const { port } = inner.address() as AddressInfo;
      const wire = connect(port, "127.0.0.1");
      socket.on("data", (bytes: Uint8Array) => {
        fake.sealed.push(bytes);
        wire.write(bytes);
      });
      wire.on("data", (bytes: Uint8Array) => socket.write(bytes));
      for (const [a, b] of [[socket, wire], [wire, socket]]) a!.on("error", () => {}).on("close", () => b!.destroy());
    });
    const plain = listenTcp((socket) => {
      fake.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("data", (bytes: Uint8Array) => {
        fake.plain.push(bytes);
        const path = /^GET (\S+)/.exec(Buffer.from(bytes).toString("latin1"))?.[1];
        const { memberPort } = fake;
        const info = { class: lies.class, name: "class", memberPort, enrolment: "code", software: "essaim/0.1.0" };
        const body = path === "/api/class" ? JSON.stringify(info) : path === "/api/ca.pem" ? lies.ca : "{}";
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      });
    });
    await listen(member, 0);
    await listen(plain, port);
    const [at, memberAt] = [plain, member].map((server) => (server.address() as AddressInfo).port) as [number, number];
    const fake = new FakeTracker([plain, member, inner], at, memberAt);
    return fake;
  }

  /** Everything that came, as text of every kind in which something could be written. */
  get heard(): string {
    const all = Buffer.concat([...this.plain, ...this.sealed, ...this.opened]).toString("latin1");
    const words = all.match(/[\w-]{12,}/g) ?? [];
    return [all, decodeURIComponent(all.replace(/%(?![0-9a-f]{2})/gi, "")), ...words.map(unbase64)].join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

async function listen(server: Server, port: number): Promise<Server> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const unbase64 = (text: string) => Buffer.from(text, "base64url").toString("latin1");

async function joinFails(peer: Peer, fake: FakeTracker, code: string, says: RegExp): Promise<void> {
  const { code: exit, err } = await peer.cli("join", `http://127.0.0.1:${fake.port}/join#${code}`, "--name", NAME);
  assert.equal(exit, 1);
  assert.match(err, says);
}

Deno.test("whoever took the tracker's address never gets the secret half of the code, nor a name", async () => {
  await using room = await Classroom.ofMembers("alice");
  const authority = await authorityOf(room);
  const bob = await room.startPeer("bob", {}, "");
  const code = `${codePrefixOf(authority.classId)}${SECRET}`;
  const other = await newAuthority(Date.now());
  const others = await classAuthority(other.key, other.certificate);
  const theirs: Tls = await others.serverCertificate(["127.0.0.1"], Date.now());
  const members: Tls = await issued(authority);
  const old: Tls = await authority.serverCertificate(["127.0.0.1"], Date.now() - 500 * 24 * 3_600_000);
  const ours = { class: authority.classId, ca: authority.pem };
  for (
    const [what, lies, says, isAskedSecurely] of [
      ["another class", { class: others.classId, ca: others.pem, tls: theirs }, /Nothing was sent/, false],
      ["the class's id with another authority", { ...ours, ca: others.pem, tls: theirs }, /Nothing was sent/, false],
      ["two authorities", { ...ours, ca: `${others.pem}${authority.pem}`, tls: theirs }, /./, false],
      ["two authorities, ours first", { ...ours, ca: `${authority.pem}${others.pem}`, tls: theirs }, /./, false],
      ["something after the authority", { ...ours, ca: `${authority.pem}x`, tls: theirs }, /./, false],
      ["the right authority without its key", { ...ours, tls: theirs }, /does not answer/, true],
      [
        "the right authority shown along",
        { ...ours, tls: { ...theirs, cert: theirs.cert + authority.pem } },
        /does not answer/,
        true,
      ],
      ["the certificate of a member", { ...ours, tls: members }, /does not answer/, true],
      ["a certificate that has expired", { ...ours, tls: old }, /does not answer/, true],
      [
        "TLS 1.2",
        { ...ours, tls: { ...await authority.serverCertificate([], Date.now()), maxVersion: "TLSv1.2" } },
        /does not answer/,
        true,
      ],
    ] as const
  ) {
    await using fake = await FakeTracker.start(lies);
    await joinFails(bob, fake, code, says);
    const requests = Buffer.concat(fake.plain).toString("latin1").match(/^[A-Z]+ \/\S*/gm);
    assert.deepEqual(requests, ["GET /api/class", "GET /api/ca.pem"], what);
    assert.equal(fake.sealed.length > 0, isAskedSecurely, what);
    assert.deepEqual(fake.opened, [], what);
    for (const secret of [SECRET, NAME]) assert.ok(!fake.heard.includes(secret), `${secret}: ${what}`);
  }
  // The same code where it belongs is only wrong, which shows that it would have been sent.
  const link = writeJoinLink(`http://127.0.0.1:${room.tracker.port}`, { prefix: code.slice(0, 8), secret: SECRET });
  assert.match((await bob.cli("join", link, "--name", NAME)).err, /code/);
});

Deno.test("a member whose tracker was replaced tells the new one nothing, and goes on without", async () => {
  await using room = await Classroom.ofMembers("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  await until("alice knows bob", async () => (await alice.cli("class")).out.includes("bob"));
  const authority = await authorityOf(room);
  await Deno.writeTextFile(`${room.folder}/kanari-file.txt`, "kanari-content");
  const { port } = room.tracker;
  await room.tracker.kill();
  const members = await issued(authority, certificateSpan(Date.now()));
  await using fake = await FakeTracker.start({ class: authority.classId, ca: authority.pem, tls: members }, port);
  await alice.share(`${room.folder}/kanari-file.txt`, "--private", "--allow", "bob");
  await Promise.all([alice.cli("search", "kanari-search"), bob.cli("search", "kanari-search")]);
  await until("they looked for the tracker", () => fake.sealed.length > 2);
  assert.deepEqual(fake.opened, []);
  const requests = new Set(Buffer.concat(fake.plain).toString("latin1").match(/^[A-Z]+ \/\S*/gm));
  assert.deepEqual([...requests], ["GET /api/class", "GET /api/ca.pem"]);
  assert.ok(!fake.heard.includes("kanari"));
});
