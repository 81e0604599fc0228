import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type TlsOptions, type TLSSocket } from "node:tls";
import { plainClient } from "../../lib/adapters/plain_client.ts";
import { httpPeerClient } from "../../lib/adapters/http_peer_client.ts";
import { type MemberClient, memberClient } from "../../lib/adapters/member_client.ts";
import { serverNameOf, TRACKER_SERVER_NAME } from "../../lib/core/class_messages.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { PeerId } from "../../lib/core/ids.ts";
import { DAY_MS } from "../../lib/core/membership.ts";
import { codeOf, fileId } from "../fakes.ts";
import { CHUNK, testFile } from "../fakes_download.ts";
import { never } from "./hostile.ts";
import { ANSWERS, chunked, outcomeOf } from "./http1_answers.ts";
import { listenAs, reply } from "./members.ts";
import { until } from "./raw_http.ts";
import { EXPIRED, TestClass, type TestCredentials } from "./test_class.ts";
import { tempDir } from "../temp.ts";

const ours = await TestClass.make();
const theirs = await TestClass.make();
const [alice, bob, eve, stranger] = [
  await ours.member(),
  await ours.member(),
  await ours.member(),
  await theirs.member(),
];
const toAlice = serverNameOf(alice.peerId);

const asBob = (options: Partial<Parameters<typeof memberClient>[0]> = {}) =>
  memberClient({ credentials: bob.credentials, ...options });

const ask = async (client: MemberClient, name: string, port: number, signal = never): Promise<string> =>
  await (await client.to(name).fetch(`https://127.0.0.1:${port}/`, { signal })).text();

/** A TLS server that answers each request with the same bytes, whatever they are. */
class RawServer implements AsyncDisposable {
  readonly requests: string[] = [];
  readonly #sockets = new Set<TLSSocket>();
  private constructor(readonly port: number, readonly close: () => void) {}

  static async listen(
    credentials: TestCredentials,
    reply: string | ((socket: TLSSocket) => void),
    more: TlsOptions = {},
  ) {
    const server = createServer({ ...credentials, requestCert: true, rejectUnauthorized: false, ...more });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const self = new RawServer((server.address() as { port: number }).port, () => server.close());
    server.on("tlsClientError", () => {});
    server.on("secureConnection", (socket) => {
      self.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        self.requests.push(bytes.toString());
        if (reply === "") socket.end();
        else if (typeof reply === "string") socket.end(reply, "latin1");
        else reply(socket);
      });
    });
    return self;
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.close();
    return Promise.resolve();
  }
}

const old = await ours.member(EXPIRED);
const early = await ours.member({ notBefore: Date.now() + DAY_MS, notAfter: Date.now() + 2 * DAY_MS });
const IMPOSTORS: [string, PeerId, TestCredentials, TlsOptions?][] = [
  ["with a certificate of another class", stranger.peerId, stranger.credentials],
  ["with the certificate of another peer", alice.peerId, eve.credentials],
  ["with the certificate of the tracker", alice.peerId, await ours.tracker()],
  ["whose certificate has expired", old.peerId, old.credentials],
  ["whose certificate is not valid yet", early.peerId, early.credentials],
  ["that only speaks TLS 1.2", alice.peerId, alice.credentials, { maxVersion: "TLSv1.2" }],
];
for (const [what, peer, credentials, options] of IMPOSTORS) {
  Deno.test(`a server ${what} gets no byte of a request, however often it is tried`, async () => {
    await using server = await RawServer.listen(credentials, "", options);
    using client = asBob();
    for (let time = 0; time < 3; time++) {
      assert.equal(await codeOf(ask(client, serverNameOf(peer), server.port)), "unreachable");
    }
    assert.deepEqual(server.requests, []);
  });
}

Deno.test("a peer cannot pass for the tracker", async () => {
  await using server = await RawServer.listen(alice.credentials, "");
  using client = asBob();
  assert.equal(await codeOf(ask(client, TRACKER_SERVER_NAME, server.port)), "unreachable");
  assert.deepEqual(server.requests, []);
});

Deno.test("authorities that this computer trusts are nothing to a class", async () => {
  await using server = await RawServer.listen(stranger.credentials, "");
  const folder = await tempDir();
  await Deno.writeTextFile(`${folder}/trusted.pem`, stranger.credentials.ca);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", new URL("./member_client_child.ts", import.meta.url).pathname],
    env: { DENO_CERT: `${folder}/trusted.pem` },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode(JSON.stringify({
    credentials: bob.credentials,
    name: serverNameOf(stranger.peerId),
    port: server.port,
  })));
  await input.close();
  const { stdout } = await child.output();
  assert.equal(new TextDecoder().decode(stdout), "unreachable\n");
  assert.deepEqual(server.requests, []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a connection is used again, but never for another peer at the same address", async () => {
  let requests = 0;
  await using server = await listenAs(alice, {
    handler(_request, { member }) {
      requests++;
      return reply(member!.peerId);
    },
  });
  using client = asBob();
  for (let time = 0; time < 3; time++) assert.equal(await ask(client, toAlice, server.port), bob.peerId);
  assert.equal(server.connections, 1);
  assert.equal(await codeOf(ask(client, serverNameOf(eve.peerId), server.port)), "unreachable");
  assert.equal(requests, 3);
});

Deno.test("an idle connection that the server closed is no reason to fail", async () => {
  await using server = await listenAs(alice, { limits: { idleTimeoutMs: 100 } });
  using client = asBob();
  await ask(client, toAlice, server.port);
  await until(() => server.connections === 0);
  assert.equal(await ask(client, toAlice, server.port), bob.peerId);
  server.closeWhere(() => true);
  assert.equal(await ask(client, toAlice, server.port), bob.peerId);
});

Deno.test("renewed credentials are used from the next request on", async () => {
  await using server = await listenAs(alice);
  using client = memberClient();
  assert.equal(await codeOf(ask(client, toAlice, server.port)), "unreachable");
  client.renew(bob.credentials);
  assert.equal(await ask(client, toAlice, server.port), bob.peerId);
  client.renew(eve.credentials);
  assert.equal(await ask(client, toAlice, server.port), eve.peerId);
});

Deno.test("a revoked peer is not asked, and what it is sending is cut off", async () => {
  const refused = new Set<string>();
  let requests = 0;
  await using server = await listenAs(alice, {
    handler() {
      requests++;
      return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(5)) }));
    },
  });
  using client = asBob({ isRefused: (name) => refused.has(name) });
  const body = ask(client, toAlice, server.port);
  await until(() => requests === 1);
  refused.add(toAlice);
  client.closeWhere((name) => refused.has(name));
  await assert.rejects(body);
  assert.equal(await codeOf(ask(client, toAlice, server.port)), "unreachable");
  assert.equal(requests, 1);
});

Deno.test("the number of the revocation list that a server knows is passed on", async () => {
  await using server = await listenAs(alice, { revocationsNumber: () => 42 });
  const told: unknown[] = [];
  using client = asBob({ onRevocations: (...what) => told.push(what) });
  await ask(client, toAlice, server.port);
  assert.deepEqual(told, [[toAlice, 42]]);
});

Deno.test("requests arrive as they were given, bodies included", async () => {
  await using server = await listenAs(alice, {
    handler: async (request) =>
      Response.json([request.method, request.url, request.headers.get("x-a"), await request.text()]),
  });
  using client = asBob();
  const { port } = server;
  const init = { method: "POST", body: "é", headers: { "x-a": "1" }, signal: never };
  const response = await client.to(toAlice).fetch(`https://127.0.0.1:${port}/a%20b?c=d`, init);
  assert.deepEqual(await response.json(), ["POST", `https://127.0.0.1:${port}/a%20b?c=d`, "1", "é"]);
});

Deno.test("at most eight connections are open to a server, and more requests wait", async () => {
  const gate = Promise.withResolvers<void>();
  let [running, most] = [0, 0];
  await using server = await listenAs(alice, {
    async handler() {
      most = Math.max(most, ++running);
      await gate.promise;
      running--;
      return reply("ok");
    },
  });
  using client = asBob();
  const answers = Array.from({ length: 20 }, () => ask(client, toAlice, server.port));
  const stop = new AbortController();
  const given = codeOf(ask(client, toAlice, server.port, stop.signal));
  await until(() => running === 8);
  stop.abort(new EssaimError("cancelled", "stopped"));
  assert.equal(await given, "cancelled");
  gate.resolve();
  assert.deepEqual(await Promise.all(answers), Array(20).fill("ok"));
  assert.equal(most, 8);
});

Deno.test("an answer that nobody reads waits at the server", async () => {
  let sent = 0;
  await using server = await listenAs(alice, {
    handler: () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            sent += 1_000_000;
            controller.enqueue(new Uint8Array(1_000_000));
          },
        }, { highWaterMark: 0 }),
      ),
  });
  using client = asBob();
  const stop = new AbortController();
  const response = await client.to(toAlice).fetch(`https://127.0.0.1:${server.port}/`, { signal: stop.signal });
  let before = -1;
  await until(() => before === (before = sent)); // once nothing was sent for a while
  assert.ok(sent < 40_000_000, `${sent} bytes`); // the buffers of the system on both sides
  stop.abort();
  await assert.rejects(response.bytes());
  await until(() => server.connections === 0);
});

for (const [what, bytes, expected] of ANSWERS) {
  Deno.test(`an answer ${what} is ${outcomeOf(expected)}`, async () => {
    await using server = await RawServer.listen(alice.credentials, bytes);
    using client = asBob();
    const answer = ask(client, toAlice, server.port);
    const code = await codeOf(answer);
    assert.equal(code ?? await answer, expected);
  });
}

Deno.test("an answer that trickles byte by byte is read all the same", async () => {
  await using server = await RawServer.listen(alice.credentials, async (socket) => {
    for (const byte of chunked("2\r\nok\r\n0\r\n\r\n")) await new Promise((resolve) => socket.write(byte, resolve));
  });
  using client = asBob();
  assert.equal(await ask(client, toAlice, server.port), "ok");
});

Deno.test("who does not shake hands can be given up with the reason", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using client = asBob();
  const stop = new AbortController();
  const answer = codeOf(ask(client, toAlice, listener.addr.port, stop.signal));
  using _connection = await listener.accept();
  stop.abort(new EssaimError("cancelled", "stopped"));
  assert.equal(await answer, "cancelled");
});

Deno.test("a peer is asked over mutual TLS where its address says so, and over plain HTTP elsewhere", async () => {
  const file = testFile(2 * CHUNK + 9);
  const { manifest } = file;
  await using server = await listenAs(alice, {
    handler(request) {
      const { pathname } = new URL(request.url);
      if (pathname === `/v1/files/${manifest.id}`) return Response.json(manifest);
      if (pathname.endsWith("/hashes")) return octets(file.hashes);
      if (pathname.endsWith("/chunks/0-2")) return octets(file.bytes);
      if (pathname === "/v1/revocations") return reply("a.b.c");
      return new Response(null, { status: 404 });
    },
  });
  using members = asBob();
  using http = plainClient();
  const client = httpPeerClient({ http, members });
  const at = { host: "127.0.0.1", port: server.port, secure: alice.peerId };
  assert.deepEqual(await client.manifest(at, manifest.id, never), manifest);
  assert.deepEqual(await client.hashes(at, manifest, never), file.hashes);
  assert.equal(await client.revocations(at, never), "a.b.c");
  assert.equal(await codeOf(client.manifest(at, fileId(9), never)), "not-found");
  for (let time = 0; time < 3; time++) {
    const chunks: Uint8Array[] = [];
    await client.chunks(at, manifest, 0, 2, {
      signal: never,
      onBytes: () => {},
      onChunk: (_index, bytes) => Promise.resolve(void chunks.push(bytes.slice())),
    });
    assert.deepEqual(new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer()), file.bytes);
  }
  assert.equal(server.connections, 1);
  assert.equal(await codeOf(client.hello({ ...at, secure: eve.peerId }, never)), "unreachable");
  assert.equal(await codeOf(httpPeerClient({ http }).hello(at, never)), "unreachable");
  assert.equal(await codeOf(client.hello({ host: at.host, port: at.port }, never)), "unreachable");
});

const octets = (bytes: Uint8Array) =>
  new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { "content-length": `${bytes.length}` } });
