import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileHasher } from "../../lib/adapters/file_hasher.ts";
import { hashFile, sha256Of } from "../../lib/adapters/hash_file.ts";
import { chunkCount, fileIdOf, HASH_BYTES } from "../../lib/core/manifest.ts";
import type { FileHasher, HashOutcome } from "../../lib/disk_ports.ts";
import { codeOf } from "../fakes.ts";

const CHUNK = 256 * 1024;

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "essaim-hash-" }));
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function random(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

const what = (outcome: HashOutcome | undefined) =>
  outcome === undefined ? "missing" : "content" in outcome ? "content" : outcome.error.code;

for (const workers of [0, 1, 2]) {
  const name = (text: string) => `${text} (${workers} workers)`;
  const withHasher = (work: (hasher: FileHasher, folder: string) => Promise<void>) => async () => {
    using hasher = fileHasher(workers);
    await inFolder((folder) => work(hasher, folder));
  };

  Deno.test(
    name("files of every length around a chunk are hashed as their definition says"),
    withHasher(async (hasher, folder) => {
      const sizes = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 5 * CHUNK + 7];
      const contents = sizes.map(random);
      const paths = sizes.map((size) => `${folder}/${size}`);
      for (const [n, path] of paths.entries()) await Deno.writeFile(path, contents[n]!);
      let progress = 0;
      const outcomes = await hasher.hash(paths, CHUNK, { onBytes: (count) => progress += count });
      for (const [n, outcome] of outcomes.entries()) {
        assert.ok("content" in outcome);
        const { content } = outcome;
        const bytes = contents[n]!;
        const hashes = Uint8Array.from(
          Array.from({ length: chunkCount(content) }, (_, index) => [
            ...createHash("sha256").update(bytes.subarray(index * CHUNK, (index + 1) * CHUNK)).digest(),
          ]).flat(),
        );
        assert.deepEqual([content.path, content.size, content.chunkSize], [paths[n], sizes[n], CHUNK]);
        assert.equal(content.sha256, createHash("sha256").update(bytes).digest("hex"));
        assert.deepEqual(content.hashes, hashes);
        assert.equal(content.hashes.length, chunkCount(content) * HASH_BYTES);
        assert.equal(content.id, fileIdOf(bytes.length, CHUNK, hashes, sha256Of));
        const info = Deno.statSync(outcome.path);
        assert.deepEqual([content.mtimeMs, content.inode], [info.mtime!.getTime(), info.ino]);
      }
      assert.equal(progress, sizes.reduce((sum, size) => sum + size, 0));
    }),
  );

  Deno.test(
    name("a file that is missing, special, a link or unreadable is reported and the others are hashed"),
    withHasher(async (hasher, folder) => {
      await Deno.writeTextFile(`${folder}/good`, "x");
      await Deno.symlink(`${folder}/good`, `${folder}/link`);
      await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
      const paths = ["missing", "pipe", "link", ".", "good/below", "good"].map((name) => `${folder}/${name}`);
      assert.deepEqual((await hasher.hash(paths, CHUNK)).map(what), [
        "not-found",
        "changed",
        "changed",
        "changed",
        "unreadable",
        "content",
      ]);
    }),
  );

  Deno.test(
    name("an abort ends the hashing of a huge sparse file at once, and the next order works"),
    withHasher(async (hasher, folder) => {
      const path = `${folder}/sparse`;
      await Deno.writeTextFile(path, "");
      await Deno.truncate(path, 2 ** 40);
      const stop = new AbortController();
      const order = hasher.hash([path], CHUNK, { signal: stop.signal, onBytes: () => stop.abort() });
      await assert.rejects(order, { name: "AbortError" });
      await Deno.truncate(path, 3);
      assert.deepEqual((await hasher.hash([path], CHUNK)).map(what), ["content"]);
      await assert.rejects(hasher.hash([path], CHUNK, { signal: AbortSignal.abort() }), { name: "AbortError" });
    }),
  );

  Deno.test(
    name("orders given together are all carried out, and closing ends those that wait"),
    withHasher(async (hasher, folder) => {
      const paths = Array.from({ length: 200 }, (_, n) => `${folder}/${n}`);
      for (const path of paths) Deno.writeTextFileSync(path, path);
      const outcomes = await Promise.all(paths.map((path) => hasher.hash([path], CHUNK)));
      assert.deepEqual(outcomes.map(([outcome]) => outcome?.path), paths);
      const late = [1, 2, 3].map(() => codeOf(hasher.hash(paths, CHUNK)));
      hasher[Symbol.dispose]();
      assert.deepEqual(await Promise.all(late), ["cancelled", "cancelled", "cancelled"]);
      assert.equal(await codeOf(hasher.hash(paths, CHUNK)), "cancelled");
    }),
  );
}

Deno.test("a worker that got an order in vain is ended by no earlier timer", async () => {
  const running = new Set<unknown>();
  const { setTimeout, clearTimeout } = globalThis;
  try {
    globalThis.setTimeout = ((...args: Parameters<typeof setTimeout>) => {
      const timer = setTimeout(...args);
      running.add(timer);
      return timer;
    }) as typeof setTimeout;
    globalThis.clearTimeout = (timer) => {
      running.delete(timer);
      clearTimeout(timer);
    };
    await inFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/file`, "x");
      using hasher = fileHasher(1);
      await hasher.hash([`${folder}/file`], CHUNK);
      await assert.rejects(hasher.hash([], CHUNK, { signal: AbortSignal.abort() }), { name: "AbortError" });
      assert.equal(running.size, 1);
    });
    assert.equal(running.size, 0);
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
});

Deno.test("a file that grows, shrinks, is rewritten or replaced while it is hashed is refused", async () => {
  const interferences: [string, (path: string) => void][] = [
    ["grows", (path) => Deno.writeFileSync(path, random(10), { append: true })],
    ["shrinks", (path) => Deno.truncateSync(path, CHUNK)],
    ["rewritten with an older time", (path) => {
      Deno.writeFileSync(path, random(4 * CHUNK));
      Deno.utimeSync(path, new Date(0), new Date(0));
    }],
  ];
  for (const [name, interfere] of interferences) {
    await inFolder(async (folder) => {
      const path = `${folder}/file`;
      await Deno.writeFile(path, random(4 * CHUNK));
      let calls = 0;
      const hashed = hashFile(path, {
        chunkSize: CHUNK,
        blocking: true,
        signal: new AbortController().signal,
        onBytes: () => ++calls === 2 && interfere(path),
      });
      assert.equal(await codeOf(hashed), "changed", name);
    });
  }
});

Deno.test("a file too large to be shared is refused before it is read", async () => {
  await inFolder(async (folder) => {
    using hasher = fileHasher(0);
    await Deno.writeTextFile(`${folder}/big`, "");
    try {
      await Deno.truncate(`${folder}/big`, 2 ** 44 + 1);
    } catch {
      return; // this disk has no such sparse files
    }
    assert.deepEqual((await hasher.hash([`${folder}/big`], CHUNK)).map(what), ["too-large"]);
  });
});
