import assert from "node:assert/strict";
import { join } from "node:path";
import { openIdentity } from "../../lib/adapters/identity.ts";
import type { PeerId } from "../../lib/core/ids.ts";
import {
  type Announce,
  announceReplySchema,
  filePeersReplySchema,
  searchReplySchema,
} from "../../lib/core/messages.ts";
import type { ShareRecord } from "../../lib/core/share_record.ts";
import type { Identity } from "../../lib/ports.ts";
import { startTracker } from "../../tracker.ts";
import { announceBy, codeOf, FakeLog, fileId, hexId, recordBy, shareId } from "../fakes.ts";

const epoch = hexId<string>(1, 32);

const configOf = (data: string) => ({
  tracker: {
    host: "127.0.0.1",
    port: 0,
    data,
    database: "tracker.db",
    peerExpires: 90_000,
    announceInterval: 30_000,
    activityKept: 100,
  },
  chunking: { chunkSize: null },
});

async function start(data?: string, log = new FakeLog()) {
  const dir = data ?? join(await Deno.makeTempDir(), "tracker");
  const tracker = await startTracker({ config: configOf(dir), log });
  return { dir, log, url: `http://127.0.0.1:${tracker.port}`, [Symbol.asyncDispose]: () => tracker.close() };
}

const newIdentity = async () => openIdentity(join(await Deno.makeTempDir(), "identity"));
const file = (owner: PeerId, number: number, name = `file ${number}.txt`) =>
  recordBy(owner, { shareId: shareId(number), fileId: fileId(number), name });

async function signedAnnounce(me: Identity, serial: number, records: ShareRecord[], changes: Partial<Announce> = {}) {
  const jws = await Promise.all(records.map(async (record) => (await me.signRecord(record)).jws));
  const index = { epoch, from: 0, to: records.length };
  return await me.signAnnounce(announceBy(me.peerId, { serial, records: jws, index, ...changes }));
}

function post(url: string, body: BodyInit, headers: Record<string, string>) {
  return fetch(`${url}/api/announce`, { method: "POST", body, headers });
}
const postSigned = (url: string, jws: string) => post(url, jws, { "content-type": "application/jose" });
const postNext = (url: string, body: unknown, token = "x".repeat(32)) =>
  post(url, typeof body === "string" ? body : JSON.stringify(body), {
    "content-type": "application/json",
    authorization: `Bearer ${token}`,
  });

async function json(response: Response | Promise<Response>) {
  const answer = await response;
  return { status: answer.status, body: await answer.json() };
}

Deno.test("a peer announces a file, anyone finds it and is told where it is", async () => {
  await using tracker = await start();
  const alice = await newIdentity();
  const bob = await newIdentity();
  const first = await json(
    postSigned(tracker.url, await signedAnnounce(alice, 1, [file(alice.peerId, 1, "Télé.mp4")])),
  );
  assert.equal(first.status, 200);
  const { token, index } = announceReplySchema.parse(first.body);
  assert.deepEqual(index, { epoch, version: 1 });
  const holding = { fileId: fileId(1), owner: alice.peerId, shareId: shareId(1), have: 2, of: 7 };
  await json(postSigned(tracker.url, await signedAnnounce(bob, 1, [], { holdings: [holding], port: 5002 })));

  const next = await json(
    postNext(
      tracker.url,
      announceBy(alice.peerId, { serial: 2, event: "alive", index: { epoch, from: 1, to: 1 } }),
      token,
    ),
  );
  assert.deepEqual(announceReplySchema.parse(next.body).peers.map(({ port }) => port), [5002]);

  const search = searchReplySchema.parse((await json(fetch(`${tracker.url}/api/search?q=tele`))).body);
  assert.deepEqual(search.results.map(({ name, peers, ownerId }) => [name, peers, ownerId]), [[
    "Télé.mp4",
    2,
    alice.peerId,
  ]]);
  const found = filePeersReplySchema.parse((await json(fetch(`${tracker.url}/api/files/${fileId(1)}/peers`))).body);
  assert.deepEqual(found.keys, { [alice.peerId]: alice.publicKey });
  assert.equal(found.records.length, 1);
  assert.deepEqual(
    found.peers.map(({ host, port, have, of }) => [host, port, have, of]).sort(),
    [["127.0.0.1", 5001, 1, 1], ["127.0.0.1", 5002, 2, 7]],
  );

  const stats = (await json(fetch(`${tracker.url}/api/stats`))).body;
  assert.deepEqual([stats.peers, stats.files, stats.bytes], [2, 1, 1000]);
  const { activity } = (await json(fetch(`${tracker.url}/api/activity?limit=2`))).body;
  assert.deepEqual(activity.map(({ kind }: { kind: string }) => kind), ["peer-joined", "shared"]);
  const page = await fetch(`${tracker.url}/api/activity?limit=2&before=${activity[1].id}`).then((r) => r.json());
  assert.deepEqual(page.activity.map(({ kind }: { kind: string }) => kind), ["peer-joined"]);
  assert.match(await (await fetch(`${tracker.url}/metrics`)).text(), /^essaim_peers 2$/m);
  assert.equal((await json(fetch(`${tracker.url}/api/class`))).body.class, null);
  assert.match(await (await fetch(tracker.url)).text(), /tracker/);
});

Deno.test("a tracker that restarts has lost nothing that it acknowledged", async () => {
  const alice = await newIdentity();
  let dir: string;
  {
    await using tracker = await start();
    dir = tracker.dir;
    await json(postSigned(tracker.url, await signedAnnounce(alice, 1, [file(alice.peerId, 1), file(alice.peerId, 2)])));
    const completed = [{
      id: "0123456789abcdef",
      fileId: fileId(1),
      owner: alice.peerId,
      shareId: shareId(1),
      bytes: 9,
      seconds: 1,
      sources: 1,
    }];
    const { body } = await json(
      postSigned(tracker.url, await signedAnnounce(alice, 2, [], { completed, index: { epoch, from: 2, to: 2 } })),
    );
    assert.deepEqual(body.index, { epoch, version: 2 });
  }
  await using tracker = await start(dir);
  assert.equal((await json(fetch(`${tracker.url}/api/search`))).body.results.length, 2);
  const stats = (await json(fetch(`${tracker.url}/api/stats`))).body;
  assert.deepEqual([stats.files, stats.downloads, stats.transferred], [2, 1, 9]);
  const replayed = await json(postSigned(tracker.url, await signedAnnounce(alice, 2, [])));
  assert.deepEqual([replayed.status, replayed.body.code], [409, "conflict"]);
});

Deno.test("what is malformed, too long or unknown is refused with a code, and the tracker goes on", async (t) => {
  await using tracker = await start();
  const { url } = tracker;
  const alice = await newIdentity();
  const valid = announceBy(alice.peerId);
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const jws = await signedAnnounce(alice, 1, [file(alice.peerId, 1)]);
  const other = await newIdentity();
  const foreign = await signedAnnounce(alice, 1, [], {
    records: [(await other.signRecord(file(other.peerId, 1))).jws],
  });
  const id = fileId(1);
  const table: [string, () => Promise<Response>, number, string][] = [
    ["unknown token", () => postNext(url, valid), 401, "unauthorized"],
    ["no token", () => post(url, "{}", { "content-type": "application/json" }), 401, "unauthorized"],
    ["deep nesting", () => postNext(url, nested(1e6)), 400, "bad-input"],
    ["deep nesting inside", () => postNext(url, `{"records":${nested(1e5)}}`), 400, "bad-input"],
    ["not JSON", () => postNext(url, "{"), 400, "bad-input"],
    [
      "not UTF-8",
      () => post(url, new Uint8Array([0xff]), { authorization: `Bearer ${"x".repeat(32)}` }),
      400,
      "bad-input",
    ],
    ["__proto__ as the peer", () => postNext(url, { ...valid, peerId: "__proto__" }), 400, "bad-input"],
    ["negative serial", () => postNext(url, { ...valid, serial: -1 }), 400, "bad-input"],
    ["501 records", () => postNext(url, { ...valid, records: Array(501).fill("a.b.c") }), 400, "bad-input"],
    ["altered JWS", () => postSigned(url, jws.slice(0, -4) + "AAAA"), 400, "bad-record"],
    ["another owner's record", () => postSigned(url, foreign), 400, "bad-record"],
    ["empty JWS", () => postSigned(url, ""), 400, "bad-record"],
    ["unknown file", () => fetch(`${url}/api/files/${id}/peers`), 404, "not-found"],
    ["no file id", () => fetch(`${url}/api/files/__proto__/peers`), 404, "not-found"],
    ["file id in capitals", () => fetch(`${url}/api/files/${"A".repeat(64)}/peers`), 404, "not-found"],
    ["folder without share", () => fetch(`${url}/api/files/${id}/peers?owner=${alice.peerId}`), 400, "bad-input"],
    ["bad cursor", () => fetch(`${url}/api/search?cursor=x`), 400, "bad-input"],
    ["bad limit", () => fetch(`${url}/api/search?limit=-1`), 400, "bad-input"],
    ["long query", () => fetch(`${url}/api/search?q=${"x".repeat(201)}`), 400, "bad-input"],
    ["unknown address", () => fetch(`${url}/api/constructor`), 404, "not-found"],
    ["wrong method", () => fetch(`${url}/api/announce`), 404, "not-found"],
  ];
  for (const [name, request, status, code] of table) {
    await t.step(name, async () => {
      const answer = await json(request());
      assert.deepEqual([answer.status, answer.body.code], [status, code], answer.body.detail);
    });
  }
  const polluted = await json(fetch(`${url}/api/search?q=a&__proto__=b&constructor=c`));
  assert.deepEqual(polluted.body, { results: [] });
  const accepted = await json(postSigned(url, jws));
  const hostile = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${
    JSON.stringify(announceBy(alice.peerId, { serial: 2 })).slice(1)
  }`;
  assert.equal((await json(postNext(url, hostile, accepted.body.token))).status, 200);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

/** Sends a body while reading the answer, which may come, with the end of the connection, before all is sent. */
async function answerWhileSending(url: string, headers: string, body: Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const send = async () => {
    const head = `POST /api/announce HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${headers}\r\n\r\n`;
    for (const part of [new TextEncoder().encode(head), body]) {
      for (let sent = 0; sent < part.length;) sent += await connection.write(part.subarray(sent, sent + 65_536));
    }
  };
  const sending = send().catch(() => {}); // refused in the middle
  const buffer = new Uint8Array(65_536);
  let answer = "";
  try {
    for (let count; (count = await connection.read(buffer)) !== null;) {
      answer += new TextDecoder().decode(buffer.subarray(0, count));
      if (/"code":/.test(answer)) break;
    }
  } catch {
    // what came before the end counts
  }
  connection[Symbol.dispose]();
  await sending;
  return answer;
}

Deno.test("a body of 10 MB is refused and the tracker goes on", async () => {
  await using tracker = await start();
  const body = new TextEncoder().encode(JSON.stringify({ pad: "x".repeat(10_000_000) }));
  const token = `Authorization: Bearer ${"x".repeat(32)}`;
  for (const headers of [`Content-Type: application/json\r\n${token}`, "Content-Type: application/jose"]) {
    const answer = await answerWhileSending(tracker.url, `${headers}\r\nContent-Length: ${body.length}`, body);
    assert.match(answer, /^HTTP\/1.1 413 [^]*"too-large"/);
  }
  assert.equal((await fetch(`${tracker.url}/api/stats`).then((r) => r.json())).peers, 0);
});

Deno.test("a damaged database is set aside and peers fill a new one", async () => {
  const alice = await newIdentity();
  let dir: string;
  {
    await using tracker = await start();
    dir = tracker.dir;
  }
  await Deno.writeFile(join(dir, "tracker.db"), new Uint8Array(50_000).fill(0x41));
  const log = new FakeLog();
  await using tracker = await start(dir, log);
  assert.ok(log.codes.includes("database-damaged"));
  assert.ok([...Deno.readDirSync(dir)].some(({ name }) => name.startsWith("tracker.db.damaged-")));
  const { status } = await json(postSigned(tracker.url, await signedAnnounce(alice, 5, [file(alice.peerId, 1)])));
  assert.equal(status, 200);
});

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

Deno.test("a second tracker on the same data is refused, and the first writes where it is until it stops", async () => {
  const tracker = await start();
  const run = JSON.parse(await Deno.readTextFile(join(tracker.dir, "run.json")));
  assert.deepEqual([run.pid, `http://127.0.0.1:${run.port}`], [Deno.pid, tracker.url]);
  assert.equal(await codeOf(start(tracker.dir)), "already-running");
  assert.equal((await fetch(`${tracker.url}/api/stats`).then((r) => r.json())).peers, 0);
  await tracker[Symbol.asyncDispose]();
  await assert.rejects(Deno.stat(join(tracker.dir, "run.json")), Deno.errors.NotFound);
  await (await start(tracker.dir))[Symbol.asyncDispose]();
});
