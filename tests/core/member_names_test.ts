import assert from "node:assert/strict";
import fc from "fast-check";
import { looks as looksOf } from "../../lib/adapters/look_alikes.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { parseName } from "../../lib/core/member_names.ts";

const same = (one: string, other: string) => {
  const looks = looksOf(one);
  return looksOf(other).some((look) => looks.includes(look));
};

Deno.test("names that look alike are the same name", () => {
  for (
    const [one, other] of [
      ["alice", "ALICE"],
      ["alice", " a lice"],
      ["alice", "al\u200bice"],
      ["alice", "alice\u00ad"],
      ["alice", "аlісе"], // Cyrillic а, і, с, е
      ["alice", "AIice"], // capital i
      ["alice", "A1ice"],
      ["alice", "\uff41\uff4c\uff49\uff43\uff45"],
      ["alice", "𝒶𝓁𝒾𝒸ℯ"],
      ["alice", "alice."],
      ["alice", "alice'"],
      ["alice", "alıce"], // Turkish dotless i
      ["Zoé", "zoe"],
      ["Zoé", "Zoe\u0301"],
      ["Jean-Paul", "jean paul"],
      ["Marnie", "Mamie"], // rn and m
      ["Leo", "Le0"],
      ["bob", "Вob"], // Cyrillic capital В
      ["BOB", "ВОВ"], // all Cyrillic
      ["Пётр", "пЕтр"],
      ["Straße", "STRASSE"],
      ["Σωκράτης", "ΣΩΚΡΆΤΗΣ"],
      ["Anna", "Αnna"], // Greek capital Α
      ["Roger", "Rοger"], // Greek ο
    ] as const
  ) assert.ok(same(one, other), `${one} ${other}`);
});

Deno.test("names that differ for a reader are different names", () => {
  for (
    const [one, other] of [
      ["alice", "alicia"],
      ["alice", "alice 2"],
      ["Emma D.", "Emma L."],
      ["Nina", "Vina"],
      ["Jules", "Lules"],
      ["Hana", "Nana"],
      ["राम", "रमा"],
      ["Юля", "Оля"],
      ["王伟", "王芳"],
    ] as const
  ) assert.ok(!same(one, other), `${one} ${other}`);
});

Deno.test("case, spaces and invisible characters never make another name", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
  fc.assert(fc.property(name, fc.constantFrom(" ", "\u200b", "\u2060", "\u00a0", "-", "."), (name, extra) => {
    const at = Math.floor(name.length / 2);
    assert.ok(same(name, name.toLowerCase()));
    assert.ok(same(name, name.toUpperCase()));
    assert.ok(same(name, name.normalize("NFKC")));
    if (/[\udc00-\udfff]/.test(name[at] ?? "")) return;
    assert.ok(same(name, name.slice(0, at) + extra + name.slice(at)) || /\p{M}/u.test(name.normalize("NFKD")));
  }));
});

Deno.test("a name is kept composed, with single spaces", () => {
  for (
    const [text, name] of [
      ["  Zoe\u0301   Dupont\u00a0", "Zoé Dupont"],
      ["O'Brien", "O'Brien"],
      ["N’Golo 2", "N’Golo 2"],
      ["نور", "نور"],
      ["Nguyễn Thị", "Nguyễn Thị"],
    ] as const
  ) assert.equal(parseName(text), name);
});

Deno.test("what cannot be seen or read is no name", () => {
  for (
    const text of [
      "",
      "   ",
      "\u200b",
      "al\u200bice",
      "alice\u202egnp",
      "\u2068alice\u2069",
      "a\u00adlice",
      "alice\u3164",
      "alice\u2800",
      "alice\ufe0f",
      "a\ud800",
      "alice\ue000",
      "ali\nce",
      "...",
      "❤",
      "Z\u0334\u0335\u0336\u0337\u0338",
      "x".repeat(65),
      "\u{e0061}bob",
    ]
  ) assert.throws(() => parseName(text), (error) => error instanceof EssaimError && error.code === "bad-input", text);
});

Deno.test("a name that is accepted once is accepted again, as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 70 }), (text) => {
      let name: string;
      try {
        name = parseName(text);
      } catch (error) {
        assert.ok(error instanceof EssaimError);
        return;
      }
      assert.equal(parseName(name), name);
      assert.ok(looksOf(name).length > 0);
    }),
    { numRuns: 2_000 },
  );
});
