import assert from "node:assert/strict";
import fc from "fast-check";
import { EssaimError } from "../../lib/core/errors.ts";
import { encodeListing, parseListing } from "../../lib/core/listing.ts";
import type { FileId } from "../../lib/core/ids.ts";
import { alternatives, collisionKey, isSafeName, isSafePath, printable, safeName } from "../../lib/core/safe_path.ts";

for (
  const [name, expected] of [
    ["notes.pdf", "notes.pdf"],
    ["../x", ".._x"],
    ["/etc/x", "_etc_x"],
    ["C:\\x", "C__x"],
    ["CON", "CON_"],
    ["con.txt", "con_.txt"],
    ["COM1", "COM1_"],
    ["console", "console"],
    ["x.", "x_"],
    ["x ", "x_"],
    [" x", "x"],
    ["a\0b", "a_b"],
    ["a\nb", "a_b"],
    ["\u001b[31mred", "_[31mred"],
    ["gpj.\u202eexe.txt", "gpj._exe.txt"],
    ["e\u0301te\u0301", "\u00e9t\u00e9"],
    ["<img src=x onerror=alert(1)>.pdf", "_img src=x onerror=alert(1)_.pdf"],
    ["a\ud800b", "a\ufffdb"],
  ] as const
) {
  Deno.test(`the name ${JSON.stringify(name)} becomes ${JSON.stringify(expected)}`, () => {
    assert.equal(safeName(name), expected);
  });
}

Deno.test("names that are nothing but dots and spaces are refused", () => {
  for (const name of ["", ".", "..", "...", "  ", " . "]) {
    assert.throws(() => safeName(name), (error) => error instanceof EssaimError && error.code === "bad-name");
  }
});

Deno.test("a name of 300 bytes is shortened and keeps its extension", () => {
  for (const name of ["a".repeat(300) + ".pdf", "\u00e9".repeat(300) + ".tar.gz", "\u{1f600}".repeat(100)]) {
    const safe = safeName(name);
    assert.ok(new TextEncoder().encode(safe).length <= 240);
    assert.equal(safe.split(".").at(-1), name.split(".").at(-1)!.slice(0, safe.length));
  }
});

Deno.test("whatever name comes in, a safe one comes out, and staying safe changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (name) => {
      let safe;
      try {
        safe = safeName(name);
      } catch (error) {
        return assert.ok(error instanceof EssaimError);
      }
      assert.equal(safeName(safe), safe);
      assert.ok(isSafeName(safe) && isSafePath(`a/${safe}`));
      assert.ok(!/[/\\\0\n\r]/.test(safe) && safe !== "." && safe !== "..");
      assert.ok(new TextEncoder().encode(safe).length <= 240);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("no path leaves the folder that it is put into", () => {
  for (const path of ["../x", "a/../b", "/etc/x", "a//b", "a/", "./a", "C:\\x", "a\\b", "", "a/CON", "x".repeat(300)]) {
    assert.equal(isSafePath(path), false, path);
  }
  assert.ok(isSafePath("a/b/c.txt"));
  assert.equal(isSafePath(new Array(101).fill("a").join("/")), false);
});

Deno.test("a name that is taken gets a number before its extension", () => {
  const first = (name: string) => [...alternatives(name)].slice(0, 3);
  assert.deepEqual(first("a.pdf"), ["a.pdf", "a (2).pdf", "a (3).pdf"]);
  assert.deepEqual(first("a.tar.gz"), ["a.tar.gz", "a (2).tar.gz", "a (3).tar.gz"]);
  assert.deepEqual(first("README"), ["README", "README (2)", "README (3)"]);
  assert.deepEqual(first(".bashrc"), [".bashrc", ".bashrc (2)", ".bashrc (3)"]);
});

Deno.test("twins in NFC and NFD or in another case collide", () => {
  assert.equal(collisionKey("\u00c9t\u00e9.txt"), collisionKey("e\u0301te\u0301.TXT"));
});

Deno.test("names cannot drive a terminal", () => {
  assert.equal(printable("a\u001b[2Jb\n"), "a\\u001b[2Jb\\u000a");
  assert.equal(printable("caf\u00e9 \u{1f600}"), "caf\u00e9 \u{1f600}");
});

const ID = "a".repeat(64) as FileId;

Deno.test("a folder's listing comes back as it was, in one order", () => {
  const files = [{ path: "b.txt", size: 1, id: ID }, { path: "a/c.txt", size: 2, id: ID }];
  const bytes = encodeListing({ files, emptyFolders: ["z", "d/e"] });
  const listing = parseListing(bytes);
  assert.deepEqual(listing.files.map((file) => file.path), ["a/c.txt", "b.txt"]);
  assert.deepEqual(listing.emptyFolders, ["d/e", "z"]);
  assert.deepEqual(encodeListing(listing), bytes);
});

for (
  const [what, files, emptyFolders] of [
    ["a path that leaves it", ["../x"], []],
    ["an absolute path", ["/etc/passwd"], []],
    ["a reserved name", ["a/CON"], []],
    ["the same file twice", ["a", "a"], []],
    ["twins by case", ["a.txt", "A.TXT"], []],
    ["twins by normalisation", ["\u00e9", "e\u0301"], []],
    ["a file that is also a folder", ["a", "a/b"], []],
    ["an empty folder where a file is", ["a"], ["a"]],
    ["an empty folder below a file", ["a"], ["a/b"]],
  ] as const
) {
  Deno.test(`a folder listing with ${what} is refused`, () => {
    const bytes = encodeListing({
      files: files.map((path) => ({ path, size: 1, id: ID })),
      emptyFolders: [...emptyFolders],
    });
    assert.throws(() => parseListing(bytes), (error) => error instanceof EssaimError && error.code === "bad-content");
  });
}

Deno.test("a listing that is anything else is refused as bad content", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    assert.throws(() => parseListing(new TextEncoder().encode(text)), EssaimError);
  }));
});
