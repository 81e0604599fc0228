import assert from "node:assert/strict";
import fc from "fast-check";
import { localAccess, type LocalRequest } from "../../lib/core/page_access.ts";

const DOOR = { port: 8001, locked: false };
const OWN = "127.0.0.1:8001";
const TYPED: LocalRequest = {
  method: "GET",
  urlHost: OWN,
  pathname: "/",
  host: OWN,
  origin: null,
  site: "none",
  mode: "navigate",
  dest: "document",
  hasToken: false,
  hasSession: false,
};
const FETCH = { site: "same-origin", mode: "cors", dest: "empty", hasSession: true };
const POST = { ...FETCH, method: "POST", pathname: "/api/downloads", origin: `http://${OWN}` };

const outcome = (change: Partial<LocalRequest>, door = DOOR) => {
  const access = localAccess({ ...TYPED, ...change }, door);
  if (access.kind === "refused") return access.status;
  return access.kind === "page" && access.newSession ? "new page" : access.kind;
};

Deno.test("who may use pages and local API", () => {
  const table: [string, Partial<LocalRequest>, ReturnType<typeof outcome>][] = [
    ["an address typed by the user", {}, "new page"],
    ["a page opened again", { hasSession: true }, "page"],
    ["localhost is this computer too", { host: "localhost:8001", urlHost: "localhost:8001" }, "new page"],
    ["a page's own request", { ...FETCH, pathname: "/api/status" }, "api"],
    ["a page's own change", POST, "api"],
    ["a page's own form", { ...POST, pathname: "/network", mode: "navigate", dest: "document" }, "page"],
    ["a form after the session was lost", { ...POST, pathname: "/network", hasSession: false }, 401],
    ["a browser without Sec-Fetch-Site, with our Origin", { ...POST, site: null }, "api"],
    [
      "a program with the token",
      { pathname: "/api/shares", site: null, mode: null, dest: null, hasToken: true },
      "api",
    ],
    ["a program's change", { method: "POST", pathname: "/api/shares", site: null, hasToken: true }, "api"],
    ["a program without it", { pathname: "/api/shares", site: null, mode: null, dest: null }, 401],
    ["a change without any origin", { ...POST, site: null, origin: null }, 403],
    ["a link on another site opens a page", { site: "cross-site" }, "new page"],
    ["a link on another port opens a page", { site: "same-site" }, "new page"],
    ["another site's link to the API", { site: "cross-site", pathname: "/api/shares" }, 403],
    ["another site's frame", { site: "cross-site", dest: "iframe" }, 403],
    ["another site's image", { site: "cross-site", mode: "no-cors", dest: "image", pathname: "/favicon.svg" }, 403],
    [
      "another site's fetch",
      { ...FETCH, site: "cross-site", origin: "https://evil.test", pathname: "/api/shares" },
      403,
    ],
    ["another site's form", { ...POST, site: "cross-site", origin: "https://evil.test", mode: "navigate" }, 403],
    ["a form of a page without an origin", { ...POST, site: "cross-site", origin: "null" }, 403],
    ["another port of this computer", { ...POST, site: "same-site", origin: "http://127.0.0.1:8101" }, 403],
    ["the other name of this computer", { ...POST, origin: "http://localhost:8001" }, 403],
    ["https is another origin", { ...POST, origin: `https://${OWN}` }, 403],
    [
      "another site's socket",
      { site: "cross-site", mode: "websocket", dest: "websocket", origin: "https://e.test" },
      403,
    ],
    [
      "another site that knows the token",
      { pathname: "/api/shares", hasToken: true, origin: "https://evil.test" },
      403,
    ],
    ["another name", { host: "evil.test:8001", urlHost: "evil.test:8001" }, 421],
    ["another port", { host: "127.0.0.1:8002", urlHost: "127.0.0.1:8002" }, 421],
    ["no port", { host: "127.0.0.1", urlHost: "127.0.0.1" }, 421],
    ["no name", { host: null }, 421],
    ["a name in the request line that is not the one in Host", { urlHost: "evil.test" }, 421],
    ["the token opens no page", { method: "POST", site: null, mode: null, dest: null, hasToken: true }, 403],
  ];
  for (const [name, change, expected] of table) assert.equal(outcome(change), expected, name);
});

Deno.test("a locked interface opens by the one-time link only", () => {
  const locked = { port: 8001, locked: true };
  assert.equal(outcome({}, locked), "locked");
  assert.equal(outcome({ pathname: "/files" }, locked), "locked");
  assert.equal(outcome({ pathname: "/enter" }, locked), "enter");
  assert.equal(outcome({ hasSession: true }, locked), "page");
  assert.equal(outcome({ pathname: "/api/status", ...FETCH, hasSession: false }, locked), 401);
});

Deno.test("whatever a foreign page sends, it never changes anything and never reads the API", () => {
  const foreign = fc.record({
    method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    pathname: fc.constantFrom("/", "/files", "/api", "/api/shares", "/api/events", "/enter"),
    origin: fc.constantFrom(null, "null", "https://evil.test", "http://127.0.0.1:8101", "http://localhost:8001"),
    site: fc.constantFrom("cross-site", "same-site"),
    mode: fc.constantFrom("navigate", "cors", "no-cors", "websocket", "same-origin"),
    dest: fc.constantFrom("document", "iframe", "empty", "image", "script", "websocket"),
    hasSession: fc.boolean(),
  });
  fc.assert(fc.property(foreign, (request) => {
    const access = localAccess({ ...TYPED, ...request }, DOOR);
    if (access.kind === "refused") return;
    assert.equal(request.method, "GET");
    assert.ok(!request.pathname.startsWith("/api"));
    assert.equal(request.mode, "navigate");
    assert.equal(request.dest, "document");
  }));
});
