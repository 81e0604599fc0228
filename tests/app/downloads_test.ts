import assert from "node:assert/strict";
import { EssaimError } from "../../lib/core/errors.ts";
import { CHUNK, honest, stalls, testFile, until } from "../fakes_download.ts";
import { codeOf, recordBy, shareId } from "../fakes.ts";
import { Downloading, OWNER, SELF } from "./downloads_setup.ts";

Deno.test("a download arrives complete under its name, is kept, served under its owner's record and told once", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("notes.pdf", testFile(3 * CHUNK + 7));
  const path = await peer.fetch(file);
  assert.equal(path, `${peer.out}/notes.pdf`);
  assert.deepEqual(await Deno.readFile(path), file.bytes);
  assert.deepEqual(await peer.names(), ["notes.pdf"]);
  assert.deepEqual(peer.contents.of(file.manifest.id).map(({ path }) => path), [path]);
  assert.equal(peer.records.granting(file.manifest.id).length, 1);
  assert.deepEqual(peer.downloads.holdings().map(({ have, of }) => [have, of]), [[1, 1]]);
  assert.equal(peer.told.filter((kind) => kind === "completed").length, 1);
  const [row] = peer.downloads.unreported(10);
  assert.deepEqual(row?.given.map(({ bytes }) => bytes), [file.manifest.size]);
  peer.downloads.reported([row!.id]);
  assert.deepEqual(peer.downloads.unreported(10), []);
  await peer.restart();
  assert.deepEqual(peer.downloads.unreported(10), []);
});

Deno.test("what a source gave is shown once, also in the moment in which a download ends", async () => {
  const shown: number[] = [];
  await using peer = await Downloading.make({
    onChange: (kind) => {
      if (kind === "completed") {
        shown.push(...peer.downloads.list().flatMap(({ sources }) => sources.map((s) => s.bytes)));
      }
    },
  });
  await peer.fetch(peer.share("notes.pdf", testFile(3 * CHUNK)));
  assert.deepEqual(shown, [3 * CHUNK]);
});

Deno.test("a fetched file that was changed and forgotten is not announced any more", async () => {
  await using peer = await Downloading.make();
  peer.contents.forget(await peer.fetch(peer.share("notes.pdf", testFile(10))));
  assert.deepEqual(peer.downloads.holdings(), []);
});

Deno.test("a name that is taken gets (2), and nothing is overwritten", async () => {
  await using peer = await Downloading.make();
  await Deno.mkdir(peer.out);
  await Deno.writeTextFile(`${peer.out}/notes.pdf`, "mine");
  await Deno.mkdir(`${peer.out}/notes (2).pdf`);
  assert.equal(await peer.fetch(peer.share("notes.pdf", testFile(10))), `${peer.out}/notes (3).pdf`);
  assert.equal(await Deno.readTextFile(`${peer.out}/notes.pdf`), "mine");
});

Deno.test("only so many run at a time, and those that wait for a source do not hold up the others", async () => {
  await using peer = await Downloading.make();
  const stuck = [1, 2, 3].map((seed) => peer.share(`${seed}`, testFile(CHUNK, seed)));
  const free = peer.share("free", testFile(CHUNK, 4));
  peer.network.sources.get(1)!.behaviour = (request) => stalls(request);
  const ids: string[] = [];
  for (const file of [...stuck, free]) ids.push((await peer.add(file)).id);
  const statuses = () => ids.map((id) => peer.downloads.get(id).status);
  await until(() => peer.network.asked.length === 2, "two are under way");
  assert.deepEqual(statuses(), ["fetching", "fetching", "queued", "queued"]);
  peer.network.sources.get(1)!.behaviour = honest;
  for (const id of ids.slice(0, 2)) await peer.downloads.pause(id);
  await until(() => statuses().join() === "paused,paused,complete,complete", "the others are complete");

  const nobodys = peer.share("nobody's", testFile(CHUNK, 5));
  const another = peer.share("another", testFile(CHUNK, 6));
  peer.network.files.delete(nobodys.manifest.id);
  const waiting = [await peer.add(nobodys), await peer.add(nobodys, `${peer.base}/b`)];
  for (const { id } of waiting) await peer.reaches(id, "waiting");
  await peer.fetch(another);
  peer.network.files.set(nobodys.manifest.id, nobodys);
  for (const { id } of waiting) await peer.reaches(id, "complete");
});

Deno.test("a paused download keeps what it has, over a restart too, and goes on from there", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(8 * CHUNK));
  let given = 0;
  peer.network.sources.get(1)!.behaviour = (request) => given++ < 3 ? honest(request) : stalls(request);
  const { id } = await peer.add(file);
  await until(() => peer.downloads.get(id).done >= 3 * CHUNK, "three requests were answered");
  const { done } = await peer.downloads.pause(id);
  assert.equal(peer.downloads.get(id).status, "paused");
  await peer.restart();
  assert.equal(peer.downloads.get(id).status, "paused");
  assert.equal(peer.downloads.get(id).done, done);
  peer.network.sources.get(1)!.behaviour = honest;
  peer.network.asked.length = 0;
  peer.downloads.resume(id);
  await peer.reaches(id, "complete");
  const asked = peer.network.asked.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  assert.equal(asked, 8 - done / CHUNK);
  assert.deepEqual(await Deno.readFile(`${peer.out}/film`), file.bytes);
});

Deno.test("after kill -9 only what is wrong in the part file is fetched again", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(8 * CHUNK));
  let given = 0;
  peer.network.sources.get(1)!.behaviour = (request) => given++ < 4 ? honest(request) : stalls(request);
  const { id } = await peer.add(file);
  await until(() => peer.downloads.get(id).done >= 4 * CHUNK, "half is there");
  let kept = 0;
  await peer.restart(async () => {
    const part = peer.store.part(id, "")!;
    kept = part.marks[0]!.toString(2).replaceAll("0", "").length;
    peer.store.putPart(id, "", { ...part, closed: undefined });
    using handle = await Deno.open(`${peer.out}/.essaim-${id}.part`, { write: true });
    const damaged = part.marks[0]!.toString(2).padStart(8, "0").indexOf("1");
    await handle.seek(damaged * CHUNK + 100, Deno.SeekMode.Start);
    await handle.write(new Uint8Array([1, 2, 3, 4, 5]));
    await handle.seek(0, Deno.SeekMode.End);
    await handle.write(new TextEncoder().encode("appended by somebody"));
    peer.network.sources.get(1)!.behaviour = honest;
    peer.network.asked.length = 0;
  });
  await peer.reaches(id, "complete");
  const asked = peer.network.asked.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  assert.equal(asked, 8 - kept + 1);
  assert.deepEqual(await Deno.readFile(`${peer.out}/film`), file.bytes);
});

Deno.test("cancelling deletes what came of an unfinished download, but not a finished file", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(8 * CHUNK));
  let given = 0;
  peer.network.sources.get(1)!.behaviour = (request) => given++ < 2 ? honest(request) : stalls(request);
  const { id } = await peer.add(file);
  await until(() => peer.downloads.get(id).done > 0, "something came");
  const cancelled = peer.downloads.cancel(id);
  assert.throws(() => peer.downloads.get(id), { code: "not-found" });
  const other = peer.share("other", testFile(5, 9));
  peer.network.sources.get(1)!.behaviour = honest;
  const path = await peer.fetch(other);
  await cancelled;
  assert.deepEqual(await peer.names(), ["other"]);
  assert.deepEqual(peer.records.granting(file.manifest.id), []);
  await peer.downloads.cancel(peer.downloads.list()[0]!.id);
  assert.deepEqual(await Deno.readFile(path), other.bytes);
  await peer.restart();
  assert.deepEqual(peer.downloads.list(), []);
});

Deno.test("a download that completes while it is cancelled keeps its file and is not listed", async () => {
  let cancelled: Promise<void> | undefined;
  await using peer = await Downloading.make({
    onChange: (kind) => {
      if (kind === "holdings") cancelled ??= peer.downloads.cancel("0000000000000001");
    },
  });
  const file = peer.share("film", testFile(CHUNK));
  await peer.add(file);
  await until(() => cancelled !== undefined, "it is cancelled at its last mark");
  await cancelled;
  assert.deepEqual(peer.downloads.list(), []);
  assert.deepEqual(peer.store.list(), []);
  assert.ok((await peer.names()).every((name) => name === "film"));
});

Deno.test("asking twice for the same content gives the same download", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("notes.pdf", testFile(10));
  const [one, two] = await Promise.all([peer.add(file), peer.add(file)]);
  assert.equal(one.id, two.id);
  await peer.reaches(one.id, "complete");
  assert.equal((await peer.add(file)).id, one.id);
  await Deno.remove(peer.downloads.get(one.id).path!);
  const again = await peer.add(file);
  assert.notEqual(again.id, one.id);
  await peer.reaches(again.id, "complete");
});

Deno.test("what is shared from here is not fetched: conflict; what nobody shares is not found", async () => {
  await using peer = await Downloading.make();
  const own = peer.share("own", testFile(10));
  const record = recordBy(SELF, { fileId: own.manifest.id, shareId: shareId(77) });
  peer.records.putOwn({ record, jws: "signed" }, "/shared/own", [own.manifest.id]);
  assert.equal(await codeOf(peer.add(own)), "conflict");
  assert.equal(await codeOf(peer.add(testFile(10, 3))), "not-found");
});

Deno.test("a file that was named but not noted before a crash is found again, not fetched again", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(3 * CHUNK));
  await Deno.mkdir(peer.out);
  await Deno.writeTextFile(`${peer.out}/film`, "mine");
  let part: ReturnType<typeof peer.store.part>;
  const removePart = peer.store.removePart;
  peer.store.removePart = (id, key) => {
    part = peer.store.part(id, key);
    removePart(id, key);
  };
  const path = await peer.fetch(file);
  peer.network.asked.length = 0;
  await peer.restart(() => {
    const [row] = peer.store.list();
    peer.store.put({ ...row!, state: "active", path: undefined });
    peer.store.putPart(row!.id, "", part!);
  });
  const { id } = peer.downloads.list()[0]!;
  await peer.reaches(id, "complete");
  assert.equal(peer.downloads.get(id).path, path);
  assert.deepEqual(peer.network.asked, []);
  assert.deepEqual(await peer.names(), ["film", "film (2)"]);
});

Deno.test("a folder that was named but not noted before a crash is found again, not fetched again", async () => {
  await using peer = await Downloading.make();
  const folder = peer.shareFolder("class", { "a/b.txt": testFile(10, 2), "large": testFile(2 * CHUNK, 3) });
  const path = await peer.fetch(folder);
  assert.deepEqual(await Deno.readFile(`${path}/a/b.txt`), testFile(10, 2).bytes);
  assert.deepEqual(await Deno.readFile(`${path}/large`), testFile(2 * CHUNK, 3).bytes);
  assert.equal(peer.contents.of(testFile(10, 2).manifest.id)[0]?.path, `${path}/a/b.txt`);
  await peer.restart(() => {
    const [row] = peer.store.list();
    peer.store.put({ ...row!, state: "active", path: undefined });
    peer.contents.forget(`${path}/large`);
  });
  const { id } = peer.downloads.list()[0]!;
  await peer.reaches(id, "complete");
  assert.deepEqual(await peer.names(), ["class"]);
  assert.equal(peer.contents.of(testFile(2 * CHUNK, 3).manifest.id)[0]?.path, `${path}/large`);
});

Deno.test("when the database's disk is full it waits with the reason, and completes by itself afterwards", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(3 * CHUNK));
  const { put, putPart } = peer.store;
  const full = () => {
    throw new EssaimError("disk-full", "The disk of the data folder is full.");
  };
  const { id } = await peer.add(file);
  Object.assign(peer.store, { put: full, putPart: full });
  await until(() => peer.downloads.get(id).reason?.includes("full") === true, "it waits with the reason");
  assert.equal(peer.downloads.get(id).status, "waiting");
  Object.assign(peer.store, { put, putPart });
  await peer.reaches(id, "complete");
  assert.deepEqual(await peer.names(), ["film"]);
  assert.deepEqual(await Deno.readFile(`${peer.out}/film`), file.bytes);
});

Deno.test("a download that cannot succeed fails with its reason, even when that cannot be stored", async () => {
  await using peer = await Downloading.make();
  const file = testFile(3 * CHUNK);
  peer.share("film", file, { size: 5 });
  const put = peer.store.put;
  const { id } = await peer.add(file);
  peer.store.put = () => {
    throw new EssaimError("disk-full", "The disk of the data folder is full.");
  };
  await peer.reaches(id, "failed");
  assert.match(peer.downloads.get(id).reason!, /not what its owner signed/);
  assert.ok(peer.log.codes.includes("download-not-noted"));
  peer.store.put = put;
  assert.equal(peer.downloads.resume(id).state, "active");
  await peer.reaches(id, "failed");
});

Deno.test("a downloads folder that vanished is waited for", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(3 * CHUNK));
  peer.network.sources.get(1)!.gone = true;
  const { id } = await peer.add(file);
  await peer.reaches(id, "waiting");
  await Deno.remove(peer.out, { recursive: true });
  peer.network.sources.get(1)!.gone = false;
  await until(() => peer.downloads.get(id).reason?.includes(peer.out) === true, "it waits for its folder");
  await Deno.mkdir(peer.out);
  await peer.reaches(id, "complete");
});

Deno.test("a file that is remembered under a newer record of its share is not served with that record's hash", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(CHUNK));
  peer.network.sources.get(1)!.gone = true;
  const { id } = await peer.add(file);
  const [record] = peer.records.granting(file.manifest.id);
  const newer = { ...record!, version: 2, fileId: testFile(1).manifest.id };
  peer.records.putForeign({ record: newer, jws: "newer" }, { key: peer.records.keyOf(OWNER)! }, [newer.fileId]);
  peer.network.sources.get(1)!.gone = false;
  await peer.reaches(id, "complete");
  assert.deepEqual(peer.contents.of(file.manifest.id), []);
});

Deno.test("a source that stalls before it gave anything does not hold up a download", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(3 * CHUNK));
  const { manifest } = peer.network;
  const stalled: AbortSignal[] = [];
  peer.network.manifest = (at, id, signal) => {
    if (at.port === 1) return manifest.call(peer.network, at, id, signal);
    stalled.push(signal);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  for (const number of [2, 3, 4]) peer.network.add(number, { gone: true });
  await peer.fetch(file);
  assert.ok(stalled.every(({ aborted }) => aborted));
});
