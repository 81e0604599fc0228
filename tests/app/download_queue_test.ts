import assert from "node:assert/strict";
import type { FileId } from "../../lib/core/ids.ts";
import { CHUNK, testFile, until } from "../fakes_download.ts";
import { Downloading } from "./downloads_setup.ts";

Deno.test("many downloads whose owner is away wait a few at a time and, when it returns, are fetched as few at a time", async () => {
  await using peer = await Downloading.make({ parallel: 1 });
  const owner = peer.network.sources.get(1)!;
  owner.gone = true;
  const ids: string[] = [];
  for (let seed = 1; seed <= 12; seed++) {
    ids.push((await peer.add(peer.share(`${seed}`, testFile(2 * CHUNK, seed)))).id);
  }
  const tried = new Set<string>();
  await until(() => {
    const running = ids.filter((id) => peer.downloads.get(id).status !== "queued");
    assert.ok(running.length <= 5, `${running.length} run`);
    for (const id of running) if (peer.downloads.get(id).status === "waiting") tried.add(id);
    return tried.size === ids.length;
  }, "each had its turn");

  const { chunks } = peer.network;
  const giving: FileId[] = [];
  let most = 0;
  peer.network.chunks = async (at, manifest, first, last, sink) => {
    giving.push(manifest.id);
    most = Math.max(most, new Set(giving).size);
    await chunks.call(peer.network, at, manifest, first, last, sink).finally(() =>
      giving.splice(giving.indexOf(manifest.id), 1)
    );
  };
  owner.gone = false;
  await until(() => ids.every((id) => peer.downloads.get(id).status === "complete"), "all are complete");
  assert.equal(most, 1);
});

Deno.test("a download asked for while many wait is fetched at once", async () => {
  await using peer = await Downloading.make({ parallel: 1 });
  const away = Array.from({ length: 10 }, (_, i) => peer.share(`away ${i}`, testFile(CHUNK, i + 1)));
  for (const file of away) await peer.add(file);
  for (const file of away) peer.network.files.delete(file.manifest.id);
  await peer.fetch(peer.share("here", testFile(CHUNK, 99)));
});

Deno.test("those who look for changes are told of what runs and what changed since", async () => {
  await using peer = await Downloading.make();
  const one = await peer.add(peer.share("one", testFile(CHUNK)));
  const names = (version: number) => peer.downloads.changedSince(version).downloads.map(({ name }) => name);
  assert.deepEqual(names(0), ["one"]);
  await peer.reaches(one.id, "complete");
  await until(() => names(peer.downloads.changedSince(0).version).length === 0, "nothing runs");
  const { version } = peer.downloads.changedSince(0);
  assert.deepEqual(names(version), []);
  await peer.fetch(peer.share("two", testFile(CHUNK, 2)));
  assert.deepEqual(names(version), ["two"]);
});
