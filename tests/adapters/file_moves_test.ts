import assert from "node:assert/strict";
import { fileMoves } from "../../lib/adapters/file_moves.ts";
import { codeOf } from "../fakes.ts";

/** Another file system than that of temporary folders, where there is one. */
const OTHER_DISK = "/dev/shm";

class Moving implements AsyncDisposable {
  readonly moves = fileMoves();
  private constructor(readonly root: string, readonly other: string | undefined) {}

  static async make(): Promise<Moving> {
    const root = await Deno.makeTempDir({ prefix: "essaim-moves-" });
    const isOther = await Deno.stat(OTHER_DISK).then(
      async ({ dev }) => dev !== (await Deno.stat(root)).dev,
      () => false,
    );
    return new Moving(root, isOther ? await Deno.makeTempDir({ dir: OTHER_DISK, prefix: "essaim-moves-" }) : undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
    if (this.other !== undefined) await Deno.remove(this.other, { recursive: true });
  }
}

Deno.test("files and folders get another name, but never over something", async () => {
  await using m = await Moving.make();
  const { moves, root } = m;
  await Deno.writeTextFile(`${root}/a`, "one");
  await Deno.mkdir(`${root}/folder/deep`, { recursive: true });
  await Deno.writeTextFile(`${root}/taken`, "mine");
  assert.deepEqual(
    [await moves.rename(`${root}/a`, `${root}/taken`), await moves.rename(`${root}/folder`, `${root}/taken`)],
    [false, false],
  );
  assert.deepEqual(
    [await moves.rename(`${root}/a`, `${root}/b`), await moves.rename(`${root}/folder`, `${root}/other`)],
    [true, true],
  );
  assert.equal(await Deno.readTextFile(`${root}/taken`), "mine");
  assert.deepEqual((await moves.names(root)).sort(), ["b", "other", "taken"]);
  assert.deepEqual([await moves.names(`${root}/other`), await moves.names(`${root}/none`)], [["deep"], []]);
  assert.equal(await codeOf(moves.rename(`${root}/none`, `${root}/c`)), "not-found");
});

Deno.test("on the same disk nothing is copied before it moves; what is removed twice is gone", async () => {
  await using m = await Moving.make();
  const { moves, root } = m;
  await Deno.writeTextFile(`${root}/a`, "one");
  assert.equal(await moves.bringNear(`${root}/a`, root), `${root}/a`);
  await moves.remove(`${root}/a`);
  await moves.remove(`${root}/a`);
  assert.equal(await codeOf(moves.bringNear(`${root}/a`, root)), "not-found");
  await moves.makeFolder(`${root}/x/y`);
  await moves.makeFolder(`${root}/x/y`);
  await moves.sync([root, `${root}/x`]);
});

Deno.test("from another disk comes a hidden copy with the same times, without links, and the original stays", async () => {
  await using m = await Moving.make();
  const { moves, root, other } = m;
  if (other === undefined) return console.log(`skipped: ${OTHER_DISK} is no other disk here`);
  await Deno.mkdir(`${other}/folder/deep`, { recursive: true });
  await Deno.writeTextFile(`${other}/folder/deep/a`, "one");
  await Deno.symlink("/etc/hostname", `${other}/folder/link`);
  const time = new Date("2020-01-02T03:04:05.678Z");
  await Deno.utime(`${other}/folder/deep/a`, time, time);
  const near = await moves.bringNear(`${other}/folder`, root);
  assert.match(near, /\/\.essaim-[0-9a-f-]+\.move$/);
  assert.deepEqual([await moves.names(near), await moves.names(`${near}/deep`)], [["deep"], ["a"]]);
  assert.equal((await Deno.stat(`${near}/deep/a`)).mtime?.getTime(), time.getTime());
  assert.equal(await Deno.readTextFile(`${other}/folder/deep/a`), "one");
});
