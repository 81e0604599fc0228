import assert from "node:assert/strict";
import { bodyOf, memberWire, plainWire, requestOf, statusOf, type Wire } from "./attackers.ts";
import { toHex } from "../../lib/core/ids.ts";
import { MB, randomBytes, randomFile } from "./files.ts";
import { Classroom, type Found } from "./processes.ts";
import { peerIdOf } from "./strangers.ts";
import { until } from "./until.ts";

const UNKNOWN = { id: toHex(randomBytes(32)), shareId: toHex(randomBytes(16)) };
const CANARY = "kanari-5c0e";
const TIMES = 200;

type Known = Pick<Found, "id" | "shareId">;

/** Whatever can be asked about a file by who knows what it is called everywhere. */
function requestsAbout({ id, shareId }: Known, owner: string): string[] {
  const file = `/v1/files/${id}`;
  const ends = [
    ...["", "/", "/hashes", "/have", "/content", "/content/", "/events", "/chunks", "/chunks/"],
    ...["0", "1", "0-0", "0-3", "3-0", "9999999", "99999999", "-1", "0-", "0x0", "1e1", "%30", "0-9999999"]
      .map((run) => `/chunks/${run}`),
  ];
  const wholes = [file, `${file}/content`, `${file}/chunks/0`, `${file}/have`, `${file}/hashes`];
  const headers: Record<string, string>[] = [
    { range: "bytes=0-0" },
    { range: "bytes=-1" },
    { range: "bytes=99999999999-" },
    { range: "lines=1-2" },
    { range: "bytes=0-0", "if-range": `"${id}"` },
    { "if-none-match": `"${id}"` },
    { "if-none-match": "*" },
    { "if-match": "*" },
    { "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT" },
    { accept: "text/event-stream" },
    { "x-forwarded-for": "127.0.0.1", "essaim-revocations": "0" },
    { authorization: `Bearer ${"a".repeat(32)}` },
  ];
  const malformed = [id.slice(1), `${id}0`, id.toUpperCase(), `${id}%00`, `%2e%2e/${id}`, `${id};`, `${id}?a=${id}`];
  return [
    ...ends.map((end) => requestOf(`GET ${file}${end}`)),
    ...["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "PROPFIND", "QUERY"].flatMap((method) =>
      wholes.map((path) => requestOf(`${method} ${path}`))
    ),
    ...wholes.flatMap((path) => headers.map((some) => requestOf(`GET ${path}`, { headers: some }))),
    ...headers.map((some) => requestOf(`HEAD ${file}/content`, { headers: some })),
    ...malformed.flatMap((id) => ["", "/content"].map((end) => requestOf(`GET /v1/files/${id}${end}`))),
    ...[`/v1/index?since=${shareId}.0`, "/v1/index", "/v1/hello"].map((path) => requestOf(`GET ${path}`)),
    ...[[id], [id, id], [id, UNKNOWN.id.replace("a", "0")]].map((ids) =>
      requestOf("POST /v1/bundle", { body: { ids } })
    ),
    requestOf("POST /v1/lease", { body: { owner, shares: [shareId] } }),
    requestOf("POST /v1/lease", { body: { owner, shares: [shareId, shareId] } }),
    requestOf("POST /v1/lease", { body: { owner: id.slice(0, 32), shares: [shareId] } }),
    requestOf("GET /v1/revocations"),
  ];
}

/** As above, of the tracker. */
function questionsAbout({ id, shareId }: Known, owner: string): string[] {
  const via = `owner=${owner}&share=${shareId}`;
  const lines = [
    ...["", `?${via}`, `?share=${shareId}`, `?owner=${owner}`].map((search) => `GET /api/files/${id}/peers${search}`),
    ...[`HEAD /api/files/${id}/peers`, `OPTIONS /api/files/${id}/peers`, `POST /api/files/${id}/peers`],
    ...[id, id.slice(0, 8), shareId, CANARY].flatMap((q) => [
      `GET /api/search?q=${q}`,
      `GET /api/search?q=${q}&available=true&sort=copies`,
    ]),
    `GET /files/${id}`,
    `GET /files/${id}?${via}`,
  ];
  return [
    ...lines.map((line) => requestOf(line)),
    requestOf("POST /api/counts", { body: { refs: [{ owner, shareId }] } }),
    requestOf("POST /api/lease", { body: { owner, shares: [shareId] } }),
  ];
}

async function learnsNothing(who: string, wire: Wire, real: string[], unreal: string[], known: Known): Promise<void> {
  for (const [index, request] of real.entries()) {
    // What was sent may come back, in a problem or a link.
    const without = (answer: string, { id, shareId }: Known) =>
      answer.replaceAll(id, "FILE").replaceAll(id.slice(1), "ILE").replaceAll(id.toUpperCase(), "FILE").replaceAll(
        id.slice(0, 8),
        "FIL",
      ).replaceAll(shareId, "SHARE")
        .replace(/nonce[-=]"?[\w+/=-]+/g, "nonce").replace(/content-length: \d+/i, "content-length")
        .replace(/essaim-revocations: \d+/i, "number").replace(/"lease":"[^"]+"/, "lease");
    const answer = await wire(request);
    assert.ok(statusOf(answer) >= 200, `${who}: ${request}${answer}`);
    assert.ok(!answer.includes("kanari-content"), `${who}: ${request}`);
    if (!request.includes(CANARY)) assert.ok(!answer.includes(CANARY), `${who}: ${request}`);
    assert.equal(without(answer, known), without(await wire(unreal[index]!), UNKNOWN), `${who}: ${request}`);
  }
}

/** Medians in milliseconds of what is asked in turns. */
async function medians(wire: Wire, one: string, other: string): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let time = 0; time < TIMES; time++) {
    for (const which of time % 2 ? [0, 1] as const : [1, 0] as const) {
      const began = performance.now();
      await wire([one, other][which]!);
      times[which].push(performance.now() - began);
    }
  }
  return times.map((some) => some.sort((a, b) => a - b)[TIMES / 2]!) as [number, number];
}

Deno.test("who knows every id of a private file gets, however he asks, what a file that does not exist would give", async () => {
  await using room = await Classroom.ofMembers("alice", "bob", "carl");
  const [alice, bob, carl] = [room.peer("alice"), room.peer("bob"), room.peer("carl")];
  const shared = await alice.share(
    await randomFile(`${room.folder}/${CANARY}.bin`, 3 * MB),
    "--private",
    "--allow",
    "bob",
  );
  await bob.get(shared.id);
  const owner = await peerIdOf(alice);
  const [real, unreal] = [requestsAbout(shared, owner), requestsAbout(UNKNOWN, owner)];
  for (const holder of [alice, bob]) {
    for (
      const [who, wire] of [
        ["an outsider", plainWire(holder)],
        ["carl", await memberWire(carl, holder)],
      ] as const
    ) {
      await learnsNothing(`${who} asks ${holder.args[2]}`, wire, real, unreal, shared);
      for (const end of ["", "/content", "/chunks/0"]) {
        const [a, b] = [shared, UNKNOWN].map(({ id }) => requestOf(`GET /v1/files/${id}${end}`)) as [string, string];
        const [is, isNot] = await medians(wire, a, b);
        console.log(`${who} asks ${holder.args[2]} ${end}: ${is.toFixed(3)} ms, of no file ${isNot.toFixed(3)} ms`);
      }
    }
  }
  const [about, aboutNone] = [questionsAbout(shared, owner), questionsAbout(UNKNOWN, owner)];
  for (
    const [who, wire] of [
      ["an outsider", plainWire(room.tracker)],
      ["carl", await memberWire(carl, room.tracker)],
    ] as const
  ) {
    await learnsNothing(`${who} asks the tracker`, wire, about, aboutNone, shared);
    const [a, b] = [about[0]!, aboutNone[0]!];
    const [is, isNot] = await medians(wire, a, b);
    console.log(`${who} asks the tracker: ${is.toFixed(3)} ms, of no file ${isNot.toFixed(3)} ms`);
  }
});

Deno.test("sharing something that is not public changes nothing that anyone can see of the tracker", async () => {
  await using room = await Classroom.ofMembers("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const outsider = plainWire(room.tracker);
  const heard: string[] = [];
  const socket = new WebSocket(`ws://127.0.0.1:${room.tracker.port}/api/live?board`);
  socket.onmessage = ({ data }) => heard.push(String(data));
  await until("the live view is open", () => heard.length > 0);
  const looks = async () => {
    const paths = ["/metrics", "/api/stats", "/api/activity", "/api/history", "/api/search?q="];
    const answers = await Promise.all(paths.map(async (path) => bodyOf(await outsider(requestOf(`GET ${path}`)))));
    return answers.map((answer) =>
      answer.replace(/^.*announces_total.*\n/gm, "").replace(/"from":"[^"]+"/, "").replace(/"(?:peers)":\d+/g, "")
    );
  };
  const before = await looks();
  const shown = heard.length;
  await Deno.writeTextFile(`${room.folder}/${CANARY}.txt`, CANARY);
  const file = await alice.share(`${room.folder}/${CANARY}.txt`, "--private", "--allow", "bob");
  await Deno.writeTextFile(`${room.folder}/${CANARY}-2.txt`, `${CANARY} 2`);
  const classwide = await alice.share(`${room.folder}/${CANARY}-2.txt`, "--class");
  for (const { id } of [file, classwide]) {
    await until("bob finds it", async () => (await bob.search(CANARY)).some((found) => found.id === id));
    await bob.get(id);
  }
  const fetched = (found: Found[]) => found.length === 2 && found.every(({ peers }) => peers === 2);
  await until("the tracker has heard that it was fetched", async () => fetched(await bob.search(CANARY)));
  await alice.cli("unshare", classwide.id);
  await until("it is gone", async () => (await bob.search(CANARY)).length === 1);
  assert.deepEqual(await looks(), before);
  assert.ok(!(await outsider(requestOf("GET /"))).includes(CANARY));

  // The next event shows that the view was alive all the time.
  await Deno.writeTextFile(`${room.folder}/open.txt`, "open");
  await alice.share(`${room.folder}/open.txt`);
  await until("the public file is told of", () => heard.some((text) => text.includes("open.txt")));
  const kinds = heard.slice(shown).map((text) => JSON.parse(text)).filter(({ kind }) => kind !== "board");
  assert.deepEqual(kinds.map(({ kind, name }) => [kind, name]), [["shared", "open.txt"]]);
  assert.ok(![CANARY, file.id, file.shareId, classwide.id].some((secret) => heard.join("").includes(secret)));
  socket.close();
});

Deno.test("what was public once and is so no more leaves a tombstone for those who knew it, and no name anywhere", async () => {
  await using room = await Classroom.ofMembers("alice", "bob", "carl");
  const [alice, bob, carl] = [room.peer("alice"), room.peer("bob"), room.peer("carl")];
  const path = await randomFile(`${room.folder}/${CANARY}.bin`, 100_000);
  const shared = await alice.share(path);
  await carl.get(shared.id);
  const outsider = plainWire(room.tracker);
  const ask = async (target: string) => bodyOf(await outsider(requestOf(`GET ${target}`)));
  const recordsOf = async (wire: Wire, since = "") => {
    const page = JSON.parse(bodyOf(await wire(requestOf(`GET /v1/index${since}`))));
    const records = page.records.map((jws: string) =>
      JSON.parse(atob(jws.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/")))
    );
    return { records, since: `?since=${page.epoch}.${page.version}`, page: JSON.stringify(page) };
  };
  const before = await recordsOf(plainWire(alice));
  assert.deepEqual(before.records.map(({ name }: { name: string }) => name), [`${CANARY}.bin`]);
  await until("it is in the activity", async () => (await ask("/api/activity")).includes(CANARY));

  await alice.share(path, "--private", "--allow", "bob");
  await until("bob finds it", async () => (await bob.search(CANARY))[0]?.shareId === shared.shareId);
  await until("the tracker has forgotten it", async () => !(await ask(`/api/search?q=${CANARY}`)).includes(shared.id));
  const carls = await memberWire(carl, alice);
  const isTombstone = async (wire: Wire, version: number) => {
    for (const since of ["", before.since, `?since=${before.since.slice(7, 39)}.0`]) {
      const { records, page } = await recordsOf(wire, since);
      const [tombstone] = records;
      assert.equal(records.length, 1);
      assert.deepEqual(Object.keys(tombstone).sort(), ["at", "deleted", "owner", "shareId", "version"]);
      assert.equal(tombstone.deleted, true);
      assert.equal(tombstone.version, version);
      assert.ok(!page.includes("certificates"));
    }
    assert.equal(statusOf(await wire(requestOf(`GET /v1/files/${shared.id}`))), 404);
  };
  for (const wire of [plainWire(alice), carls]) await isTombstone(wire, 2);
  for (
    const target of [
      "/api/activity?limit=200",
      "/api/stats",
      "/metrics",
      "/",
      "/search?q=kanari",
      "/api/search?q=",
      "/api/history",
    ]
  ) {
    const body = await ask(target);
    assert.ok(!body.includes(`${CANARY}.bin`) && !body.includes(shared.id), `${target}: ${body}`);
  }
  await alice.cli("unshare", shared.shareId);
  await isTombstone(plainWire(alice), 3);
});
