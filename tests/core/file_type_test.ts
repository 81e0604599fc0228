import assert from "node:assert/strict";
import { EXTENSIONS, FILE_TYPES, fileType } from "../../lib/core/file_type.ts";

Deno.test("the type of a file is what the end of its name says", () => {
  for (
    const [name, expected] of [
      ["leçon 4.pdf", "document"],
      ["LEÇON.PDF", "document"],
      ["sous-titres.srt", "document"],
      ["classe.jpg", "image"],
      ["film.final.mkv", "video"],
      ["musique.FLAC", "audio"],
      ["tout.tar.gz", "archive"],
      ["devoir.py", "code"],
      ["projet.ts", "code"],
      ["caméra.MTS", "video"],
      ["README", "other"],
      [".pdf", "other"],
      ["fin.", "other"],
      ["pdf", "other"],
      ["a.constructor", "other"],
      ["a.__proto__", "other"],
      ["x.inconnu", "other"],
    ] as const
  ) assert.equal(fileType(name, "file"), expected, name);
});

Deno.test("a folder is a folder whatever its name", () => {
  assert.equal(fileType("photos.zip", "folder"), "folder");
});

Deno.test("each end of a name belongs to one type and is in lower case", () => {
  const all = Object.values(EXTENSIONS).flat();
  assert.deepEqual(all.filter((end, index) => all.indexOf(end) !== index), []);
  assert.deepEqual(all.filter((end) => !/^[a-z0-9]+$/.test(end)), []);
  assert.deepEqual(Object.keys(EXTENSIONS).filter((type) => !FILE_TYPES.includes(type as never)), []);
});
