import assert from "node:assert/strict";
import fc from "fast-check";
import { splitName } from "../../components/file_name.tsx";

Deno.test("a long name keeps its end in sight", () => {
  const table: [name: string, head: string, tail: string][] = [
    ["Compte rendu de la sortie au musée (2).pdf", "Compte rendu de la sortie au musée", " (2).pdf"],
    ["sauvegarde du cours.tar.gz", "sauvegarde du c", "ours.tar.gz"],
    ["dossier sans extension", "dossier sans exten", "sion"],
    ["a.pdf", "a.pdf", ""],
    [".htaccess", ".htaccess", ""],
    ["une phrase. Avec un point", "une phrase. Avec un p", "oint"],
    ["<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert", "(1)>.pdf"],
    ["photo de famille 👨‍👩‍👧‍👦abc.png", "photo de famille ", "👨‍👩‍👧‍👦abc.png"],
    ["le menu des cafe\u0301s.txt", "le menu des c", "afe\u0301s.txt"],
  ];
  for (const [name, head, tail] of table) assert.deepEqual(splitName(name), [head, tail], name);
});

Deno.test("both parts together are the name, and no character is cut in two", () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const characters = (text: string) => [...segmenter.segment(text)].length;
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (name) => {
    const [head, tail] = splitName(name);
    assert.equal(head + tail, name);
    assert.equal(characters(head) + characters(tail), characters(name));
  }));
});
