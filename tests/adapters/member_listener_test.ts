import assert from "node:assert/strict";
import { connect } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { serverNameOf, TRACKER_SERVER_NAME } from "../../lib/core/class_messages.ts";
import { DAY_MS } from "../../lib/core/membership.ts";
import { type Caller, listenAs, reply } from "./members.ts";
import { get, PATIENT, until } from "./raw_http.ts";
import { exchangeSecurely, RawTls } from "./raw_tls.ts";
import { EXPIRED, readMember, TestClass } from "./test_class.ts";

const ours = await TestClass.make();
const theirs = await TestClass.make();
const [alice, bob, eve, stranger] = [
  await ours.member(),
  await ours.member(),
  await ours.member(),
  await theirs.member(),
];
const { ca } = bob.credentials;
const servername = serverNameOf(alice.peerId);
const asBob: ConnectionOptions = { ...bob.credentials, servername };
const KEPT = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Deno.test("a member is known by its certificate", async () => {
  await using server = await listenAs(alice, { revocationsNumber: () => 7 });
  const answer = await exchangeSecurely(server.port, get("/"), asBob);
  assert.match(answer, /^HTTP\/1\.1 200/);
  assert.match(answer, /\r\nessaim-revocations: 7\r\n/i);
  assert.ok(answer.endsWith(bob.peerId), answer);
});

const expired = await ours.member(EXPIRED);
const early = await ours.member({ notBefore: Date.now() + DAY_MS, notAfter: Date.now() + 2 * DAY_MS });
const UNWANTED: [string, ConnectionOptions][] = [
  ["no certificate", { ca, servername }],
  ["a certificate of another class", { ...stranger.credentials, ca, servername }],
  ["an expired certificate", { ...expired.credentials, servername }],
  ["a certificate that is not valid yet", { ...early.credentials, servername }],
  ["a revoked certificate", { ...eve.credentials, servername }],
  ["the certificate of a tracker", { ...await ours.tracker(), servername }],
  ["the right certificate at another server name", { ...bob.credentials, servername: serverNameOf(bob.peerId) }],
  ["the right certificate at the tracker's name", { ...bob.credentials, servername: TRACKER_SERVER_NAME }],
  ["the right certificate and no server name", { ...bob.credentials, servername: "" }],
  ["the right certificate over TLS 1.2", { ...asBob, maxVersion: "TLSv1.2" }],
];
for (const [what, options] of UNWANTED) {
  for (
    const [how, request] of [
      ["asks", get("/")],
      ["sends what is no HTTP", "hello\r\n\r\n"],
      ["waits for 100 Continue", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"],
      ["wants an upgrade", "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"],
    ] as const
  ) {
    Deno.test(`who ${how} with ${what} gets no byte`, async () => {
      let asked = 0;
      await using server = await listenAs(alice, {
        isStillAllowed: ({ peerId }) => peerId !== eve.peerId,
        upgrade: () => asked++,
        handler() {
          asked++;
          return new Response("secret");
        },
      });
      assert.equal(await exchangeSecurely(server.port, request, options), "");
      assert.equal(asked, 0);
      await until(() => server.connections === 0);
    });
  }
}

Deno.test("whose certificate cannot be read, or who is not found out, gets no byte", async () => {
  for (const accept of [() => Promise.reject(new Error("unreadable")), () => Promise.resolve(undefined)]) {
    await using server = await listenAs(alice, { accept });
    assert.equal(await exchangeSecurely(server.port, get("/"), asBob), "");
  }
});

Deno.test("a request waits until it is known whose it is", async () => {
  const known = Promise.withResolvers<Caller>();
  const asked = Promise.withResolvers<void>();
  await using server = await listenAs(alice, {
    accept(der) {
      asked.resolve();
      known.promise.then(() => assert.equal(readMember(der)!.peerId, bob.peerId));
      return known.promise;
    },
  });
  using client = new RawTls(server.port, asBob);
  client.send(KEPT);
  await asked.promise;
  assert.equal(client.received, "");
  known.resolve({ ...bob, ...EXPIRED, notAfter: Infinity });
  await client.until(bob.peerId);
});

for (
  const [how, next] of [
    ["asks again", KEPT],
    ["sends what is no HTTP", "\0\0\r\n\r\n"],
    ["waits for 100 Continue", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"],
    ["sends too many headers", `GET / HTTP/1.1\r\nX: ${"y".repeat(20_000)}\r\n\r\n`],
  ] as const
) {
  Deno.test(`who is revoked while connected and ${how} gets no byte more`, async () => {
    let revoked = false;
    await using server = await listenAs(alice, { isStillAllowed: () => !revoked });
    using client = new RawTls(server.port, asBob);
    client.send(KEPT);
    await client.until(bob.peerId);
    const before = client.received;
    revoked = true;
    client.send(next);
    assert.equal(await client.text(), before);
  });
}

Deno.test("the connections of one member are cut in the middle of an answer, those of others are not", async () => {
  await using server = await listenAs(alice, {
    handler: (_request, { member }) =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode("half")),
        }),
        { headers: { "content-length": "8", "x-member": member!.peerId } },
      ),
  });
  using first = new RawTls(server.port, asBob);
  using second = new RawTls(server.port, { ...eve.credentials, servername });
  for (const client of [first, second]) {
    client.send(KEPT);
    await client.until("half");
  }
  server.closeWhere(({ peerId }) => peerId === bob.peerId);
  assert.ok((await first.text()).endsWith("half"));
  await until(() => server.connections === 1);
});

Deno.test("a renewed certificate is shown from the next connection on", async () => {
  await using server = await listenAs(alice);
  server.renew(eve.credentials);
  const shown = Promise.withResolvers<string>();
  const checkServerIdentity = (_name: string, certificate: { raw: Uint8Array }) => {
    shown.resolve(readMember(certificate.raw)!.peerId);
    return undefined;
  };
  const options = { ...asBob, checkServerIdentity } as ConnectionOptions;
  assert.ok((await exchangeSecurely(server.port, get("/"), options)).endsWith(bob.peerId));
  assert.equal(await shown.promise, eve.peerId);
  assert.equal(await exchangeSecurely(server.port, get("/"), { ca, servername }), "");
});

Deno.test("where no certificate is needed, one that is presented still has to be right", async () => {
  const tracker = await ours.tracker();
  await using server = await listenAs({ ...alice, credentials: tracker }, {
    serverName: TRACKER_SERVER_NAME,
    optionalCertificate: true,
    isStillAllowed: ({ peerId }) => peerId !== eve.peerId,
    revocationsNumber: () => 7,
  });
  const ask = (options: ConnectionOptions) =>
    exchangeSecurely(server.port, get("/"), { servername: TRACKER_SERVER_NAME, ...options });
  assert.ok((await ask({ ca })).endsWith("nobody"));
  assert.ok(!(await ask({ ca })).toLowerCase().includes("essaim-revocations"));
  assert.ok((await ask({ ca, servername: "" })).endsWith("nobody"));
  assert.ok((await ask(bob.credentials)).endsWith(bob.peerId));
  for (
    const refused of [
      { ...stranger.credentials, ca },
      expired.credentials,
      early.credentials,
      eve.credentials,
      tracker,
      { ...bob.credentials, servername: "" },
      { ...bob.credentials, servername },
    ]
  ) assert.equal(await ask(refused), "");
});

Deno.test("a request body is bounded, and only where one is expected", async () => {
  await using server = await listenAs(alice, {
    maxBodyBytes: (member) => member!.peerId === bob.peerId ? 10 : 0,
    handler: async (request) => reply(await request.text()),
  });
  const ask = (method: string, body: string) =>
    exchangeSecurely(
      server.port,
      `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${body}`,
      asBob,
    );
  const sized = (size: number) => `Content-Length: ${size}\r\n\r\n${"x".repeat(Math.min(size, 1_000_000))}`;
  assert.match(await ask("POST", sized(10)), /^HTTP\/1\.1 200[^]*x{10}$/);
  assert.match(await ask("POST", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"), /^HTTP\/1\.1 200[^]*ok$/);
  assert.match(await ask("POST", "Expect: 100-continue\r\n" + sized(1)), /^HTTP\/1\.1 100[^]*HTTP\/1\.1 200[^]*x$/);
  for (
    const [method, body] of [
      ["POST", sized(11)],
      ["POST", sized(1e10)],
      ["POST", "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n" + "x".repeat(1_000)],
      ["GET", sized(1)],
    ] as const
  ) assert.match(await ask(method, body), /^HTTP\/1\.1 413/);
});

Deno.test("who does not finish the handshake is disconnected", async () => {
  await using server = await listenAs(alice, { limits: { ...PATIENT, headersTimeoutMs: 200 } });
  for (const bytes of ["", "\x16\x03\x01\x02\x00\x01"]) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = connect(server.port, "127.0.0.1", () => socket.write(bytes, "latin1"));
    socket.on("error", () => {}).on("data", () => {}).on("close", () => resolve());
    await promise;
  }
  await until(() => server.connections === 0);
});

Deno.test("connections count from before the handshake", async () => {
  await using server = await listenAs(alice, { limits: { ...PATIENT, maxFromLoopback: 1 } });
  const socket = connect(server.port, "127.0.0.1");
  await until(() => server.connections === 1);
  assert.equal(await exchangeSecurely(server.port, get("/"), asBob), "");
  socket.destroy();
  await until(() => server.connections === 0);
  assert.ok((await exchangeSecurely(server.port, get("/"), asBob)).endsWith(bob.peerId));
});
