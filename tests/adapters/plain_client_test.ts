import assert from "node:assert/strict";
import { type Handler, listenHttp, type ListenOptions } from "../../lib/adapters/http_listener.ts";
import { plainClient } from "../../lib/adapters/plain_client.ts";
import type { RawHttpClient } from "../../lib/adapters/raw_response.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { codeOf } from "../fakes.ts";
import { encoder, never, send } from "./hostile.ts";
import { ANSWERS, chunked, head, outcomeOf } from "./http1_answers.ts";
import { until } from "./raw_http.ts";

const ask = async (client: RawHttpClient, port: number, signal = never): Promise<string> =>
  await (await client.fetch(`http://127.0.0.1:${port}/`, { signal })).text();

const listen = (handler: Handler, limits: ListenOptions["limits"] = {}) =>
  listenHttp({ hostname: "127.0.0.1", ports: [0], handler, limits });

/** A server that answers each connection's first bytes with these, byte for byte. */
class RawServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.TcpConn>();
  readonly #done: Promise<void>;
  accepted = 0;

  constructor(readonly reply: (connection: Deno.TcpConn) => Promise<void>) {
    this.#done = this.#serve();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #serve(): Promise<void> {
    for await (const connection of this.#listener) {
      this.accepted++;
      this.#open.add(connection);
      connection.read(new Uint8Array(4_096)).then(() => this.reply(connection)).catch(() => {});
    }
  }

  hangUp(): void {
    for (const connection of this.#open) connection.close();
    this.#open.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#done;
    this.hangUp();
  }
}

for (const [what, bytes, expected] of ANSWERS) {
  Deno.test(`a plain answer ${what} is ${outcomeOf(expected)}`, async () => {
    const octets = Uint8Array.from(bytes, (char) => char.charCodeAt(0));
    await using server = new RawServer(async (connection) => {
      await send(connection, octets);
      await connection.closeWrite();
    });
    using client = plainClient();
    const answer = ask(client, server.port);
    const code = await codeOf(answer);
    assert.equal(code ?? await answer, expected);
  });
}

Deno.test("a plain answer that trickles byte by byte is read all the same", async () => {
  await using server = new RawServer(async (connection) => {
    for (const byte of chunked("2\r\nok\r\n0\r\n\r\n")) await send(connection, encoder.encode(byte));
  });
  using client = plainClient();
  assert.equal(await ask(client, server.port), "ok");
});

Deno.test("a plain connection is used again, also after a refusal", async () => {
  const statuses = [200, 404, 200, 503, 200];
  const connections = new Set<number | undefined>();
  await using server = await listen((_request, _info, incoming) => {
    connections.add(incoming.socket.remotePort);
    return new Response("ok", { status: statuses.shift()! });
  });
  using client = plainClient();
  const ended = async () => await codeOf(ask(client, server.port)) ?? "ok";
  for (const expected of ["ok", "not-found", "ok", "busy", "ok"]) assert.equal(await ended(), expected);
  assert.equal(connections.size, 1);
});

Deno.test("an idle plain connection that the server closed is no reason to fail", async () => {
  await using server = await listen(() => new Response("ok"), { idleTimeoutMs: 100 });
  using client = plainClient();
  await ask(client, server.port);
  await until(() => server.connections === 0);
  assert.equal(await ask(client, server.port), "ok");
});

Deno.test("what comes unasked is taken for nobody's answer", async () => {
  const unasked = Promise.withResolvers<void>();
  const hungUp = Promise.withResolvers<void>();
  const once = head("content-length: 2\r\n") + "ok";
  await using server = new RawServer(async (connection) => {
    await send(connection, encoder.encode(once));
    await unasked.promise;
    await send(connection, encoder.encode(head("content-length: 3\r\n") + "lie"));
    if (await connection.read(new Uint8Array(1)) === null) hungUp.resolve();
  });
  using client = plainClient();
  assert.equal(await ask(client, server.port), "ok");
  unasked.resolve();
  await hungUp.promise;
  assert.equal(await ask(client, server.port), "ok");
  assert.equal(server.accepted, 2);
});

Deno.test("a body is read into the reader's own memory, to the byte", async () => {
  const sent = crypto.getRandomValues(new Uint8Array(60_000));
  await using server = await listen(() => new Response(sent, { headers: { "content-length": "60000" } }));
  using client = plainClient();
  for (let time = 0; time < 3; time++) {
    const { raw } = await client.fetch(`http://127.0.0.1:${server.port}/`, { signal: never });
    const got = new Uint8Array(60_000);
    for (let at = 0; at < got.length;) at += await raw!.read(got.subarray(at, at + 7_001));
    assert.deepEqual(got, sent);
    assert.equal(await raw!.read(new Uint8Array(1)), 0);
    raw!.cancel();
  }
  assert.equal(server.connections, 1);
});

Deno.test("requests arrive as they were given over plain HTTP, bodies included", async () => {
  await using server = await listen(async (request) =>
    Response.json([request.method, request.url, request.headers.get("x-a"), await request.text()])
  );
  using client = plainClient();
  const init = { method: "POST", body: "é", headers: { "x-a": "1" }, signal: never };
  const response = await client.fetch(`http://127.0.0.1:${server.port}/a%20b?c=d`, init);
  assert.deepEqual(await response.json(), ["POST", `http://127.0.0.1:${server.port}/a%20b?c=d`, "1", "é"]);
});

Deno.test("a plain answer that nobody reads waits at the server, until it is given up", async () => {
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent += 1_000_000;
      controller.enqueue(new Uint8Array(1_000_000));
    },
  }, { highWaterMark: 0 });
  await using server = await listen(() => new Response(endless));
  using client = plainClient();
  const stop = new AbortController();
  const response = await client.fetch(`http://127.0.0.1:${server.port}/`, { signal: stop.signal });
  let before = -1;
  await until(() => before === (before = sent)); // once nothing was sent for a while
  assert.ok(sent < 40_000_000, `${sent} bytes`); // the buffers of the system on both sides
  stop.abort();
  await assert.rejects(response.bytes());
  await until(() => server.connections === 0);
});

Deno.test("at most eight plain connections are open to a server, and one that waits can be given up", async () => {
  const gate = Promise.withResolvers<void>();
  let [running, most] = [0, 0];
  await using server = await listen(async () => {
    most = Math.max(most, ++running);
    await gate.promise;
    running--;
    return new Response("ok");
  });
  using client = plainClient();
  const answers = Array.from({ length: 20 }, () => ask(client, server.port));
  const stop = new AbortController();
  const given = codeOf(ask(client, server.port, stop.signal));
  await until(() => running === 8);
  stop.abort(new EssaimError("cancelled", "stopped"));
  assert.equal(await given, "cancelled");
  gate.resolve();
  assert.deepEqual(await Promise.all(answers), Array(20).fill("ok"));
  assert.equal(most, 8);
});

Deno.test("a client that is disposed of leaves no connection", async () => {
  await using server = await listen(() => new Response("ok"));
  {
    using client = plainClient();
    await ask(client, server.port);
    assert.equal(server.connections, 1);
  }
  await until(() => server.connections === 0);
});
