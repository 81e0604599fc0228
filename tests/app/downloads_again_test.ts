import assert from "node:assert/strict";
import type { ShareId } from "../../lib/core/ids.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { CHUNK, honest, stalls, type TestFile, testFile, until } from "../fakes_download.ts";
import { peerId, shareId } from "../fakes.ts";
import { Downloading, OWNER } from "./downloads_setup.ts";

const signal = new AbortController().signal;

Deno.test("a complete file that was changed since is fetched again, under another name", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("notes.pdf", testFile(10));
  const path = await peer.fetch(file);
  assert.equal((await peer.add(file)).path, path);
  await Deno.writeTextFile(path, "mine");
  assert.equal(await peer.fetch(file), `${peer.out}/notes (2).pdf`);
  assert.equal(await Deno.readTextFile(path), "mine");
});

Deno.test("two shares of equal content and other names are two downloads", async () => {
  await using peer = await Downloading.make();
  const empty = testFile(0);
  const get = (share: ShareId) => peer.downloads.add({ fileId: empty.manifest.id, shareId: share }, signal);
  const names: string[] = [];
  for (const [name, share] of [["a.txt", shareId(1)], ["b.txt", shareId(2)]] as const) {
    peer.share(name, empty, { shareId: share });
    const { id } = await get(share);
    await peer.reaches(id, "complete");
    assert.equal((await get(share)).id, id);
    names.push(peer.downloads.get(id).name);
  }
  assert.deepEqual(names, ["a.txt", "b.txt"]);
  assert.deepEqual(await peer.names(), ["a.txt", "b.txt"]);
  peer.shared.clear(); // the tracker forgot
  assert.equal((await get(shareId(2))).name, "b.txt");
});

Deno.test("a tracker with an older record of the same content does not hinder a download", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(CHUNK));
  const { id } = await peer.add(file, `${peer.base}/first`);
  await peer.reaches(id, "complete");
  const [record] = peer.records.granting(file.manifest.id);
  const newer = { ...record!, version: 5 };
  peer.records.putForeign({ record: newer, jws: "newer" }, { key: peer.records.keyOf(OWNER)! }, [newer.fileId]);
  await peer.fetch(file);
  assert.equal(peer.records.get(newer)?.record.version, 5);
});

/** A download with something in its part file that goes no further. */
async function begun(peer: Downloading, file: TestFile): Promise<string> {
  let given = 0;
  peer.network.sources.get(1)!.behaviour = (request) => given++ < 2 ? honest(request) : stalls(request);
  const { id } = await peer.add(file);
  await until(() => peer.downloads.get(id).done > 0, "something came");
  return id;
}

Deno.test("a download whose files cannot be deleted stays listed and can be cancelled again", async () => {
  await using peer = await Downloading.make();
  const id = await begun(peer, peer.share("film", testFile(8 * CHUNK)));
  const { remove } = peer.files;
  peer.files.remove = () => Promise.reject(new EssaimError("unwritable", "The folder cannot be written to."));
  await assert.rejects(peer.downloads.cancel(id), { code: "unwritable" });
  assert.deepEqual(peer.store.list().map((row) => row.id), [id]);
  assert.deepEqual(peer.downloads.list().map((row) => row.id), [id]);
  peer.files.remove = remove;
  await peer.downloads.cancel(id);
  assert.deepEqual(await peer.names(), []);
  assert.deepEqual(peer.store.list(), []);
});

Deno.test("the oldest failed download is forgotten with its files and its record", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(8 * CHUNK));
  const id = await begun(peer, file);
  peer.network.sources.get(1)!.behaviour = honest;
  await peer.downloads.pause(id);
  await peer.restart(() => {
    const [row] = peer.store.list();
    peer.atomically(() => {
      peer.store.put({ ...row!, state: "failed", createdAt: 0 });
      const ref = { ...row!.ref, shareId: shareId(99), owner: peerId(9) };
      for (let i = 0; i < 4_999; i++) {
        peer.store.put({ ...row!, id: (1e6 + i).toString(16).padStart(16, "0"), ref, name: "old", state: "complete" });
      }
    });
  });
  await peer.fetch(peer.share("other", testFile(5, 9)));
  assert.deepEqual(await peer.names(), ["other"]);
  assert.deepEqual(peer.records.granting(file.manifest.id), []);
  assert.ok(!peer.store.list().some((row) => row.id === id));
});

Deno.test("a paused download tells what it has without reading its hash list", async () => {
  await using peer = await Downloading.make();
  const id = await begun(peer, peer.share("film", testFile(8 * CHUNK)));
  const { done } = await peer.downloads.pause(id);
  await peer.restart();
  peer.store.part = () => assert.fail("the hash list is read");
  assert.ok(done > 0);
  assert.equal(peer.downloads.get(id).done, done);
});

Deno.test("while the database's disk is full nothing is read or written over and over", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(3 * CHUNK));
  const { mark, hasRoom } = peer.store;
  const full = () => {
    throw new EssaimError("disk-full", "The disk of the data folder is full.");
  };
  let probes = 0;
  Object.assign(peer.store, { mark: full, hasRoom: () => ++probes < 0 });
  const { id } = await peer.add(file);
  await until(() => probes >= 5, "room was looked for five times");
  assert.equal(peer.downloads.get(id).status, "waiting");
  assert.equal(peer.log.codes.filter((code) => code === "download-waits").length, 1);
  Object.assign(peer.store, { mark, hasRoom });
  await peer.reaches(id, "complete");
});

Deno.test("the hash list is stored once, however often chunks are marked", async () => {
  await using peer = await Downloading.make();
  const { putPart, mark } = peer.store;
  let lists = 0;
  let marks = 0;
  peer.store.putPart = (...part) => (lists++, putPart(...part));
  peer.store.mark = (...what) => (marks++, mark(...what));
  const id = await begun(peer, peer.share("film", testFile(8 * CHUNK)));
  await peer.downloads.pause(id);
  assert.equal(lists, 1);
  assert.ok(marks >= 2);
  const { marks: kept, closed } = peer.store.part(id, "")!;
  assert.ok(kept.some((byte) => byte !== 0) && closed !== undefined);
});
