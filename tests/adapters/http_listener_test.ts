import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { EssaimError } from "../../lib/core/errors.ts";
import { listenHttp } from "../../lib/adapters/http_listener.ts";
import { exchange, get, listen, PATIENT, Raw, until } from "./raw_http.ts";

Deno.test("a request reaches the handler with its method, URL, headers, body and sender", async () => {
  await using server = await listen(async (request, { remoteAddress }) =>
    Response.json([request.method, request.url, request.headers.get("x-a"), await request.text(), remoteAddress])
  );
  const url = `http://127.0.0.1:${server.port}/a/b?c=d`;
  const answer = await fetch(url, { method: "POST", body: "hello", headers: { "x-a": "1" } });
  assert.deepEqual(await answer.json(), ["POST", url, "1", "hello", "127.0.0.1"]);
});

Deno.test("a request body waits for the handler to read it", async () => {
  const size = 16 * 1024 * 1024;
  let sent = 0;
  const gate = Promise.withResolvers<void>();
  await using server = await listen(async (request) => {
    await gate.promise;
    let received = 0;
    for await (const bytes of request.body!) received += bytes.length;
    return new Response(String(received));
  });
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(65536));
      if ((sent += 65536) === size) controller.close();
      if (sent === 8 * 65536) gate.resolve();
    },
  });
  const answer = await fetch(`http://127.0.0.1:${server.port}/`, { method: "PUT", body });
  assert.equal(await answer.text(), String(size));
});

for (
  const [name, request, expected] of [
    ["an ordinary request", get("/x"), "200 http://class.test/x"],
    ["an absolute-form request", get("http://class.test/x"), "200 http://class.test/x"],
    ["a path that looks like an authority", get("//evil/x"), "200 http://class.test//evil/x"],
    ["an absolute form that contradicts Host", get("http://other.test/x"), "400"],
    ["an absolute form of another scheme", get("file:///etc/passwd"), "400"],
    ["an asterisk target", get("*"), "400"],
    ["a missing Host", get("/", ""), "400"],
    ["two Hosts", get("/", "Host: a\r\nHost: b\r\n"), "400"],
    ["an empty Host", get("/", "Host: \r\n"), "400"],
    ["a Host with a path", get("/", "Host: a/b\r\n"), "400"],
    ["a Host with credentials", get("/", "Host: u@a\r\n"), "400"],
    ["a Host with an impossible port", get("/", "Host: a:99999\r\n"), "400"],
    ["an IPv6 Host", get("/", "Host: [::1]:5001\r\n"), "200 http://[::1]:5001/"],
    ["a forbidden method", get("/").replace("GET", "TRACE"), "400"],
    ["bytes that are not HTTP", "\x16\x03\x01 hello\r\n\r\n", "400"],
    ["headers that are too large", get("/", `Host: a\r\nX: ${"y".repeat(20_000)}\r\n`), "431"],
  ] as const
) {
  Deno.test(`${name} is answered ${expected}`, async () => {
    await using server = await listen((request) => new Response(request.url));
    const answer = await exchange(server.port, request);
    const [status, url] = expected.split(" ");
    assert.equal(answer.slice(0, 12), `HTTP/1.1 ${status}`);
    if (url !== undefined) assert.ok(answer.includes(url), answer);
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/`).then((r) => r.text())).length > 0, true);
  });
}

Deno.test("a handler that throws is answered 500 without a word about the cause", async () => {
  await using server = await listen(() => {
    throw new Error("secret path /home/alice");
  });
  const answer = await fetch(`http://127.0.0.1:${server.port}/`);
  assert.equal(answer.status, 500);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.ok(!(await answer.text()).includes("secret"));
});

Deno.test("HEAD gets the headers of GET and no body", async () => {
  await using server = await listen(() => new Response("12345", { headers: { "content-length": "5" } }));
  const answer = await exchange(server.port, get("/").replace("GET", "HEAD"));
  assert.match(answer, /content-length: 5/i);
  assert.ok(answer.endsWith("\r\n\r\n"), answer);
});

Deno.test("several cookies stay several headers", async () => {
  await using server = await listen(() =>
    new Response(null, { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] })
  );
  const answer = await fetch(`http://127.0.0.1:${server.port}/`);
  await answer.body?.cancel();
  assert.deepEqual(answer.headers.getSetCookie(), ["a=1", "b=2"]);
});

Deno.test("a body longer than its content-length is cut there", async () => {
  await using server = await listen(() => new Response(streamOf("123456789"), { headers: { "content-length": "4" } }));
  assert.equal(await fetch(`http://127.0.0.1:${server.port}/`).then((r) => r.text()), "1234");
});

for (const headers of [{}, { "content-length": "100" }] as Record<string, string>[]) {
  const kind = "content-length" in headers ? "of declared length" : "of unknown length";
  Deno.test(`a body ${kind} that fails halfway is an error for the client`, async () => {
    await using server = await listen(() => new Response(streamOf("half", new Error("disk")), { headers }));
    await assert.rejects(() => fetch(`http://127.0.0.1:${server.port}/`).then((r) => r.text()));
  });
}

Deno.test("a body shorter than its content-length is an error for the client", async () => {
  await using server = await listen(() => new Response(streamOf("half"), { headers: { "content-length": "100" } }));
  await assert.rejects(() => fetch(`http://127.0.0.1:${server.port}/`).then((r) => r.text()));
});

Deno.test("the handler learns that the client went away", async () => {
  const called = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  await using server = await listen(async (_request, { signal }) => {
    signal.addEventListener("abort", () => gone.resolve());
    called.resolve();
    await gone.promise;
    return new Response();
  });
  await using raw = await Raw.open(server.port);
  raw.send(get("/"));
  await called.promise;
  raw.socket.destroy();
  await gone.promise;
});

Deno.test("a client that trickles or withholds its headers is disconnected", async () => {
  await using server = await listen(() => new Response(), { ...PATIENT, headersTimeoutMs: 200 });
  assert.match(await exchange(server.port, "GET / HTTP/1.1\r\nHost: a\r\nX: "), /^HTTP\/1\.1 408/);
  assert.match(await exchange(server.port, ""), /^HTTP\/1\.1 408/);
});

for (const reads of [true, false]) {
  Deno.test(`a client that withholds its body is disconnected when the handler ${reads ? "reads it" : "ignores it"}`, async () => {
    await using server = await listen(async (request) => new Response(reads ? await request.text() : "early"), {
      ...PATIENT,
      requestTimeoutMs: 300,
      headersTimeoutMs: 200,
    });
    const answer = await exchange(server.port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
    assert.equal(answer.includes("early"), !reads);
  });
}

Deno.test("a client that never reads is disconnected, and its file source is released", async () => {
  const cancelled = Promise.withResolvers<void>();
  await using server = await listen(
    () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(65536)),
          cancel: () => cancelled.resolve(),
        }),
      ),
    { ...PATIENT, sendTimeoutMs: 300 },
  );
  await using raw = await Raw.open(server.port, false);
  raw.send(get("/"));
  await cancelled.promise;
  await until(() => server.connections === 0);
});

Deno.test("an idle connection is closed", async () => {
  await using server = await listen(() => new Response("ok"), { ...PATIENT, idleTimeoutMs: 200 });
  assert.match(await exchange(server.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), /^HTTP\/1\.1 200/);
});

Deno.test("a connection past the cap is destroyed at once and the others go on", async () => {
  await using server = await listen(() => new Response("ok"), { ...PATIENT, maxFromLoopback: 2 });
  await using first = await Raw.open(server.port);
  await using second = await Raw.open(server.port);
  await until(() => server.connections === 2);
  assert.equal(await exchange(server.port, get("/")), "");
  second.socket.destroy();
  await until(() => server.connections === 1);
  assert.match(await first.send(get("/")).text(), /^HTTP\/1\.1 200/);
});

Deno.test("a connection that waits for its request gives way to a new one, one that is answered does not", async () => {
  const go = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await using server = await listen(async (request) => {
    if (request.url.endsWith("/slow")) {
      asked.resolve();
      await go.promise;
    }
    await request.text();
    return new Response("ok");
  }, { ...PATIENT, maxFromLoopback: 3 });
  await using slow = await Raw.open(server.port);
  slow.send(get("/slow"));
  await asked.promise;
  await using headers = await Raw.open(server.port);
  headers.send("GET / HTTP/1.1\r\nX: ");
  await until(() => server.connections === 2);
  await using body = await Raw.open(server.port);
  body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
  await until(() => server.connections === 3);
  await until(async () => (await exchange(server.port, get("/"))).startsWith("HTTP/1.1 200"));
  assert.equal(await headers.text(), "");
  go.resolve();
  assert.match(await slow.text(), /^HTTP\/1\.1 200/);
});

Deno.test("pipelined requests cannot pile up responses", async () => {
  let calls = 0;
  await using server = await listen(async () => {
    calls++;
    await new Promise(() => {});
    return new Response();
  });
  await exchange(server.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100));
  assert.equal(calls, 1);
});

Deno.test("a taken port is passed over, and taken ports are named when none is left", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  const handler = () => new Response();
  {
    await using server = await listenHttp({ hostname: "127.0.0.1", ports: [port, 0], handler });
    assert.notEqual(server.port, port);
  }
  await assert.rejects(
    () => listenHttp({ hostname: "127.0.0.1", ports: [port], handler }),
    (error: unknown) =>
      error instanceof EssaimError && error.code === "port-taken" && error.message.includes(`${port}`),
  );
  taken.close();
  await once(taken, "close");
});

Deno.test("closing waits for a running request, then cuts what is left", async () => {
  const called = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const server = await listen(async (request) => {
    if (request.url.endsWith("/never")) await new Promise(() => {});
    called.resolve();
    await go.promise;
    return new Response("done");
  });
  const running = fetch(`http://127.0.0.1:${server.port}/`).then((r) => r.text());
  await using stuck = await Raw.open(server.port);
  stuck.send(get("/never"));
  await called.promise;
  const closed = server.close(500);
  go.resolve();
  assert.equal(await running, "done");
  await closed;
  assert.equal(await stuck.text(), "");
});

Deno.test("a WebSocket is upgraded with ws and outlives the timeouts of requests", async () => {
  const sockets = new WebSocketServer({ noServer: true });
  await using server = await listenHttp({
    hostname: "127.0.0.1",
    ports: [0],
    handler: () => new Response("ok"),
    limits: { headersTimeoutMs: 200, requestTimeoutMs: 300, idleTimeoutMs: 200 },
    upgrade: (request, socket, head, incoming) =>
      sockets.handleUpgrade(incoming, socket, head, (ws: WebSocket) => {
        ws.on("message", (data: unknown) => ws.send(`${new URL(request.url).pathname} ${data}`));
      }),
  });
  const client = new WebSocket(`ws://127.0.0.1:${server.port}/live`);
  await once(client, "open");
  await exchange(server.port, ""); // disconnected after the same timeouts
  client.send("hello");
  const [data] = await once(client, "message");
  assert.equal(String(data), "/live hello");
  client.close();
  await once(client, "close");
});

function streamOf(text: string, failure?: Error): ReadableStream<Uint8Array> {
  const parts = [new TextEncoder().encode(text)];
  return new ReadableStream({
    pull(controller) {
      const part = parts.shift();
      if (part !== undefined) controller.enqueue(part);
      else if (failure !== undefined) controller.error(failure);
      else controller.close();
    },
  });
}
