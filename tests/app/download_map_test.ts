import assert from "node:assert/strict";
import { Bitfield } from "../../lib/core/bitfield.ts";
import { CELL } from "../../lib/core/chunk_map.ts";
import type { ChunkMap } from "../../lib/core/local_messages.ts";
import { CHUNK, honest, stalls, testFile, until } from "../fakes_download.ts";
import { peerId } from "../fakes.ts";
import { Downloading } from "./downloads_setup.ts";

const count = (map: ChunkMap | undefined, value: number) => cellsOf(map).filter((cell) => cell === value).length;
const cellsOf = (map: ChunkMap | undefined) => [...Uint8Array.fromBase64(map!.cells)];

Deno.test("the map of a download shows who gave each chunk, while it runs, when it is paused and at its end", async () => {
  await using peer = await Downloading.make();
  const file = peer.share("film", testFile(8 * CHUNK));
  let given = 0;
  peer.network.sources.get(1)!.behaviour = (request) => given++ < 3 ? honest(request) : stalls(request);
  const { id } = await peer.add(file);
  await until(() => peer.downloads.get(id).done >= 3 * CHUNK, "three chunks are there");
  const running = peer.downloads.map(id)!;
  assert.deepEqual([running.downloadId, running.chunks, running.per], [id, 8, 1]);
  assert.deepEqual(running.sources, [{ peerId: peerId(1), name: "peer 1" }]);
  assert.ok(count(running, CELL.from) >= 3 && count(running, CELL.asked) > 0);

  await peer.downloads.pause(id);
  const paused = peer.downloads.map(id);
  const before = count(paused, CELL.from);
  assert.deepEqual([before >= 3, count(paused, CELL.asked)], [true, 0]);

  peer.network.sources.delete(1);
  peer.network.add(2);
  peer.downloads.resume(id);
  await peer.reaches(id, "complete");
  const complete = peer.downloads.map(id)!;
  assert.deepEqual(complete.sources.map(({ name }) => name), ["peer 1", "peer 2"]);
  assert.deepEqual([count(complete, CELL.from), count(complete, CELL.from + 1)], [before, 8 - before]);

  await peer.restart();
  assert.deepEqual(cellsOf(peer.downloads.map(id)), Array(8).fill(CELL.unknown));
  await peer.downloads.cancel(id);
  assert.throws(() => peer.downloads.map(id), { code: "not-found" });
});

Deno.test("a download that waits or failed says why, in a word that pages translate", async () => {
  await using peer = await Downloading.make();
  const nobodys = peer.share("nobody's", testFile(2 * CHUNK, 1));
  peer.network.files.delete(nobodys.manifest.id);
  const { id } = await peer.add(nobodys);
  await peer.reaches(id, "waiting");
  assert.deepEqual(peer.downloads.get(id).why, { code: "no-source" });
  await peer.downloads.cancel(id);

  const partly = peer.share("partly", testFile(4 * CHUNK, 2));
  const have = new Bitfield(4);
  have.add(0);
  have.add(1);
  peer.network.sources.get(1)!.have = have;
  const half = await peer.add(partly);
  await peer.reaches(half.id, "waiting");
  await until(() => peer.downloads.get(half.id).why?.missing === 2, "two chunks are missing");
  assert.equal(peer.downloads.get(half.id).why?.code, "missing-chunks");
  await peer.downloads.cancel(half.id);

  peer.network.sources.get(1)!.have = undefined;
  const lied = peer.share("lied", testFile(CHUNK, 3), { size: 5 });
  const wrong = await peer.add(lied);
  await peer.reaches(wrong.id, "failed");
  assert.deepEqual(peer.downloads.get(wrong.id).why, { code: "bad-content" });
  await peer.restart();
  assert.deepEqual(peer.downloads.get(wrong.id).why, { code: "bad-content" });
  peer.downloads.resume(wrong.id);
  assert.equal(peer.downloads.get(wrong.id).why, undefined);
  await peer.reaches(wrong.id, "failed");
});
