import assert from "node:assert/strict";
import { partFiles } from "../../lib/adapters/part_files.ts";
import { sha256Of } from "../../lib/adapters/hash_file.ts";
import { recoverPart } from "../../lib/app/recover_part.ts";
import { Bitfield } from "../../lib/core/bitfield.ts";
import { alternatives } from "../../lib/core/safe_path.ts";
import type { PartRow } from "../../lib/store_ports.ts";
import { codeOf } from "../fakes.ts";
import { CHUNK, testFile } from "../fakes_download.ts";
import { canMount, mount } from "./small_disk.ts";

const files = partFiles();
const file = testFile(3 * CHUNK + 100);
const chunk = (index: number) => file.bytes.slice(index * CHUNK, (index + 1) * CHUNK);
const never = new AbortController().signal;

class Folder implements AsyncDisposable {
  private constructor(readonly path: string) {}
  static async make(): Promise<Folder> {
    return new Folder(await Deno.makeTempDir({ prefix: "essaim-parts-" }));
  }
  at(name: string): string {
    return `${this.path}/${name}`;
  }
  async names(): Promise<string[]> {
    return (await Array.fromAsync(Deno.readDir(this.path), ({ name }) => name)).sort();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

Deno.test("chunks are read back as they were written, in any order and at the same time", async () => {
  await using folder = await Folder.make();
  await using part = await files.open(folder.at("a.part"), file.manifest);
  await Promise.all([3, 0, 2].map((index) => part.write(index, chunk(index))));
  const read = await Promise.all([0, 2, 3].map((index) => part.read(index)));
  assert.deepEqual(read, [chunk(0), chunk(2), chunk(3)]);
  assert.deepEqual(await part.read(1), new Uint8Array(CHUNK));
  assert.equal(await part.read(1, { skipHoles: true }), undefined);
  await part.sync();
  assert.equal((await part.stat()).size, file.manifest.size);
});

Deno.test("past the end of the part file there is nothing to read", async () => {
  await using folder = await Folder.make();
  await using part = await files.open(folder.at("a.part"), file.manifest);
  await part.write(0, chunk(0).subarray(0, 1000));
  assert.equal(await part.read(0), undefined);
  assert.equal(await part.read(3), undefined);
});

Deno.test("what was appended to a part file is cut off, or it would get into the final file", async () => {
  await using folder = await Folder.make();
  await Deno.writeFile(folder.at("a.part"), new Uint8Array([...file.bytes, 1, 2, 3]));
  await using part = await files.open(folder.at("a.part"), file.manifest);
  assert.equal((await part.stat()).size, file.manifest.size);
  assert.deepEqual(await part.read(3), chunk(3));
});

Deno.test("something else in the place of a part file is left as it is", async () => {
  await using folder = await Folder.make();
  await Deno.mkdir(folder.at("a.part"));
  await assert.rejects(files.open(folder.at("a.part"), file.manifest));
  assert.equal(await codeOf(files.open(folder.at("none/a.part"), file.manifest)), "not-found");
});

Deno.test("a published file has the first free name, and nothing is overwritten", async () => {
  await using folder = await Folder.make();
  await Deno.writeTextFile(folder.at("a.txt"), "mine");
  await Deno.symlink("nowhere", folder.at("a (2).txt"));
  await Deno.mkdir(folder.at("a (3).txt"));
  await Deno.writeTextFile(folder.at("p"), "new");
  assert.equal(await files.publish(folder.at("p"), folder.path, alternatives("a.txt")), folder.at("a (4).txt"));
  assert.equal(await Deno.readTextFile(folder.at("a.txt")), "mine");
  assert.deepEqual(await folder.names(), ["a (2).txt", "a (3).txt", "a (4).txt", "a.txt"]);
});

for (const kind of ["file", "folder"] as const) {
  Deno.test(`twenty ${kind}s published under one name at the same time get twenty names`, async () => {
    await using folder = await Folder.make();
    for (let i = 0; i < 20; i++) {
      if (kind === "folder") await Deno.mkdir(folder.at(`p${i}`));
      await Deno.writeTextFile(folder.at(kind === "folder" ? `p${i}/content` : `p${i}`), String(i));
    }
    const paths = await Promise.all(
      Array.from({ length: 20 }, (_, i) => files.publish(folder.at(`p${i}`), folder.path, alternatives("a.txt"))),
    );
    assert.equal(new Set(paths).size, 20);
    for (const [i, path] of paths.entries()) {
      assert.equal(await Deno.readTextFile(kind === "folder" ? `${path}/content` : path), String(i));
    }
    assert.equal((await folder.names()).length, 20);
  });
}

Deno.test("a folder never takes the place of another, not even of an empty one", async () => {
  await using folder = await Folder.make();
  await Deno.mkdir(folder.at("a"));
  await Deno.mkdir(folder.at("p"));
  await Deno.writeTextFile(folder.at("p/x"), "x");
  assert.equal(await files.publish(folder.at("p"), folder.path, alternatives("a")), folder.at("a (2)"));
  assert.deepEqual(await folder.names(), ["a", "a (2)"]);
});

Deno.test("when every name is taken it says so, and the part stays", async () => {
  await using folder = await Folder.make();
  for (const name of ["a", "b", "p"]) await Deno.writeTextFile(folder.at(name), name);
  assert.equal(await codeOf(files.publish(folder.at("p"), folder.path, ["a", "b"])), "unwritable");
  assert.deepEqual(await folder.names(), ["a", "b", "p"]);
  assert.equal(await Deno.readTextFile(folder.at("a")), "a");
});

Deno.test("after a crash that left both names the file is published once", async () => {
  await using folder = await Folder.make();
  await Deno.writeTextFile(folder.at("p"), "new");
  await Deno.link(folder.at("p"), folder.at("a.txt"));
  assert.equal(await files.publish(folder.at("p"), folder.path, alternatives("a.txt")), folder.at("a.txt"));
  assert.deepEqual(await folder.names(), ["a.txt"]);
});

Deno.test("on a disk without hard links a file is published all the same, and nothing is overwritten", async () => {
  await using folder = await Folder.make();
  await Deno.writeTextFile(folder.at("a.txt"), "mine");
  await Deno.writeTextFile(folder.at("p"), "new");
  const { link } = Deno;
  Deno.link = () => Promise.reject(Object.assign(new Error("Operation not permitted"), { code: "EPERM" }));
  try {
    assert.equal(await files.publish(folder.at("p"), folder.path, alternatives("a.txt")), folder.at("a (2).txt"));
  } finally {
    Deno.link = link;
  }
  assert.equal(await Deno.readTextFile(folder.at("a.txt")), "mine");
  assert.equal(await Deno.readTextFile(folder.at("a (2).txt")), "new");
});

Deno.test("a part that vanished is not-found, and no name is taken", async () => {
  await using folder = await Folder.make();
  assert.equal(await codeOf(files.publish(folder.at("p"), folder.path, alternatives("a"))), "not-found");
  assert.deepEqual(await folder.names(), []);
});

Deno.test("more small files than are open at a time are all there, and one without a folder is told", async () => {
  await using folder = await Folder.make();
  const small = Array.from({ length: 150 }, (_, n) => ({ path: folder.at(`${n}`), bytes: new Uint8Array([n]) }));
  await files.writeSmall(small);
  for (const { path, bytes } of small) assert.deepEqual(await Deno.readFile(path), bytes);
  const paths = small.map(({ path }) => path);
  await files.syncSmall(paths, new AbortController().signal);
  assert.equal(await codeOf(files.syncSmall([folder.at("gone")], new AbortController().signal)), "not-found");
  await assert.rejects(files.syncSmall(paths, AbortSignal.abort(new Error("enough"))), /enough/);
  const lost = { path: folder.at("none/x"), bytes: new Uint8Array(1) };
  assert.equal(await codeOf(files.writeSmall([...small, lost])), "not-found");
});

Deno.test("small files are written and read whole, and removing what is not there is no error", async () => {
  await using folder = await Folder.make();
  await files.makeFolder(folder.at("x/y"));
  await files.writeSmall([{ path: folder.at("x/y/z"), bytes: new Uint8Array([1, 2]) }]);
  await files.writeSmall([{ path: folder.at("x/y/z"), bytes: new Uint8Array([3]) }]);
  assert.deepEqual(await files.readWhole(folder.at("x/y/z"), 1), new Uint8Array([3]));
  assert.equal(await files.readWhole(folder.at("x/y/z"), 2), undefined);
  assert.equal(await files.readWhole(folder.at("x/none"), 2), undefined);
  assert.equal(await files.exists(folder.at("x/y")), true);
  await files.remove(folder.at("x"));
  await files.remove(folder.at("x"));
  assert.equal(await files.exists(folder.at("x")), false);
  assert.equal(await files.hasRoom(folder.path, 1000), true);
  assert.equal(await files.hasRoom(folder.at("none"), 1), false);
  assert.deepEqual(await folder.names(), []);
});

const rowOf = (marked: number[], closed?: PartRow["closed"]): PartRow => {
  const marks = new Bitfield(4);
  marked.forEach((index) => marks.add(index));
  return { ...file, marks: marks.toBytes(), closed };
};

Deno.test("after a clean stop what was marked counts; after anything else only what is really there", async () => {
  await using folder = await Folder.make();
  const path = folder.at("a.part");
  let closed: PartRow["closed"];
  {
    await using part = await files.open(path, file.manifest);
    for (const index of [0, 1, 3]) await part.write(index, chunk(index));
    closed = await part.stat();
  }
  const recover = async (row: PartRow) => {
    await using part = await files.open(path, file.manifest);
    const { verified, lost, rehashed } = await recoverPart(part, row, sha256Of, never);
    return [[...verified], lost, rehashed];
  };
  assert.deepEqual(await recover(rowOf([0, 1], closed)), [[0, 1], 0, false]);
  assert.deepEqual(await recover(rowOf([0, 1])), [[0, 1, 3], 0, true]);
  {
    using handle = await Deno.open(path, { write: true });
    await handle.seek(CHUNK + 5000, Deno.SeekMode.Start);
    await handle.write(new Uint8Array([0, 1, 2, 3]));
    await handle.utime(1, 1);
  }
  assert.deepEqual(await recover(rowOf([0, 1], closed)), [[0, 3], 1, true]);
  await Deno.truncate(path, CHUNK - 1);
  assert.deepEqual(await recover(rowOf([0, 1, 3], closed)), [[], 3, true]);
  await Deno.remove(path);
  assert.deepEqual(await recover(rowOf([0, 1, 3], closed)), [[], 3, false]);
});

Deno.test("a marked chunk of zeros is looked at, an unmarked one is fetched again", async () => {
  await using folder = await Folder.make();
  const zeros = new Uint8Array(2 * CHUNK);
  const hashes = new Uint8Array([...sha256Of(zeros.subarray(CHUNK)), ...sha256Of(zeros.subarray(CHUNK))]);
  await using part = await files.open(folder.at("a.part"), { ...file.manifest, size: zeros.length });
  await part.write(0, zeros.subarray(CHUNK));
  await part.write(1, zeros.subarray(CHUNK));
  const row = { manifest: { ...file.manifest, size: zeros.length }, hashes, marks: new Uint8Array([0x80]) };
  assert.deepEqual([...(await recoverPart(part, row, sha256Of, never)).verified], [0]);
});

Deno.test({
  name: "on a full disk writing is disk-full, what was written stays, and it goes on after space is freed",
  ignore: !canMount,
  async fn() {
    await using folder = await Folder.make();
    await using _disk = await mount(folder.path, "size=1m");
    await Deno.writeFile(folder.at("ballast"), new Uint8Array(CHUNK + CHUNK / 2));
    await using part = await files.open(folder.at("a.part"), file.manifest);
    await part.write(0, chunk(0));
    assert.equal(await codeOf(part.write(1, chunk(1)).then(() => part.write(2, chunk(2)))), "disk-full");
    assert.equal(
      await codeOf(files.writeSmall([{ path: folder.at("b"), bytes: new Uint8Array(CHUNK * 2) }])),
      "disk-full",
    );
    assert.equal(await files.hasRoom(folder.path, CHUNK * 2), false);
    assert.deepEqual(await part.read(0), chunk(0));
    await files.remove(folder.at("ballast"));
    await files.remove(folder.at("b"));
    assert.equal(await files.hasRoom(folder.path, CHUNK / 2), true);
    await part.write(2, chunk(2));
    assert.deepEqual(await part.read(2), chunk(2));
  },
});

Deno.test({
  name: "a read-only folder is unwritable, whatever is attempted, and nothing in it changes",
  ignore: !canMount,
  async fn() {
    await using folder = await Folder.make();
    await using _disk = await mount(folder.path, "size=4m");
    await Deno.writeTextFile(folder.at("p"), "part");
    const { success } = await new Deno.Command("mount", { args: ["-o", "remount,ro", folder.path] }).output();
    assert.ok(success);
    for (
      const attempt of [
        () => files.open(folder.at("a.part"), file.manifest),
        () => files.makeFolder(folder.at("x")),
        () => files.writeSmall([{ path: folder.at("x"), bytes: new Uint8Array(1) }]),
        () => files.publish(folder.at("p"), folder.path, ["x"]),
        () => files.remove(folder.at("p")),
      ]
    ) assert.equal(await codeOf(attempt()), "unwritable");
    assert.equal(await files.hasRoom(folder.path, 1), false);
    assert.deepEqual(await folder.names(), ["p"]);
  },
});
