import assert from "node:assert/strict";
import { codeOf, fileId, peerId, recordBy, shareId } from "../fakes.ts";
import { stalls, testFile } from "../fakes_download.ts";
import { Downloading, OWNER, SELF } from "./downloads_setup.ts";

const SIGNAL = new AbortController().signal;

Deno.test("each result says what it is to this computer", async () => {
  await using peer = await Downloading.make();
  const files = [10, 11, 12, 13].map((size) => testFile(size));
  const [fetched, deleted, coming] = files;
  for (const [index, file] of files.entries()) peer.share(`file ${index}.pdf`, file!);
  await peer.fetch(fetched!);
  await Deno.remove(await peer.fetch(deleted!));
  peer.network.sources.get(1)!.behaviour = (request) => stalls(request);
  const { id } = await peer.add(coming!);
  const own = { jws: "e30.e30.e30", record: recordBy(SELF, { fileId: fileId(77), shareId: shareId(77) }) };
  peer.records.putOwn(own, "/own.pdf", [fileId(77)]);
  peer.shared.set(fileId(77), recordBy(OWNER, { fileId: fileId(77), shareId: shareId(78), name: "same content.pdf" }));

  const states = async () =>
    (await peer.find(peer.tracker).search({ q: "file" }, SIGNAL)).results.map(({ state }) => state);
  const [first, ...others] = await states();
  assert.equal(first?.kind, "here");
  assert.deepEqual(others, [
    { kind: "available" },
    { kind: "downloading", downloadId: id, done: 0 },
    { kind: "available" },
    { kind: "mine" },
  ]);
  peer.network.sources.clear();
  assert.deepEqual((await states())[3], { kind: "no-source" });
});

Deno.test("who shares and who has a file is told, with its links", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("notes.pdf", testFile(10));
  const details = await peer.find(peer.tracker).details(file.manifest.id, SIGNAL);
  assert.deepEqual(details, {
    id: file.manifest.id,
    sha256: peer.shared.get(file.manifest.id)!.sha256,
    names: [{ name: "notes.pdf", owner: "peer 1", visibility: "public" }],
    sources: [{ peerId: peerId(1), name: "peer 1", have: 1, of: 1 }],
    links: { page: `http://10.0.0.1:5000/files/${file.manifest.id}` },
  });
});

Deno.test("records that prove nothing or are of another file are left out", async () => {
  await using peer = await Downloading.make();
  const file = testFile(10);
  peer.share("notes.pdf", file, { owner: peerId(9) }); // nobody told its key
  assert.equal(await codeOf(peer.find(peer.tracker).details(file.manifest.id, SIGNAL)), "not-found");
  peer.share("notes.pdf", file, { fileId: fileId(5) });
  assert.equal(await codeOf(peer.find(peer.tracker).details(file.manifest.id, SIGNAL)), "not-found");
});

Deno.test("without a tracker and before anything was heard there is nobody to ask, which is said", async () => {
  await using peer = await Downloading.make();
  assert.equal(await codeOf(peer.find().search({ q: "x" }, SIGNAL)), "unreachable");
  assert.equal(await codeOf(peer.find().details(fileId(1), SIGNAL)), "unreachable");
});
