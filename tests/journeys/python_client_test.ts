import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { fileIdOf } from "../../lib/core/manifest.ts";
import { sha256 as hash } from "../core/hash.ts";
import { assertSameFile, namesIn, randomBytes, randomFile, sha256 } from "./files.ts";
import { Classroom, type Ran } from "./processes.ts";
import { until } from "./until.ts";

/** The client of docs/client, which shares no code with Essaim. Without Python it says that it is skipped; in CI it fails. */

const CLIENT = fileURLToPath(new URL("../../docs/client/", import.meta.url));
const CHUNK_SIZE = 256 * 1024;

async function python(script: string, args: readonly string[], cwd = CLIENT): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command("python3", {
    args: ["-B", `${CLIENT}${script}`, ...args],
    cwd,
    env: { PYTHONUTF8: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

async function hasPython(): Promise<boolean> {
  return await python("check_vectors.py", []).then(() => true, () => false);
}

const ignore = Deno.env.get("CI") !== "true" && !await hasPython();
function pythonTest(name: string, fn: () => Promise<void>): void {
  if (ignore) console.log(`skipped: no python3 here for "${name}"`);
  Deno.test({ name, ignore, fn });
}

pythonTest("code that is not Essaim's agrees with all test vectors", async () => {
  const { code, out, err } = await python("check_vectors.py", []);
  assert.deepEqual([code, err], [0, ""]);
  assert.equal(out.match(/vectors agree/g)?.length, 8);
});

pythonTest(
  "a client in plain Python lists, fetches and verifies what everyone may have, and nothing else",
  async () => {
    await using room = await Classroom.ofMembers("Alice");
    const alice = room.peer("Alice");
    const address = `127.0.0.1:${alice.port}`;
    const outside = await Deno.makeTempDir({ dir: room.folder });
    const run = (...args: string[]) => python("essaim_client.py", [address, ...args], outside);

    const lesson = await randomFile(`${room.folder}/Leçon 4.pdf`, 700_000);
    const page = await randomFile(`${room.folder}/Projet/données/page 1.txt`, 5_000);
    const exam = await randomFile(`${room.folder}/Exam.pdf`, 3_000);
    const shared = await alice.share(lesson);
    const folder = await alice.share(`${room.folder}/Projet`);
    const hidden = await alice.share(exam, "--class");

    const list = await run("list");
    assert.deepEqual([list.code, list.err], [0, ""]);
    const lines = list.out.trimEnd().split("\n").map((line) => line.split(/ {2,}/));
    assert.deepEqual(lines, [[shared.id, "700,000", "Leçon 4.pdf"], [folder.id, "5,000", "Projet/"]]);
    assert.match((await run("list", folder.id)).out, / 5,000 {2}données\/page 1\.txt$/m);

    const got = await run("get", shared.id);
    assert.deepEqual([got.code, got.err, got.out], [0, "", `${await sha256(lesson)}  Leçon 4.pdf\n`]);
    await assertSameFile(`${outside}/Leçon 4.pdf`, lesson);
    assert.equal((await run("get", `${folder.id}/données/page 1.txt`)).code, 0);
    await assertSameFile(`${outside}/page 1.txt`, page);

    assert.match((await run("get", shared.id)).err, /is there already; nothing is overwritten/);
    const [forClass, forNobody] = [await run("get", hidden.id), await run("get", "0".repeat(64))];
    assert.equal(forClass.code, 1);
    assert.equal(forClass.err, forNobody.err);
    assert.deepEqual(namesIn(outside), ["Leçon 4.pdf", "page 1.txt"]);

    await alice.cli("unshare", shared.id);
    await until("it is not listed", async () => !(await run("list")).out.includes(shared.id));
  },
);

pythonTest("the client in plain Python keeps nothing of a peer that lies", async () => {
  const content = randomBytes(2 * CHUNK_SIZE);
  const chunks = [content.subarray(0, CHUNK_SIZE), content.subarray(CHUNK_SIZE)];
  const hashes = new Uint8Array(chunks.flatMap((chunk) => [...hash(chunk)]));
  const id = fileIdOf(content.length, CHUNK_SIZE, hashes, hash);
  const honest: Record<string, unknown> = {
    "": { id, size: content.length, chunkSize: CHUNK_SIZE },
    "/hashes": hashes,
    "/chunks/0": chunks[0],
    "/chunks/1": chunks[1],
  };
  let answers = honest;
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, ({ url }) => {
    const path = new URL(url).pathname;
    if (path === "/v1/index") {
      return Response.json({ epoch: "0".repeat(32), version: 0, more: false, keys: {}, records: [] });
    }
    const answer = answers[path.slice(`/v1/files/${id}`.length)];
    return answer instanceof Uint8Array ? new Response(answer as BodyInit) : Response.json(answer);
  });
  const folder = await Deno.makeTempDir({ prefix: "essaim-python-" });
  try {
    const get = () =>
      python("essaim_client.py", [`127.0.0.1:${server.addr.port}`, "get", id, "--out", "x.bin"], folder);
    const lies: [string, unknown, RegExp][] = [
      ["/chunks/1", chunks[0], /chunk 1 is not what its hash says/],
      ["/chunks/1", chunks[1]!.subarray(1), /chunk 1 is not what its hash says/],
      ["/chunks/1", content, /longer than 262144 bytes/],
      ["/hashes", hashes.toReversed(), /hash list .* does not match its id/],
      ["/hashes", hashes.subarray(32), /hash list .* does not match its id/],
      ["", { id, size: content.length - 1, chunkSize: CHUNK_SIZE }, /hash list .* does not match its id/],
      ["", { id, size: 2 ** 60, chunkSize: CHUNK_SIZE }, /more than 2\^20 chunks/],
      ["", { id, size: content.length, chunkSize: 3 }, /manifest .* is malformed/],
    ];
    for (const [path, lie, why] of lies) {
      answers = { ...honest, [path]: lie };
      const { code, err } = await get();
      assert.equal(code, 1);
      assert.match(err, why);
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    }
    answers = honest;
    assert.equal((await get()).code, 0);
    assert.deepEqual(await Deno.readFile(`${folder}/x.bin`), content);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
