import assert from "node:assert/strict";
import { fileHasher } from "../../lib/adapters/file_hasher.ts";
import { partFiles } from "../../lib/adapters/part_files.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { FileHasher } from "../../lib/disk_ports.ts";
import { CHUNK, testFile, until } from "../fakes_download.ts";
import { Downloading } from "./downloads_setup.ts";

const FILES = { "a/small.txt": testFile(10, 2), "empty": testFile(0), "large": testFile(2 * CHUNK, 3) };

for (const damaged of Object.keys(FILES)) {
  Deno.test(`a folder whose ${damaged} is changed while it comes is published only with the right one`, async () => {
    let left = 2;
    using hasher = fileHasher(0);
    const spoiling: FileHasher = {
      async hash(paths, ...rest) {
        const path = paths.find((path) => path.endsWith(damaged));
        if (path && left-- > 0) {
          await Deno.remove(path);
          if (left === 0) await Deno.writeTextFile(path, "wrong");
        }
        return await hasher.hash(paths, ...rest);
      },
      [Symbol.dispose]: () => {},
    };
    await using peer = await Downloading.make({ hasher: spoiling });
    const folder = peer.shareFolder("class", FILES);
    const path = await peer.fetch(folder);
    assert.ok(left < 0);
    for (const [name, { bytes }] of Object.entries(FILES)) {
      assert.deepEqual(await Deno.readFile(`${path}/${name}`), bytes);
    }
    assert.deepEqual(peer.contents.of(FILES["large"].manifest.id).map(({ path }) => path), [`${path}/large`]);
    assert.equal(peer.downloads.list()[0]!.done, peer.downloads.list()[0]!.size);
  });
}

Deno.test("the files of a folder may have other chunk sizes than its listing", async () => {
  await using peer = await Downloading.make();
  const files = Object.fromEntries([1, 2, 4].map((n) => [`${n}.txt`, testFile(10 + n, n, n * CHUNK)]));
  const path = await peer.fetch(peer.shareFolder("class", files));
  for (const [name, { bytes, manifest }] of Object.entries(files)) {
    assert.deepEqual(await Deno.readFile(`${path}/${name}`), bytes);
    assert.deepEqual(peer.contents.of(manifest.id).map(({ chunkSize }) => chunkSize), [manifest.chunkSize]);
  }
});

Deno.test("a peer that stalls at a bundle does not hold up a folder, and is not asked again in the same round", async () => {
  await using peer = await Downloading.make();
  peer.network.add(2);
  const many = Object.fromEntries(Array.from({ length: 2_560 }, (_, n) => [`${n}.txt`, testFile(20, n + 1)]));
  const asked: number[] = [];
  const { bundle } = peer.network;
  peer.network.bundle = (at, ...rest) => {
    asked.push(at.port);
    if (at.port === 1) return Promise.reject(new EssaimError("unreachable", "It sent almost nothing."));
    return bundle.call(peer.network, at, ...rest);
  };
  await peer.fetch(peer.shareFolder("class", many));
  assert.ok(asked.filter((port) => port === 1).length <= 4, `${asked}`);
});

Deno.test("small files that were there when a folder goes on are on the disk before it is published", async () => {
  const synced: string[] = [];
  const syncSmall = (paths: readonly string[], signal: AbortSignal) => {
    synced.push(...paths.map((path) => path.slice(path.lastIndexOf("/") + 1)));
    return partFiles().syncSmall(paths, signal);
  };
  await using peer = await Downloading.make({ files: { ...partFiles(), syncSmall } });
  const all = { "here.txt": testFile(20, 1), "missing.txt": testFile(20, 2) };
  const folder = peer.shareFolder("class", all);
  const { bundle } = peer.network;
  peer.network.bundle = async (...asked) => [(await bundle.apply(peer.network, asked))[0], undefined];
  const { id } = await peer.add(folder);
  await until(() => peer.downloads.get(id).done === 20, "one of them is there");
  peer.network.bundle = bundle;
  await peer.restart();
  await peer.reaches(id, "complete");
  assert.deepEqual(synced, ["here.txt"]);
});
