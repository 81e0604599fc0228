import assert from "node:assert/strict";
import { listenLocally, type LocalListener, localToken } from "../../lib/adapters/local_listener.ts";
import { sqliteActivity } from "../../lib/adapters/sqlite_activity.ts";
import { PageSession } from "../../lib/adapters/page_session.ts";
import { ActivityLog } from "../../lib/app/activity.ts";
import { LocalEvents } from "../../lib/app/local_events.ts";
import type { MyFiles } from "../../lib/app/my_files.ts";
import { Neighbours } from "../../lib/app/neighbours.ts";
import type { ShareFiles } from "../../lib/app/share_file.ts";
import { Traffic } from "../../lib/app/traffic.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { downloadSchema, type Status } from "../../lib/core/local_messages.ts";
import { localApi, type LocalPeerParts } from "../../routes/api/local.ts";
import { Downloading, SELF } from "../app/downloads_setup.ts";
import { fileId, shareId } from "../fakes.ts";
import { stalls, testFile, until } from "../fakes_download.ts";

const TOKEN = "5".repeat(64);

/** The local API on a real socket, over real downloads; sharing is only looked at. */
class Local implements AsyncDisposable {
  readonly errors: string[] = [];
  locked = false;
  readonly #listener: LocalListener;

  private constructor(readonly peer: Downloading) {
    const status = () => ({ peers: 0 }) as unknown as Status;
    const shares = {
      ports: {},
      list: () => [],
      sharePath: (path: string) => Promise.reject(new EssaimError("not-found", `${path} does not exist.`)),
    } as unknown as ShareFiles;
    const myFiles = {
      remove: () => Promise.reject(new EssaimError("not-found", "There is no such share.")),
    } as unknown as MyFiles;
    const { clock, downloads, log } = peer;
    const neighbours = new Neighbours(SELF, clock);
    const parts: Partial<LocalPeerParts> = {
      ...{ shares, myFiles, downloads, neighbours, announcer: undefined, status },
      files: peer.find(),
      pageLink: () => ({ url: "http://127.0.0.1/", locked: false }),
      events: new LocalEvents({
        ...{ downloads, status, clock, traffic: new Traffic(clock) },
        activity: new ActivityLog(sqliteActivity(peer.db), clock, log),
        peers: () => neighbours.list(),
        shares: () => ({ version: 0, total: 0 }),
      }),
      onError: ({ code }) => void this.errors.push(code),
    };
    const answer = localApi(parts as LocalPeerParts);
    this.#listener = listenLocally({
      ports: [0],
      token: TOKEN,
      session: new PageSession(SELF, TOKEN),
      now: () => performance.now(),
      isLocked: () => this.locked,
      api: (request) => answer(request, { kind: "local" }),
      page: (_request, locked) => Promise.resolve(new Response(locked ? "locked" : "page")),
    });
  }

  static async make(): Promise<Local> {
    return new Local(await Downloading.make());
  }

  get port(): number {
    return this.#listener.port;
  }

  ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    });
  }

  async code(method: string, path: string, body?: unknown): Promise<[number, string]> {
    const response = await this.ask(method, path, body);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    return [response.status, (await response.json()).code];
  }

  /** Says exactly this on a new connection; the first line of the answer. */
  async raw(request: string): Promise<string> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    await connection.write(new TextEncoder().encode(request));
    const buffer = new Uint8Array(4096);
    const count = await connection.read(buffer);
    return new TextDecoder().decode(buffer.subarray(0, count ?? 0)).split("\r\n")[0]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
    await this.peer[Symbol.asyncDispose]();
  }
}

Deno.test("nothing is answered without the token, whatever is asked", async () => {
  await using local = await Local.make();
  const paths = ["/api/status", "/api/downloads", "/api/shares", "/api/events", "/api/none"];
  for (
    const authorization of ["", "Bearer ", `Bearer ${TOKEN.slice(1)}6`, `Basic ${TOKEN}`, TOKEN, `Bearer ${TOKEN}x`]
  ) {
    for (const path of paths) {
      const response = await local.ask("GET", path, undefined, { authorization });
      assert.equal(response.status, 401);
      assert.equal((await response.json()).code, "unauthorized");
    }
  }
  assert.equal((await local.ask("GET", "/api/status")).status, 200);
});

Deno.test("a request that came under another name is refused, even with the token", async () => {
  await using local = await Local.make();
  const under = (host: string) =>
    local.raw(`GET /api/shares HTTP/1.1\r\n${host}Authorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`);
  assert.match(await under(`Host: 127.0.0.1:${local.port}\r\n`), / 200 /);
  assert.match(await under(`Host: localhost:${local.port}\r\n`), / 200 /);
  for (
    const host of [
      "evil.test",
      `evil.test:${local.port}`,
      "127.0.0.1",
      "127.0.0.1:1",
      `127.0.0.1:${local.port}.evil.test`,
      "[",
      "",
    ]
  ) {
    assert.match(await under(`Host: ${host}\r\n`), / 4\d\d /, host);
  }
  assert.match(await under(""), / 4\d\d /);
});

Deno.test("a body that is too long, no JSON or of another shape is refused", async () => {
  await using local = await Local.make();
  for (const path of ["/api/downloads", "/api/shares"]) {
    assert.deepEqual(await local.code("POST", path, "x".repeat(70_000)), [413, "too-large"]);
    for (const body of ["", "{", "[]", "null", "[".repeat(60_000), "{}", '{"__proto__":{"fileId":"x","path":"/"}}']) {
      assert.deepEqual(await local.code("POST", path, body), [400, "bad-input"], body.slice(0, 40));
    }
  }
  assert.deepEqual(await local.code("POST", "/api/downloads", { fileId: "../x" }), [400, "bad-input"]);
  assert.deepEqual(await local.code("POST", "/api/shares", { path: "x".repeat(5_000) }), [400, "bad-input"]);
  assert.deepEqual(await local.code("POST", "/api/shares", { path: "/x", visibility: "class" }), [409, "not-joined"]);
  assert.deepEqual(await local.code("GET", `/api/search?q=${"x".repeat(201)}`), [400, "bad-input"]);
});

Deno.test("what is not there is said to be not there", async () => {
  await using local = await Local.make();
  const id = "0".repeat(16);
  for (
    const [method, path, body] of [
      ["POST", `/api/downloads/${id}/pause`],
      ["POST", `/api/downloads/${id}/resume`],
      ["DELETE", `/api/downloads/${id}`],
      ["DELETE", `/api/downloads/__proto__`],
      ["DELETE", `/api/shares/${shareId(5)}`],
      ["POST", "/api/downloads", { fileId: fileId(99) }],
      ["POST", "/api/shares", { path: "/none" }],
      ["GET", "/api/none"],
      ["PATCH", "/api/status"],
    ] as [string, string, unknown?][]
  ) assert.deepEqual(await local.code(method, path, body), [404, "not-found"], `${method} ${path}`);
  assert.deepEqual(await local.code("DELETE", "/api/shares/x"), [400, "bad-input"]);
  assert.deepEqual(await local.code("GET", "/api/search?q=x"), [502, "unreachable"]);
});

Deno.test("a download is started, paused, resumed and cancelled", async () => {
  await using local = await Local.make();
  const file = local.peer.share("notes.pdf", testFile(10));
  local.peer.network.sources.get(1)!.behaviour = (request) => stalls(request);
  const started = await local.ask("POST", "/api/downloads", { fileId: file.manifest.id });
  assert.equal(started.status, 201);
  const { id } = downloadSchema.parse(await started.json());
  const paused = await local.ask("POST", `/api/downloads/${id}/pause`);
  assert.equal((await paused.json()).status, "paused");
  local.peer.network.sources.get(1)!.behaviour = undefined;
  await (await local.ask("POST", `/api/downloads/${id}/resume`)).body?.cancel();
  await until(async () => {
    const [download] = await (await local.ask("GET", "/api/downloads")).json();
    return download.status === "complete";
  }, "it is complete");
  assert.equal((await local.ask("DELETE", `/api/downloads/${id}`)).status, 204);
  assert.deepEqual(await (await local.ask("GET", "/api/downloads")).json(), []);
});

Deno.test("events tell of a download as it changes, and only so many may listen", async () => {
  await using local = await Local.make();
  const file = local.peer.share("notes.pdf", testFile(10));
  local.peer.network.sources.get(1)!.gone = true;
  await (await local.ask("POST", "/api/downloads", { fileId: file.manifest.id })).body?.cancel();
  const streams = await Promise.all(Array.from({ length: 64 }, () => local.ask("GET", "/api/events")));
  assert.deepEqual(await local.code("GET", "/api/events"), [503, "busy"]);
  let text = "";
  for await (const bytes of streams[0]!.body!) {
    text += new TextDecoder().decode(bytes);
    if (text.includes('"status":"waiting"')) local.peer.network.sources.get(1)!.gone = false;
    if (text.includes('"status":"complete"')) break;
  }
  assert.match(text, /^event: \w+\ndata: \{/);
  await Promise.all(streams.slice(1).map(({ body }) => body!.cancel()));
  await until(async () => {
    const again = await local.ask("GET", "/api/events");
    await again.body!.cancel();
    return again.status === 200;
  }, "there is room for another listener");
});

Deno.test("the token is made once, readable by its owner only, and made anew when it is damaged", async () => {
  const folder = await Deno.makeTempDir({ prefix: "essaim-token-" });
  try {
    const path = `${folder}/api-token`;
    const token = await localToken(path);
    assert.match(token, /^[0-9a-f]{64}$/);
    await Deno.chmod(path, 0o644);
    assert.equal(await localToken(path), token);
    if (Deno.build.os !== "windows") assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    await Deno.writeTextFile(path, "damaged");
    assert.notEqual(await localToken(path), token);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
