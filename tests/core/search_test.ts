import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_QUERY_WORDS, normalise, queryWords, RANK, rank } from "../../lib/core/search.ts";

Deno.test("accents, case and punctuation make no difference", () => {
  for (
    const [text, expected] of [
      ["Télé", "tele"],
      ["TELE\u0301", "tele"],
      ["Œuvre_complète.PDF", "oeuvre complete pdf"],
      ["Straße", "strasse"],
      ["STRASSE", "strasse"],
      ["ΟΔΟΣ", "οδοσ"],
      ["İstanbul ılık", "istanbul ilik"],
      ["ﬁle ①", "file 1"],
      ["c++ (notes)", "c++ notes"],
      ["l’école d'été", "l ecole d ete"],
      ["日本語 テスト", "日本語 テスト"],
      ["  --..__ ", ""],
      ["50%_done", "50 done"],
    ]
  ) assert.equal(normalise(text!), expected);
});

Deno.test("a search finds names by their words in any order and by parts of words", () => {
  for (
    const [query, name, expected] of [
      ["télé", "TELE.mp4", RANK.prefix],
      ["tele mp4", "Télé.mp4", RANK.whole],
      ["tele", "Notes de télé.txt", RANK.wordPrefix],
      ["vision", "Télévision.mp4", RANK.substring],
      ["pdf cours", "Cours de maths.pdf", RANK.wordPrefix],
      ["cours anglais", "Cours de maths.pdf", RANK.none],
      ["ours", "Cours.pdf", RANK.substring],
      ["", "anything", RANK.prefix],
      ["oeuvre", "Œuvre.pdf", RANK.prefix],
    ] as const
  ) assert.equal(rank(name, queryWords(query)), expected, `${query} in ${name}`);
});

Deno.test("normalising twice changes nothing and leaves single spaces", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const once = normalise(text);
      assert.equal(normalise(once), once);
      assert.doesNotMatch(once, /^ | $| {2}/);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("any part of a name finds it, whatever the case", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (name) => {
    const words = queryWords(name);
    assert.ok(words.length <= MAX_QUERY_WORDS);
    assert.ok(rank(name, words) > RANK.none);
    assert.ok(rank(name, [...words].reverse()) > RANK.none);
    assert.ok(rank(`x${name}`, words.map((word) => word.slice(0, 3))) > RANK.none);
  }));
});

Deno.test("a query of any length is cut to a few short words", () => {
  for (const query of ["a ".repeat(5000), "ﷺ".repeat(200), "x".repeat(100_000), Array(500).fill("w").join(" ")]) {
    const words = queryWords(query);
    assert.ok(words.length <= MAX_QUERY_WORDS && words.every((word) => word.length <= 100));
  }
});
