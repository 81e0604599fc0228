import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileId, hexId } from "../fakes.ts";
import { CHUNK, freeSlots } from "../fakes_download.ts";
import { KEY, random, SELF, Sharer, SLOTS } from "./sharer.ts";

/** The stable code of a problem document. */
function codeIn({ headers, bytes }: { headers: Headers; bytes: Uint8Array }): string {
  assert.equal(headers.get("content-type"), "application/problem+json");
  return JSON.parse(new TextDecoder().decode(bytes)).code;
}

Deno.test("a peer says who it is, what a file is, its hashes, what it holds of it, and gives any run of chunks", async () => {
  await using sharer = await Sharer.make();
  const bytes = random(3 * CHUNK + 1);
  const content = await sharer.share("film", bytes);
  const at = `/files/${content.id}`;
  assert.equal(JSON.parse(new TextDecoder().decode((await sharer.get("/hello")).bytes)).peerId, SELF);
  const manifest = JSON.parse(new TextDecoder().decode((await sharer.get(at)).bytes));
  assert.deepEqual(manifest, { id: content.id, size: bytes.length, chunkSize: CHUNK });
  assert.deepEqual((await sharer.get(`${at}/hashes`)).bytes, content.hashes);
  assert.deepEqual((await sharer.get(`${at}/have`)).bytes, new Uint8Array([0b1111_0000]));
  for (
    const [run, start, end] of [["0", 0, CHUNK], ["1-2", CHUNK, 3 * CHUNK], ["3", 3 * CHUNK, bytes.length]] as const
  ) {
    const { status, headers, bytes: given } = await sharer.get(`${at}/chunks/${run}`);
    assert.equal(status, 200);
    assert.equal(headers.get("content-length"), String(end - start));
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.deepEqual(given, bytes.slice(start, end));
  }
});

Deno.test("the whole file is given to any HTTP client, with its digest, name and tag", async () => {
  await using sharer = await Sharer.make();
  const bytes = random(CHUNK + 10);
  const content = await sharer.share("l'été.txt", bytes);
  const at = `/files/${content.id}/content`;
  const whole = await sharer.get(at);
  assert.deepEqual(whole.bytes, bytes);
  const sum = createHash("sha256").update(bytes).digest("base64");
  assert.equal(whole.headers.get("repr-digest"), `sha-256=:${sum}:`);
  assert.equal(
    whole.headers.get("content-disposition"),
    `attachment; filename="l'_t_.txt"; filename*=UTF-8''l%27%C3%A9t%C3%A9.txt`,
  );
  const tag = whole.headers.get("etag")!;
  assert.equal(tag, `"${content.id}"`);

  const head = await sharer.get(at, {}, "HEAD");
  assert.deepEqual([head.status, head.headers.get("content-length"), head.bytes.length], [
    200,
    String(bytes.length),
    0,
  ]);
  assert.equal((await sharer.get(at, { "if-none-match": tag })).status, 304);

  const size = bytes.length;
  const RANGES: [Record<string, string>, number, number, number][] = [
    [{ range: "bytes=0-0" }, 206, 0, 1],
    [{ range: "bytes=10-" }, 206, 10, size],
    [{ range: "bytes=-7" }, 206, size - 7, size],
    [{ range: `bytes=5-${size + 999}` }, 206, 5, size],
    [{ range: "bytes=5-9", "if-range": tag }, 206, 5, 10],
    [{ range: "bytes=5-9", "if-range": '"another"' }, 200, 0, size],
    [{ range: "bytes=9-5" }, 200, 0, size],
    [{ range: "bytes=0-1,3-4" }, 200, 0, size],
    [{ range: "lines=0-1" }, 200, 0, size],
    [{ range: "bytes=-" }, 200, 0, size],
    [{ range: `bytes=0-${"9".repeat(400)}` }, 206, 0, size],
  ];
  for (const [headers, status, start, end] of RANGES) {
    const part = await sharer.get(at, headers);
    assert.equal(part.status, status, headers.range);
    assert.deepEqual(part.bytes, bytes.slice(start, end));
    if (status === 206) assert.equal(part.headers.get("content-range"), `bytes ${start}-${end - 1}/${size}`);
  }
  for (const range of [`bytes=${size}-`, "bytes=-0", `bytes=${"9".repeat(400)}-`]) {
    const none = await sharer.get(at, { range });
    assert.deepEqual([none.status, none.headers.get("content-range")], [416, `bytes */${size}`]);
  }
  assert.equal(await freeSlots(sharer.serve, content.id), SLOTS);
});

Deno.test("an empty file has a manifest, no hashes, and an empty content", async () => {
  await using sharer = await Sharer.make();
  const { id } = await sharer.share("empty", new Uint8Array());
  for (const rest of ["hashes", "have", "content"]) {
    const { status, bytes } = await sharer.get(`/files/${id}/${rest}`);
    assert.deepEqual([status, bytes.length], [200, 0]);
  }
  assert.equal(codeIn(await sharer.get(`/files/${id}/chunks/0`)), "bad-input");
});

Deno.test("wrong addresses are refused with a problem document, and a hidden file exactly as an unknown one", async () => {
  await using sharer = await Sharer.make();
  const { id } = await sharer.share("film", random(10));
  const hidden = await sharer.share("secret", random(11), { visibility: "class" });
  const unknown = fileId(99);
  for (const rest of ["", "/hashes", "/have", "/chunks/0", "/chunks/0-9", "/content"]) {
    assert.equal(codeIn(await sharer.get(`/files/${"x".repeat(64)}${rest}`)), "bad-input");
    assert.equal(codeIn(await sharer.get(`/files/a%2fb${rest}`)), "bad-input");
    const [one, other] = [await sharer.get(`/files/${hidden.id}${rest}`), await sharer.get(`/files/${unknown}${rest}`)];
    assert.equal(one.status, 404);
    assert.deepEqual([one.status, one.bytes, [...one.headers.keys()]], [other.status, other.bytes, [
      ...other.headers.keys(),
    ]]);
  }
  for (const run of ["0-1", "1", "2-1"]) {
    assert.equal(codeIn(await sharer.get(`/files/${id}/chunks/${run}`)), "bad-input");
  }
  for (
    const path of ["/files/", `/files/${id}/chunks/-1`, `/files/${id}/chunks/12345678`, `/files/${id}/chunks/0/`, "/x"]
  ) {
    assert.equal(codeIn(await sharer.get(path)), "not-found");
  }
  assert.equal((await sharer.get(`/files/${id}`, {}, "DELETE")).status, 404);
});

Deno.test("the index comes in pages, from where one asked last, and anew for another epoch", async () => {
  await using sharer = await Sharer.make();
  for (let i = 1; i <= 1_001; i++) sharer.record(fileId(i), i === 500 ? { visibility: "class" } : {});
  const { epoch } = sharer.records.position;
  const first = await sharer.page();
  assert.deepEqual([first.version, first.more, first.records.length], [1_000, true, 999]);
  assert.ok(!first.records.includes("a.b.500"));
  assert.deepEqual(first.keys, { [SELF]: KEY });
  const second = await sharer.page(`${epoch}.1000`);
  assert.deepEqual([second.version, second.more, second.records], [1_001, false, ["a.b.1001"]]);
  const third = await sharer.page(`${epoch}.1001`);
  assert.deepEqual([third.version, third.more, third.records], [1_001, false, []]);
  for (const since of [`${hexId(5, 32)}.1001`, "x", "", `${epoch}.-1`, `${epoch}.${"9".repeat(30)}`]) {
    assert.equal((await sharer.page(since)).records.length, 999, since);
  }
});

Deno.test("a bundle frames what is given and what is not; other requests are refused", async () => {
  await using sharer = await Sharer.make();
  const small = await sharer.share("small", random(3));
  const hidden = await sharer.share("secret", random(4), { visibility: "class" });
  const { status, bytes } = await sharer.bundle(JSON.stringify({ ids: [fileId(99), small.id, hidden.id] }));
  assert.equal(status, 200);
  assert.deepEqual([...bytes.slice(0, 8)], [255, 255, 255, 255, 0, 0, 0, 3]);
  assert.deepEqual([...bytes.slice(11)], [255, 255, 255, 255]);
  const REFUSED: [string, number][] = [
    ["", 400],
    ["{", 400],
    ["[]", 400],
    ["[".repeat(20_000), 400],
    ['{"ids":[]}', 400],
    ['{"__proto__":{"ids":["x"]}}', 400],
    [JSON.stringify({ ids: ["x"] }), 400],
    [JSON.stringify({ ids: Array(257).fill(small.id) }), 400],
    ["x".repeat(33_000), 413],
  ];
  for (const [body, expected] of REFUSED) assert.equal((await sharer.bundle(body)).status, expected, body.slice(0, 40));
});

Deno.test("past its upload slots a peer answers 503 and says when to ask again", async () => {
  await using sharer = await Sharer.make();
  const { id } = await sharer.share("film", random(5));
  const caller = (n: number) => ({ kind: "anonymous", address: `10.0.0.${n}` }) as const;
  const taken = await Promise.all(Array.from({ length: SLOTS }, (_, n) => sharer.serve.chunks(id, 0, 0, caller(n))));
  const busy = await sharer.get(`/files/${id}/chunks/0`);
  assert.deepEqual([busy.status, codeIn(busy)], [503, "busy"]);
  assert.ok(Number(busy.headers.get("essaim-retry-ms")) > 0);
  assert.equal(busy.headers.get("retry-after"), "1");
  taken.forEach((body) => body.close());
  assert.equal((await sharer.get(`/files/${id}/chunks/0`)).status, 200);
});
