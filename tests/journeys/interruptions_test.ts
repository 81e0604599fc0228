import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { exists, MB, namesIn, overwrite, randomFile, sha256 } from "./files.ts";
import { Classroom, type Found, type Peer } from "./processes.ts";
import { until } from "./until.ts";

const CHUNK = 256 * 1024;
const SIZE = 8 * MB;
const CHUNKS = Math.ceil(SIZE / CHUNK);
/** What may be asked for twice: chunks that were under way, and the tail of a piece that nobody saw arrive. */
const SLACK = 2 * MB;

interface Scene extends AsyncDisposable {
  readonly original: string;
  readonly shared: Found;
  readonly bob: Peer;
}

/** alice shares one file; bob receives slowly. */
async function scene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const room = stack.use(await Classroom.with("alice"));
  const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "3 MB/s" } } });
  const original = await randomFile(`${room.folder}/film.bin`, SIZE);
  const shared = await room.peer("alice").share(original);
  const owned = stack.move();
  return { original, shared, bob, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Whether each chunk of a part file is the original's. */
async function rightChunks(part: string, original: string): Promise<boolean[]> {
  const [has, wants] = await Promise.all([Deno.readFile(part), Deno.readFile(original)]);
  return Array.from({ length: CHUNKS }, (_, chunk) => {
    const range = [chunk * CHUNK, Math.min(SIZE, (chunk + 1) * CHUNK)] as const;
    return has.length >= range[1] && Buffer.compare(has.subarray(...range), wants.subarray(...range)) === 0;
  });
}

interface Resumed {
  readonly kept: number;
  readonly lost: number;
  readonly rehashed: boolean;
  /** Bytes received from everybody: since a kill, or in all runs when they were stopped cleanly. */
  readonly received: number;
}

/** Starts bob again; what the log says of the resumed download, and what came until it was complete and right. */
async function resumes({ bob, original }: Scene, id: string, logged: number): Promise<Resumed> {
  await bob.start();
  const api = await bob.api();
  let received = 0;
  const path = await until("the download completes", async () => {
    const download = (await api.downloads()).find((download) => download.id === id);
    assert.notEqual(download?.status, "failed", download?.reason);
    received = Math.max(received, download?.sources.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0);
    return download?.status === "complete" && download.path;
  });
  assert.equal(await sha256(path), await sha256(original));
  assert.ok(!await exists(bob.partPath(id)), "the part file is still there");
  const line = await until("the log says what was kept", async () => (await bob.log("download-resumed"))[logged]);
  const { kept, lost, rehashed } = line.data as unknown as Resumed;
  return { kept, lost, rehashed, received };
}

Deno.test("a receiver killed at 40 % completes after a restart without fetching verified chunks again", async () => {
  await using all = await scene();
  const { bob, shared, original } = all;
  const id = await bob.begin(shared);
  const before = await bob.reaches(id, ["fetching"], 0.4);
  await bob.kill();
  assert.deepEqual(namesIn(`${bob.data}/downloads`), []);
  const right = (await rightChunks(bob.partPath(id), original)).filter((is) => is).length;
  const { kept, lost, rehashed, received } = await resumes(all, id, 0);
  assert.deepEqual([kept, lost, rehashed], [right, 0, true]);
  assert.ok(kept * CHUNK >= before.done, `${kept} chunks kept, ${before.done} bytes were verified`);
  assert.ok(received <= SIZE - (kept - 1) * CHUNK + SLACK, `${received} bytes fetched after ${kept} chunks kept`);
});

Deno.test("Ctrl-C stops a peer cleanly within 5 s, and a restart goes on without reading the file again", async () => {
  await using all = await scene();
  const { bob, shared } = all;
  const id = await bob.begin(shared);
  await bob.reaches(id, ["fetching"], 0.3);
  const { code, ms } = await bob.stop();
  assert.equal(code, 0);
  assert.ok(ms < 5_000, `${ms} ms`);
  assert.ok(!await exists(`${bob.data}/run.json`));
  assert.equal((await bob.cli("status")).code, 3);
  const { kept, lost, rehashed, received } = await resumes(all, id, 0);
  assert.deepEqual([lost, rehashed], [0, false]);
  assert.ok(kept >= 0.3 * CHUNKS - 1, `${kept} chunks kept`);
  assert.ok(received <= SIZE + SLACK, `${received} bytes fetched in both runs together`);
});

Deno.test("of a part file altered in the middle while stopped, only the altered chunk is fetched again", async () => {
  await using all = await scene();
  const { bob, shared, original } = all;
  const id = await bob.begin(shared);
  await bob.reaches(id, ["fetching"], 0.4);
  await bob.stop();
  const part = bob.partPath(id);
  const before = await rightChunks(part, original);
  const right = before.flatMap((is, chunk) => is ? [chunk] : []);
  const altered = right[Math.floor(right.length / 2)]!;
  await overwrite(part, altered * CHUNK + 1_000, new TextEncoder().encode("altered"));
  const { kept, lost } = await resumes(all, id, 0);
  assert.deepEqual([kept, lost], [right.length - 1, 1]);
});

Deno.test("of a part file truncated while stopped, only what was cut off is fetched again", async () => {
  await using all = await scene();
  const { bob, shared, original } = all;
  const id = await bob.begin(shared);
  await bob.reaches(id, ["fetching"], 0.4);
  await bob.kill();
  const part = bob.partPath(id);
  const right = (await rightChunks(part, original)).flatMap((is, chunk) => is ? [chunk] : []);
  const left = Math.floor(right.length / 2);
  await Deno.truncate(part, right[left]! * CHUNK + 1_000);
  const { kept, received } = await resumes(all, id, 0);
  assert.equal(kept, left);
  assert.ok(received <= SIZE - (kept - 1) * CHUNK + SLACK, `${received} bytes fetched after ${kept} chunks kept`);
});

Deno.test("a part file deleted while stopped is fetched anew", async () => {
  await using all = await scene();
  const { bob, shared } = all;
  const id = await bob.begin(shared);
  await bob.reaches(id, ["fetching"], 0.3);
  await bob.stop();
  await Deno.remove(bob.partPath(id));
  const { kept } = await resumes(all, id, 0);
  assert.equal(kept, 0);
});
