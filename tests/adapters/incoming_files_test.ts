import assert from "node:assert/strict";
import fc from "fast-check";
import { incomingFiles } from "../../lib/adapters/incoming_files.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { alternatives } from "../../lib/core/safe_path.ts";
import type { IncomingFile } from "../../lib/disk_ports.ts";
import { FakeLog } from "../fakes.ts";
import { canMount, mount } from "./small_disk.ts";

const BATCH = "0123456789abcdef";

class Incoming implements AsyncDisposable {
  readonly log = new FakeLog();
  readonly files;

  private constructor(readonly root: string) {
    this.files = incomingFiles(`${root}/incoming`, this.log);
  }

  static async make(): Promise<Incoming> {
    const incoming = new Incoming(await Deno.makeTempDir({ prefix: "essaim-incoming-" }));
    await incoming.files.load();
    return incoming;
  }

  receive(name: string, body: AsyncIterable<Uint8Array>, more: Partial<IncomingFile> = {}) {
    const { signal } = new AbortController();
    return this.files.receive(BATCH, {
      ...{ folder: "", names: alternatives(name), body, size: undefined, signal },
      ...more,
    });
  }

  /** Paths and contents of everything in the batch. */
  async all(folder = `${this.root}/incoming/${BATCH}`, below = ""): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) Object.assign(found, await this.all(`${folder}/${name}`, `${below}${name}/`));
      else found[below + name] = await Deno.readTextFile(`${folder}/${name}`);
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}

async function* parts(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

Deno.test("files are kept in their batch, single ones and those of a folder apart", async () => {
  await using incoming = await Incoming.make();
  assert.deepEqual(await incoming.receive("a.txt", parts("on", "e")), { name: "a.txt", size: 3, isNew: true });
  await incoming.receive("a.txt", parts("two"), { folder: "a.txt/deep" });
  await incoming.receive("empty", parts());
  assert.deepEqual(await incoming.all(), {
    "files/a.txt": "one",
    "files/empty": "",
    "folders/a.txt/deep/a.txt": "two",
  });
  const [batch] = await incoming.files.load();
  assert.deepEqual(batch?.entries.map(({ name, kind, size, files }) => [name, kind, size, files]), [
    ["a.txt", "file", 3, 1],
    ["empty", "file", 0, 1],
    ["a.txt", "folder", 3, 1],
  ]);
});

Deno.test("of equal names each keeps its content, but the same file sent again is one", async () => {
  await using incoming = await Incoming.make();
  const names: string[] = [];
  for (const text of ["one", "two", "one", "two", ""]) {
    names.push((await incoming.receive("a.tar.gz", parts(text))).name);
  }
  assert.deepEqual(names, ["a.tar.gz", "a (2).tar.gz", "a.tar.gz", "a (2).tar.gz", "a (3).tar.gz"]);
  const together = await Promise.all(["x", "y", "z"].map((text) => incoming.receive("b", parts(text))));
  assert.equal(new Set(together.map(({ name }) => name)).size, 3);
});

Deno.test("what does not come whole leaves nothing, whatever stops it", async () => {
  await using incoming = await Incoming.make();
  const broken = async function* () {
    yield* parts("half");
    throw new Error("the connection broke");
  };
  await assert.rejects(incoming.receive("a", broken()), { code: "cancelled" });
  const stop = new AbortController();
  const endless = async function* () {
    yield* parts("half");
    stop.abort(new EssaimError("cancelled", "Discarded."));
    await new Promise(() => {});
  };
  await assert.rejects(incoming.receive("a", endless(), { signal: stop.signal }), { message: "Discarded." });
  await assert.rejects(incoming.receive("a", parts("x"), { signal: stop.signal }), { message: "Discarded." });
  await assert.rejects(incoming.receive("a", parts("x"), { names: [] }), { code: "conflict" });
  assert.deepEqual(await incoming.all(), {});
  assert.deepEqual(await incoming.files.load(), []);
});

Deno.test("a disk that has no room for what is announced is told before anything is sent", async () => {
  await using incoming = await Incoming.make();
  let began = false;
  const body = async function* () {
    began = true;
    yield* parts("x");
  };
  await assert.rejects(incoming.receive("a", body(), { size: 1e15 }), { code: "disk-full" });
  assert.equal(began, false);
});

Deno.test({
  name: "a disk that becomes full on the way is told, leaves nothing, and takes what fits",
  ignore: !canMount,
  fn: async () => {
    await using incoming = await Incoming.make();
    await using _disk = await mount(`${incoming.root}/incoming`, "size=8m");
    const endless = async function* () {
      for (;;) yield new Uint8Array(65_536);
    };
    await assert.rejects(incoming.receive("a", endless()), { code: "disk-full", message: /add the file again/ });
    assert.deepEqual(await incoming.all(), {});
    assert.equal((await incoming.receive("a.txt", parts("one"))).size, 3);
  },
});

Deno.test("what a crash left half-written is gone after the next start, and what was whole is there", async () => {
  await using incoming = await Incoming.make();
  await incoming.receive("a.txt", parts("one"));
  const batch = `${incoming.root}/incoming/${BATCH}`;
  await Deno.writeTextFile(`${batch}/.essaim-1.part`, "half");
  await Deno.mkdir(`${incoming.root}/incoming/fedcba9876543210/files`, { recursive: true });
  await Deno.writeTextFile(`${incoming.root}/incoming/notes.txt`, "not ours");
  const stored = await incoming.files.load();
  assert.deepEqual(stored.map(({ batch, entries }) => [batch, entries.length]), [[BATCH, 1]]);
  assert.deepEqual(await incoming.all(), { "files/a.txt": "one" });
  const left = await Array.fromAsync(Deno.readDir(`${incoming.root}/incoming`), ({ name }) => name);
  assert.deepEqual(left.sort(), [BATCH, "notes.txt"]);
});

Deno.test("a file that a crash left with both names has moved and waits no longer", async () => {
  await using incoming = await Incoming.make();
  await incoming.receive("moved.txt", parts("one"));
  await incoming.receive("waits.txt", parts("two"));
  await Deno.link(`${incoming.root}/incoming/${BATCH}/files/moved.txt`, `${incoming.root}/shared.txt`);
  const [batch] = await incoming.files.load();
  assert.deepEqual(batch?.entries.map(({ name }) => name), ["waits.txt"]);
  assert.equal(await Deno.readTextFile(`${incoming.root}/shared.txt`), "one");
});

Deno.test("whatever is received in any order, every different content is there exactly once", async () => {
  const files = fc.array(
    fc.record({ name: fc.constantFrom("a.txt", "b"), text: fc.constantFrom("", "x", "y", "xx") }),
    {
      maxLength: 8,
    },
  );
  await fc.assert(
    fc.asyncProperty(files, async (files) => {
      await using incoming = await Incoming.make();
      await Promise.all(files.map(({ name, text }) => incoming.receive(name, parts(text))));
      const kept = Object.entries(files.length > 0 ? await incoming.all() : {})
        .map(([path, text]) => `${path.replace(/^files\//, "").replace(/ \(\d+\)/, "")} ${text}`);
      assert.deepEqual(kept.sort(), [...new Set(files.map(({ name, text }) => `${name} ${text}`))].sort());
    }),
    { numRuns: 20 },
  );
});
