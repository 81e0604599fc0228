import assert from "node:assert/strict";
import type { LocalShare, SharePage, UploadBatch } from "../../lib/core/local_messages.ts";
import { namesIn, randomBytes } from "./files.ts";
import { Classroom, type Peer } from "./processes.ts";
import { until } from "./until.ts";

const BATCH = "0123456789abcdef";

/** What a page asks of its own computer. */
async function ask(peer: Peer, method: string, path: string, body?: BodyInit): Promise<Response> {
  const { uiPort } = JSON.parse(await Deno.readTextFile(`${peer.data}/run.json`));
  const token = (await Deno.readTextFile(`${peer.data}/api-token`)).trim();
  return await fetch(`http://127.0.0.1:${uiPort}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...body === undefined ? {} : { body },
  });
}

async function json<T>(response: Promise<Response>): Promise<T> {
  const { ok, status } = await response;
  const text = await (await response).text();
  assert.ok(ok, `${status} ${text}`);
  return JSON.parse(text);
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await filesBelow(`${folder}/${name}`));
    else found.push(name);
  }
  return found.sort();
}

Deno.test("after kill -9 in the middle of an upload what was acknowledged waits, and nothing of the rest is there", async () => {
  await using room = await Classroom.with("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const whole = randomBytes(3_000_000);
  await json(ask(alice, "POST", `/api/uploads?batch=${BATCH}&name=whole.bin`, whole));
  const half = randomBytes(65_536);
  const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(half) });
  const broken = ask(alice, "POST", `/api/uploads?batch=${BATCH}&name=half.bin`, endless).catch(() => undefined);
  const incoming = `${alice.data}/incoming`;
  await until("half of a file is there", async () => (await filesBelow(incoming)).length === 2);
  await alice.kill();
  await (await broken)?.body?.cancel();

  await alice.start();
  const [batch, ...others] = await json<UploadBatch[]>(ask(alice, "GET", "/api/uploads"));
  assert.deepEqual([batch?.files, batch?.size, others], [1, whole.length, []]);
  assert.deepEqual(await filesBelow(incoming), ["whole.bin"]);
  assert.deepEqual(await bob.search("whole"), []);

  const choice = JSON.stringify({ visibility: "public" });
  const [share] = await json<LocalShare[]>(ask(alice, "POST", `/api/uploads/${BATCH}/share`, choice));
  await until("bob finds it", async () => (await bob.search("whole")).length === 1);
  const { path } = await bob.get(share!.id);
  assert.deepEqual(await Deno.readFile(path), whole);
});

Deno.test("after kill -9 in the middle of sharing a batch, each file is either shared or still waits", async () => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const names = Array.from({ length: 40 }, (_, index) => `${index}.bin`);
  for (const name of names) {
    await json(
      ask(alice, "POST", `/api/uploads?batch=${BATCH}&name=${name}`, randomBytes(100_000 + names.indexOf(name))),
    );
  }
  const sharing = ask(alice, "POST", `/api/uploads/${BATCH}/share`, '{"visibility":"public"}').catch(() => undefined);
  await until("a file has moved", () => namesIn(`${alice.data}/shared_files`).length > 0);
  await alice.kill();
  await (await sharing)?.body?.cancel();
  await alice.start();
  const seen = async () => {
    const { shares, total } = await json<SharePage>(ask(alice, "GET", "/api/shares/page?limit=500"));
    const batches = await json<UploadBatch[]>(ask(alice, "GET", "/api/uploads"));
    const onDisk = await filesBelow(`${alice.data}/shared_files`);
    const waiting = batches.flatMap(({ entries }) => entries.map(({ name }) => name));
    return { shared: shares.map(({ name }) => name).sort(), onDisk, waiting, total };
  };
  await until("what is shared is what lies in the shared folder", async () => {
    const { shared, onDisk } = await seen();
    return JSON.stringify(shared) === JSON.stringify(onDisk);
  });
  const { shared, waiting } = await seen();
  assert.deepEqual([...shared, ...waiting].sort(), [...names].sort());
});
