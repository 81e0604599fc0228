import assert from "node:assert/strict";
import { boardSchema, liveEventSchema } from "../../lib/core/messages.ts";
import { exchange } from "./raw_http.ts";
import { file, json, newIdentity, postSigned, signedAnnounce, start } from "./tracker_setup.ts";

Deno.test("events arrive live on the WebSocket, also while nobody else listens any more", async () => {
  await using tracker = await start();
  const alice = await newIdentity();
  const url = `${tracker.url.replace("http", "ws")}/api/live`;
  const sockets = [new WebSocket(url), new WebSocket(url)];
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.onopen = resolve)));
  const closed = new Promise((resolve) => sockets[1]!.onclose = resolve);
  sockets[1]!.close();
  await closed;
  const events: { kind: string; name?: string }[] = [];
  const both = new Promise<void>((resolve) => {
    sockets[0]!.onmessage = ({ data }) => {
      events.push(JSON.parse(data));
      if (events.length === 2) resolve();
    };
  });
  await json(postSigned(tracker.url, await signedAnnounce(alice, 1, [file(alice.peerId, 1)])));
  await both;
  assert.deepEqual(events.map(({ kind, name }) => [kind, name]), [["peer-joined", undefined], [
    "shared",
    "file 1.txt",
  ]]);
  const gone = new Promise((resolve) => sockets[0]!.onclose = resolve);
  sockets[0]!.close();
  await gone;
});

Deno.test("live connections are bounded, and one to another address is refused", async () => {
  await using tracker = await start();
  const sockets: WebSocket[] = [];
  const open = (path: string) => {
    const socket = new WebSocket(`${tracker.url.replace("http", "ws")}${path}`);
    sockets.push(socket);
    return new Promise<boolean>((resolve) => {
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    });
  };
  assert.equal(await open("/api/other"), false);
  const opened = await Promise.all(Array.from({ length: 70 }, () => open("/api/live")));
  assert.ok(opened.filter(Boolean).length <= 64);
  await Promise.all(sockets.map((socket) => {
    if (socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    return closed;
  }));
});

Deno.test("who asks for boards gets the numbers at once and again after each change, between the events", async () => {
  await using tracker = await start();
  const alice = await newIdentity();
  const socket = new WebSocket(`${tracker.url.replace("http", "ws")}/api/live?board`);
  const messages: { kind: string }[] = [];
  const { promise: told, resolve } = Promise.withResolvers<void>();
  const { promise: greeted, resolve: greet } = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    messages.push(message);
    greet();
    if (message.kind === "board" && message.stats.files === 1) resolve();
  };
  await greeted;
  const empty = boardSchema.parse(messages[0]);
  assert.deepEqual([empty.stats.peers, empty.present], [0, { total: 0, peers: [] }]);
  await json(postSigned(tracker.url, await signedAnnounce(alice, 1, [file(alice.peerId, 1)])));
  await told;
  const last = boardSchema.parse(messages.at(-1));
  assert.deepEqual(last.present, { total: 1, peers: [{ peerId: alice.peerId, name: "alice" }] });
  const events = messages.filter(({ kind }) => kind !== "board").map((event) => liveEventSchema.parse(event).kind);
  assert.deepEqual(events, ["peer-joined", "shared"]);
  const gone = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await gone;
});

Deno.test("no page of another site gets anything, be it a request, a form or a WebSocket", async (t) => {
  await using tracker = await start();
  const own = `127.0.0.1:${tracker.port}`;
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n";
  const table: [string, string, string, number][] = [
    ["WebSocket of another site", "GET /api/live", `Host: ${own}\r\nOrigin: http://evil.example\r\n${upgrade}`, 403],
    ["WebSocket of a peer's page", "GET /api/live", `Host: ${own}\r\nOrigin: http://127.0.0.1:8001\r\n${upgrade}`, 403],
    ["WebSocket of a sandbox", "GET /api/live?board", `Host: ${own}\r\nOrigin: null\r\n${upgrade}`, 403],
    ["WebSocket under a foreign name", "GET /api/live", `Host: evil.example\r\n${upgrade}`, 403],
    ["stats for another site", "GET /api/stats", `Host: ${own}\r\nOrigin: https://evil.example\r\n`, 403],
    ["stats under a foreign name", "GET /api/stats", "Host: evil.example\r\n", 421],
    ["page under a foreign name", "GET /", `Host: evil.example:${tracker.port}\r\n`, 421],
    ["form of another site", "POST /preferences", `Host: ${own}\r\nOrigin: http://evil.example\r\n${form}`, 403],
    ["announce of another site", "POST /api/announce", `Host: ${own}\r\nOrigin: http://evil.example\r\n${form}`, 403],
    ["stats for our own page", "GET /api/stats", `Host: ${own}\r\nOrigin: http://${own}\r\n`, 200],
    ["stats for a program", "GET /api/stats", `Host: tracker.local\r\n`, 200],
  ];
  for (const [name, line, headers, status] of table) {
    await t.step(name, async () => {
      const close = headers.includes("Upgrade") ? "" : "Connection: close\r\n";
      const body = headers.includes("Content-Length") ? "theme=di" : "";
      const answer = await exchange(tracker.port, `${line} HTTP/1.1\r\n${headers}${close}\r\n${body}`);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      assert.doesNotMatch(answer, /access-control-allow/i);
    });
  }
});

Deno.test("a name of the internet is answered once the tracker was told that it is its own", async () => {
  await using tracker = await start(undefined, undefined, "https://share.school.example");
  const head = "Connection: close\r\nOrigin: https://share.school.example\r\n";
  const answer = await exchange(tracker.port, `GET /api/stats HTTP/1.1\r\nHost: share.school.example\r\n${head}\r\n`);
  assert.match(answer, /^HTTP\/1.1 200 /);
});
