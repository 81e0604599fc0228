import assert from "node:assert/strict";
import { join } from "node:path";
import {
  announceReplySchema,
  countsReplySchema,
  filePeersReplySchema,
  historyReplySchema,
  searchReplySchema,
} from "../../lib/core/messages.ts";
import { announceBy, codeOf, FakeLog, fileId, hexId, shareId } from "../fakes.ts";
import {
  epoch,
  file,
  json,
  newIdentity,
  post,
  postSigned,
  secret,
  signedAnnounce,
  start,
  startKnowing,
} from "./tracker_setup.ts";

const postNext = (url: string, body: unknown, token = "x".repeat(32)) =>
  post(url, typeof body === "string" ? body : JSON.stringify(body), {
    "content-type": "application/json",
    authorization: `Bearer ${token}`,
  });

const postCounts = (url: string, refs: unknown) =>
  fetch(`${url}/api/counts`, { method: "POST", body: JSON.stringify({ refs }) });

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
  assert.match((await json(fetch(`${tracker.url}/api/class`))).body.class, /^[0-9a-f]{64}$/);
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
    ["unknown type", () => fetch(`${url}/api/search?type=program`), 400, "bad-input"],
    ["unknown sort", () => fetch(`${url}/api/search?sort=id`), 400, "bad-input"],
    ["unknown range", () => fetch(`${url}/api/history?range=year`), 400, "bad-input"],
    [
      "501 counts",
      () => postCounts(url, Array(501).fill({ owner: alice.peerId, shareId: shareId(1) })),
      400,
      "bad-input",
    ],
    ["counts of nobody", () => postCounts(url, [{ owner: "x", shareId: shareId(1) }]), 400, "bad-input"],
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

Deno.test("a search is filtered and sorted, and its pages lead from one to the next", async () => {
  await using tracker = await start();
  const alice = await newIdentity();
  const records = ["b.png", "a.png", "d.pdf", "c.png"].map((name, n) =>
    file(alice.peerId, n + 1, name, { size: 10 - n })
  );
  await json(postSigned(tracker.url, await signedAnnounce(alice, 1, records)));
  const names = async (query: string) => {
    const { body } = await json(fetch(`${tracker.url}/api/search?${query}`));
    const { results, cursor } = searchReplySchema.parse(body);
    return { names: results.map(({ name }) => name), cursor };
  };
  for (
    const [query, expected] of [
      ["type=image&sort=name", ["a.png", "b.png", "c.png"]],
      ["type=image&sort=name&order=desc", ["c.png", "b.png", "a.png"]],
      ["sort=size&order=asc&max=9", ["c.png", "d.pdf", "a.png"]],
      ["min=8&max=9&sort=size", ["a.png", "d.pdf"]],
      ["owner=ALI&q=pdf&available=1", ["d.pdf"]],
      ["owner=bob", []],
    ] as const
  ) assert.deepEqual((await names(query)).names, expected, query);
  const first = await names("sort=name&limit=3");
  assert.deepEqual(first.names, ["a.png", "b.png", "c.png"]);
  assert.deepEqual(await names(`sort=name&limit=3&cursor=${first.cursor}`), { names: ["d.pdf"], cursor: undefined });
});

Deno.test("counts and history tell of public files only", async () => {
  const hidden = secret(2, "secret.txt");
  await using tracker = await startKnowing(hidden);
  const alice = await newIdentity();
  const bob = await newIdentity();
  await json(postSigned(tracker.url, await signedAnnounce(alice, 1, [file(alice.peerId, 1)])));
  const completed = [file(alice.peerId, 1), hidden].map(({ fileId, owner, shareId }, n) => ({
    id: hexId<string>(n + 1, 32).slice(16),
    ...{ fileId, owner, shareId },
    bytes: 9,
    seconds: 1,
    sources: 1,
  }));
  await json(postSigned(tracker.url, await signedAnnounce(bob, 1, [], { completed })));
  const refs = [...completed, file(alice.peerId, 3)].map(({ owner, shareId }) => ({ owner, shareId }));
  const { counts } = countsReplySchema.parse((await json(postCounts(tracker.url, refs))).body);
  assert.deepEqual(counts, [{ peers: 1, downloads: 1 }, null, null]);
  for (const range of ["hour", "day", "week"]) {
    const { body } = await json(fetch(`${tracker.url}/api/history?range=${range}`));
    const { buckets } = historyReplySchema.parse(body);
    const sums = (["downloads", "bytes", "shared"] as const).map((key) => buckets.reduce((sum, b) => sum + b[key], 0));
    assert.deepEqual(sums, [1, 9, 1], range);
  }
  const { body } = await json(fetch(`${tracker.url}/api/stats`));
  assert.deepEqual(body.today, { downloads: 1, transferred: 9 });
});
