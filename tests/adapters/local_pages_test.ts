import assert from "node:assert/strict";
import { listenLocally } from "../../lib/adapters/local_listener.ts";
import { PageSession } from "../../lib/adapters/page_session.ts";
import type { PeerId } from "../../lib/core/ids.ts";

const PEER = "ab".repeat(16) as PeerId;
const TOKEN = "7".repeat(64);

/** The listener with pages and API that say which of them answered. */
function listen(state: { locked: boolean } = { locked: false }) {
  const session = new PageSession(PEER, TOKEN);
  const reached: string[] = [];
  const listener = listenLocally({
    ports: [0],
    token: TOKEN,
    session,
    now: () => performance.now(),
    isLocked: () => state.locked,
    api: (request) => {
      reached.push(`${request.method} ${new URL(request.url).pathname}`);
      return Promise.resolve(Response.json("secret"));
    },
    page: (request, locked) => {
      if (!locked) reached.push(`${request.method} ${new URL(request.url).pathname}`);
      return Promise.resolve(new Response(locked ? "how to unlock" : "page"));
    },
  });
  return { listener, session, reached, [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose]() };
}

/** Says exactly this on a new connection. `fetch` would not let a test forge what browsers send. */
async function raw(port: number, line: string, headers: Record<string, string>): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const close = { connection: "close", ...(line.startsWith("GET") ? {} : { "content-length": "0" }) };
  const all = { host: `127.0.0.1:${port}`, ...close, ...headers };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await connection.write(new TextEncoder().encode(`${line} HTTP/1.1\r\n${head}\r\n`));
  return await new Response(connection.readable).text();
}

const TYPED = { "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

function cookieIn(answer: string): string {
  return /set-cookie: ([^;\r]+)/i.exec(answer)?.[1] ?? "";
}

Deno.test("a page opened by its user gets a session of this peer, with which it may ask and change", async () => {
  await using here = listen();
  const { port } = here.listener;
  const page = await raw(port, "GET /files", TYPED);
  assert.match(page, /^HTTP\/1.1 200 /);
  assert.match(page, new RegExp(`set-cookie: essaim_${PEER}=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict`, "i"));
  const own = {
    cookie: `other=1; ${cookieIn(page)}`,
    origin: `http://127.0.0.1:${port}`,
    "sec-fetch-site": "same-origin",
  };
  assert.match(await raw(port, "GET /api/status", own), /"secret"/);
  assert.match(await raw(port, "POST /api/shares", own), /"secret"/);
  assert.doesNotMatch(await raw(port, "GET /files", { ...TYPED, cookie: cookieIn(page) }), /set-cookie/i);
});

Deno.test("a hostile page in the same browser reads nothing and triggers nothing, sockets and streams included", async () => {
  await using here = listen();
  const { port } = here.listener;
  const cookie = cookieIn(await raw(port, "GET /", TYPED));
  here.reached.length = 0;
  const evil = { cookie, "sec-fetch-site": "cross-site", origin: "https://evil.test" };
  const upgrade = {
    connection: "Upgrade, close",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
  };
  const table: [string, Record<string, string>][] = [
    ["GET /api/status", { ...evil, "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }],
    ["GET /api/events", { ...evil, accept: "text/event-stream" }],
    ["GET /api/live", { ...evil, ...upgrade, "sec-fetch-mode": "websocket" }],
    ["OPTIONS /api/shares", { ...evil, "access-control-request-method": "DELETE" }],
    ["POST /api/downloads", { ...evil, "content-type": "text/plain" }],
    ["POST /network", { ...evil, "sec-fetch-mode": "navigate", "content-type": "application/x-www-form-urlencoded" }],
    ["POST /api/uploads?name=x", { ...evil, origin: "null" }],
    ["DELETE /api/shares/1", { ...evil, "sec-fetch-site": "same-site", origin: "http://127.0.0.1:3000" }],
    ["GET /", { ...evil, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }],
    ["GET /essaim.css", {
      cookie,
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "no-cors",
      "sec-fetch-dest": "style",
    }],
    ["POST /api/downloads", { cookie }],
  ];
  for (const [line, headers] of table) {
    const answer = await raw(port, line, headers);
    assert.match(answer, /^HTTP\/1.1 403 /, line);
    assert.doesNotMatch(answer, /secret|access-control-allow/i, line);
  }
  assert.deepEqual(here.reached, []);
});

Deno.test("whatever name is in the request line or in Host, only our own is answered", async () => {
  await using here = listen();
  const { port } = here.listener;
  const cookie = cookieIn(await raw(port, "GET /", TYPED));
  here.reached.length = 0;
  for (
    const [line, headers] of [
      ["GET /", { host: "evil.test" }],
      ["GET /", { host: `evil.test:${port}` }],
      ["GET /", { host: "127.0.0.1" }],
      [`GET http://evil.test:${port}/`, {}],
      [`GET http://127.0.0.1:${port}/api/status`, { host: `evil.test:${port}` }],
    ] as [string, Record<string, string>][]
  ) {
    const answer = await raw(port, line, { ...TYPED, cookie, ...headers });
    assert.match(answer, /^HTTP\/1.1 4(21|00) /, `${line} ${headers.host}`);
  }
  assert.deepEqual(here.reached, []);
});

Deno.test("every answer carries what keeps it from being framed, sniffed, embedded or kept", async () => {
  await using here = listen();
  const { port } = here.listener;
  for (const line of ["GET /", "GET /api/status", "POST /api/shares"]) {
    const answer = await raw(port, line, TYPED);
    for (
      const header of [
        "x-content-type-options: nosniff",
        "content-security-policy: default-src 'none'; frame-ancestors 'none'",
        "referrer-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "cache-control: no-store",
        "x-frame-options: DENY",
      ]
    ) assert.ok(answer.toLowerCase().includes(header.toLowerCase()), `${line}: ${header}`);
  }
});

Deno.test("a locked interface opens once by its one-time link, and stays open for that browser", async () => {
  const state = { locked: true };
  await using here = listen(state);
  const { port } = here.listener;
  assert.match(await raw(port, "GET /", TYPED), /how to unlock/);
  assert.match(await raw(port, "GET /enter?key=0", TYPED), /how to unlock/);
  const key = here.session.newKey(performance.now());
  const entered = await raw(port, `GET /enter?key=${key}`, TYPED);
  assert.match(entered, /^HTTP\/1.1 303 /);
  assert.match(await raw(port, "GET /files", { ...TYPED, cookie: cookieIn(entered) }), /\r\n\r\n.*page/s);
  assert.match(await raw(port, `GET /enter?key=${key}`, TYPED), /how to unlock/);
  assert.deepEqual(here.reached, ["GET /files"]);
});

Deno.test("a one-time key ends after five minutes, and the oldest when there are many", () => {
  const session = new PageSession(PEER, TOKEN);
  const late = session.newKey(0);
  assert.equal(session.takeKey(late, 5 * 60_000), false);
  const first = session.newKey(0);
  const others = Array.from({ length: 32 }, () => session.newKey(0));
  assert.equal(session.takeKey(first, 1), false);
  assert.equal(session.takeKey(others.at(-1)!, 1), true);
});

Deno.test("the cookie of another peer or of another token is no session", () => {
  const cookie = (session: PageSession) => session.setCookie.split(";")[0]!;
  const session = new PageSession(PEER, TOKEN);
  assert.ok(session.isIn(cookie(new PageSession(PEER, TOKEN))));
  assert.ok(!session.isIn(cookie(new PageSession("cd".repeat(16) as PeerId, TOKEN))));
  assert.ok(!session.isIn(cookie(new PageSession(PEER, "8".repeat(64)))));
  assert.ok(!session.isIn(null));
});
