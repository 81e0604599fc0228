import assert from "node:assert/strict";
import { type Added, addedByChoice, addedByDrop, TooManyFiles } from "../../lib/client/dropped_files.ts";
import { droppedItems, type Entry } from "../../lib/client/dropped_items.ts";

type Tree = { readonly [name: string]: Tree | string | Error };

/** A dropped item as Chromium gives it: a hundred children first, then all others. */
function entry(name: string, content: Tree | string | Error): Entry {
  if (content instanceof Error || typeof content === "string") {
    const file = (ok: (file: File) => void, fail: (error: unknown) => void) =>
      content instanceof Error ? fail(content) : ok(new File([content], name));
    return { isFile: true, isDirectory: false, name, file } as Entry;
  }
  const createReader = () => {
    const children = Object.entries(content).map(([child, below]) => entry(child, below));
    let atATime = 100;
    const readEntries = (ok: (entries: Entry[]) => void) => {
      ok(children.splice(0, atATime));
      atATime = Infinity;
    };
    return { readEntries };
  };
  return { isFile: false, isDirectory: true, name, createReader } as Entry;
}

const drop = (tree: Tree) =>
  addedByDrop(Object.entries(tree).map(([name, content]) => ({ entry: entry(name, content), file: null })));

async function paths(added: Added, signal = new AbortController().signal): Promise<string[]> {
  const found: string[] = [];
  for await (const files of added.read(signal)) {
    for (const { folder, name, file } of files) {
      found.push(`${folder}|${name}|${file ? await file.text() : "unreadable"}`);
    }
  }
  return found;
}

Deno.test("dropped files and folders are found with the folder they lie in", async () => {
  const added = drop({
    "notes.txt": "n",
    photos: { "a.jpg": "a", "2024": { "b.jpg": "b" }, "2025": { "c.jpg": "c" } },
  });
  assert.deepEqual(added.roots, [{ name: "notes.txt", kind: "file" }, { name: "photos", kind: "folder" }]);
  assert.deepEqual(await paths(added), [
    "|notes.txt|n",
    "photos|a.jpg|a",
    "photos/2024|b.jpg|b",
    "photos/2025|c.jpg|c",
  ]);
});

Deno.test("all of a folder with more files than the browser gives at a time", async () => {
  const many = Object.fromEntries(Array.from({ length: 2_345 }, (_, n) => [`${n}.txt`, ""]));
  assert.equal((await paths(drop({ many }))).length, 2_345);
});

Deno.test("a file that cannot be read is told, the others are found", async () => {
  const added = drop({ folder: { "locked.txt": new Error("NotReadableError"), "open.txt": "o" } });
  assert.deepEqual(await paths(added), ["folder|locked.txt|unreadable", "folder|open.txt|o"]);
});

Deno.test("dropped text or links are not files", () => {
  const item = { kind: "string", webkitGetAsEntry: () => null, getAsFile: () => null };
  assert.deepEqual(droppedItems([item]), []);
});

Deno.test("a picture dragged out of another page is a file too", async () => {
  const item = { kind: "file", webkitGetAsEntry: () => null, getAsFile: () => new File(["p"], "image.png") };
  assert.deepEqual(await paths(addedByDrop(droppedItems([item]))), ["|image.png|p"]);
});

Deno.test("reading stops when it is given up", async () => {
  const controller = new AbortController();
  controller.abort();
  assert.deepEqual(await paths(drop({ folder: { "a.txt": "a" } }), controller.signal), []);
});

Deno.test("a folder that never ends is not read for ever", async () => {
  const endless: Entry = {
    isFile: false,
    isDirectory: true,
    name: "endless",
    createReader: () => ({
      readEntries: (ok: (entries: Entry[]) => void) => ok(Array.from({ length: 5_000 }, (_, n) => entry(`${n}`, ""))),
    }),
  } as Entry;
  await assert.rejects(
    paths(addedByDrop([{ entry: endless, file: null }])),
    TooManyFiles,
  );
});

function chosen(path: string): File {
  const file = new File([path], path.split("/").at(-1)!);
  return Object.defineProperty(file, "webkitRelativePath", { value: path.includes("/") ? path : "" });
}

Deno.test("files chosen one by one are one share each, those of a folder together", async () => {
  const loose = addedByChoice([chosen("a.txt"), chosen("b.txt")]);
  assert.deepEqual(loose.roots, [{ name: "a.txt", kind: "file" }, { name: "b.txt", kind: "file" }]);
  const folder = addedByChoice([chosen("photos/a.jpg"), chosen("photos/2024/b.jpg")]);
  assert.deepEqual(folder.roots, [{ name: "photos", kind: "folder" }]);
  assert.deepEqual(await paths(folder), ["photos|a.jpg|photos/a.jpg", "photos/2024|b.jpg|photos/2024/b.jpg"]);
});
