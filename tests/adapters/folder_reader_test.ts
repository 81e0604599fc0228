import assert from "node:assert/strict";
import { folderReader } from "../../lib/adapters/folder_reader.ts";
import { inodeOf } from "../../lib/adapters/inode.ts";
import { openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteContents } from "../../lib/adapters/sqlite_contents.ts";
import { codeOf, FakeLog } from "../fakes.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "essaim-reader-" }));
  try {
    await work(folder);
  } finally {
    await new Deno.Command("rm", { args: ["-rf", folder] }).output();
  }
}

const reader = (ignore: string[] = [], log = new FakeLog()) => folderReader({ ignore, log });

async function read(folder: string, ignore: string[] = []) {
  const found = {
    files: [] as string[],
    emptyFolders: [] as string[],
    unreadable: [] as string[],
    refused: [] as string[],
  };
  const inside = (path: string) => path.slice(folder.length + 1);
  let batches = 0;
  for await (const batch of reader(ignore).walk(folder)) {
    batches++;
    for (const { path } of batch.files) found.files.push(inside(path));
    for (const path of batch.emptyFolders) found.emptyFolders.push(inside(path));
    for (const path of batch.unreadable) found.unreadable.push(inside(path));
    for (const path of batch.refused) found.refused.push(inside(path));
  }
  for (const list of Object.values(found)) list.sort();
  return { ...found, batches };
}

Deno.test("what is hidden is passed over with all below it, also when it is the only thing there", async () => {
  await inFolder(async (folder) => {
    for (const path of ["home/data/identity", "home/lessons", "home/data/identityx"]) {
      await Deno.mkdir(`${folder}/${path}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}/file`, "x");
    }
    await Deno.writeTextFile(`${folder}/home/data/token`, "x");
    const hidden = [`${folder}/home/data/identity`, `${folder}/home/data/token`];
    const files: string[] = [];
    for await (const batch of folderReader({ ignore: [], hidden, log: new FakeLog() }).walk(folder)) {
      files.push(...batch.files.map(({ path }) => path.slice(folder.length + 1)));
    }
    assert.deepEqual(files.sort(), ["home/data/identityx/file", "home/lessons/file"]);
  });
});

Deno.test("a walk gives files and empty folders; links, pipes and ignored names are left out", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/a/b`, { recursive: true });
    await Deno.mkdir(`${folder}/empty`);
    await Deno.mkdir(`${folder}/.git`);
    await Deno.writeTextFile(`${folder}/.git/config`, "x");
    await Deno.writeTextFile(`${folder}/a/b/file`, "xyz");
    await Deno.writeTextFile(`${folder}/x.TMP`, "x");
    await Deno.symlink(folder, `${folder}/a/loop`);
    await Deno.symlink("/etc/hostname", `${folder}/link`);
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    const { files, emptyFolders, unreadable, refused } = await read(folder, [".*", "*.tmp"]);
    assert.deepEqual([files, emptyFolders, unreadable, refused], [["a/b/file"], ["empty"], [], []]);
  });
});

Deno.test("names that are not text and folders that are too deep are refused, and the rest is read", async () => {
  await inFolder(async (folder) => {
    const shell = "cd \"$0\"; touch good $'bad\\xff'; mkdir $'dir\\xfe'; touch $'dir\\xfe/x'; " +
      "d=deep; for i in $(seq 120); do d=$d/d; done; mkdir -p $d; touch $d/bottom deep/top";
    await new Deno.Command("bash", { args: ["-c", shell, folder] }).output();
    const { files, refused } = await read(folder);
    assert.deepEqual(files, ["deep/top", "good"]);
    assert.equal(refused.length, 3);
  });
});

Deno.test("a folder that cannot be read is reported, and only the walked one itself is an error", async () => {
  await inFolder(async (folder) => {
    assert.equal(await codeOf(read(`${folder}/missing`)), "unreadable");
    await Deno.writeTextFile(`${folder}/file`, "x");
    assert.equal(await codeOf(read(`${folder}/file`)), "unreadable");
    await Deno.mkdir(`${folder}/closed`);
    await Deno.chmod(`${folder}/closed`, 0);
    try {
      Deno.readDirSync(`${folder}/closed`).next();
    } catch {
      const { files, unreadable } = await read(folder);
      assert.deepEqual([files, unreadable], [["file"], ["closed"]]);
      return;
    }
    assert.deepEqual((await read(folder)).files, ["file"]); // this user may read everything
  });
});

Deno.test("a large folder comes in many batches and can be stopped between them", async () => {
  await inFolder(async (folder) => {
    for (let n = 0; n < 3_000; n++) Deno.writeTextFileSync(`${folder}/${n}`, "");
    const { files, batches } = await read(folder);
    assert.deepEqual([files.length, batches > 5], [3_000, true]);
    const stop = new AbortController();
    const walk = async () => {
      for await (const _ of reader().walk(folder, stop.signal)) stop.abort();
    };
    await assert.rejects(walk(), { name: "AbortError" });
  });
});

Deno.test("looking at a path follows links, looking exactly does not", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "xyz");
    await Deno.symlink(`${folder}/file`, `${folder}/link`);
    const { look, lookExactly } = reader();
    const place = await look(`${folder}/link`);
    assert.ok(place?.kind === "file");
    assert.deepEqual([place.path, place.size], [`${folder}/file`, 3]);
    assert.equal((await lookExactly(`${folder}/link`))?.kind, "other");
    assert.equal((await lookExactly(folder))?.kind, "folder");
    assert.equal(await look(`${folder}/none`), undefined);
    assert.equal(await lookExactly(`${folder}/file/below`), undefined);
  });
});

Deno.test("an inode of any size is a number that the database keeps", () => {
  const db = openPeerDatabase(":memory:", new FakeLog());
  const contents = sqliteContents(db);
  for (const ino of [null, 0, 7, 2 ** 53 - 1, 2 ** 60 + 2 ** 20, 2 ** 63 + 2 ** 30, 2 ** 64]) {
    const inode = inodeOf({ ino });
    contents.putFolderInode("/a", inode);
    assert.equal(contents.folderInode("/a"), inode);
    if (ino === null || ino < 2 ** 53) assert.equal(inode, ino ?? 0);
  }
  assert.notEqual(inodeOf({ ino: 2 ** 60 + 2 ** 20 }), inodeOf({ ino: 2 ** 60 + 2 ** 21 }));
  db.close();
});

Deno.test("a change below a watched folder is told; what cannot be watched is logged", async () => {
  await inFolder(async (folder) => {
    const log = new FakeLog();
    await Deno.mkdir(`${folder}/sub`);
    const told = Promise.withResolvers<void>();
    {
      using _watcher = reader([".*"], log).watch([folder, `${folder}/missing`], told.resolve);
      await Deno.writeTextFile(`${folder}/sub/new`, "x");
      await told.promise;
    }
    assert.deepEqual(log.codes, ["watch-failed"]);
  });
});
