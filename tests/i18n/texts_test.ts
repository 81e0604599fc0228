import assert from "node:assert/strict";
import { GROUPS } from "../../components/setting_value.ts";
import { CONFIG_KEYS } from "../../lib/core/config_schema.ts";
import { ERROR_CODES } from "../../lib/core/errors.ts";
import { settingsTexts } from "../../lib/i18n/settings.ts";
import { texts } from "../../lib/i18n/mod.ts";

/** Equal in both languages, by the end of their path. */
const SAME = new Set(["brand", "languages.fr", "languages.en", "ui.language=fr", "ui.language=en"]);
/** English words that are not French ones; a text that holds one was not translated. */
const ENGLISH =
  /(?<!\p{L})(?:the|of|and|with|your|you|this|that|file|files|share|shared|peer|peers|nobody|is|are|from|not|download|waiting)(?!\p{L})/iu;

/** Every text with its path; functions are called with numbers and names in every place. */
function* leaves(value: unknown, path = ""): Generator<[path: string, text: string]> {
  if (typeof value === "string") yield [path, value];
  else if (typeof value === "function") {
    for (const argument of [0, 1, 5, "NAME"]) {
      try {
        yield* leaves(value(...Array(6).fill(argument)), `${path}(${argument})`);
      } catch {
        // It takes something else; the compiler checks that both languages take the same.
      }
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* leaves(item, `${path}.${index}`);
  } else if (value !== null && typeof value === "object") {
    for (const [key, item] of Object.entries(value)) yield* leaves(item, path === "" ? key : `${path}.${key}`);
  }
}

const english = new Map(leaves(texts("en")));
const french = new Map(leaves(texts("fr")));

Deno.test("both languages say the same things", () => {
  assert.deepEqual([...french.keys()].sort(), [...english.keys()].sort());
  assert.ok(english.size > 300);
});

Deno.test("no text is empty or left in English", () => {
  const wrong = [...french].filter(([path, text]) => {
    if ([...SAME].some((end) => path.endsWith(end))) return false;
    const isWord = /\p{L}{4}/u.test(text.replaceAll("NAME", ""));
    return text.trim() === "" || (isWord && ENGLISH.test(text));
  });
  assert.deepEqual(wrong, []);
  assert.deepEqual([...english].filter(([, text]) => text.trim() === ""), []);
});

Deno.test("one, and in French none, is not said in the plural; none is in English", () => {
  const bounds = /^(?:files\.add\.tooMany|network\.enough)\(/; // never so few
  const of = (texts: Map<string, string>, wrong: RegExp) =>
    [...texts].filter(([path, text]) => wrong.test(text) && !bounds.test(path));
  assert.deepEqual(of(french, /(?<![\d.,\p{L}])[01]\s(?!fois|sous|dans|sans|puis|après)\p{L}{3,}[sx](?!\p{L})/u), []);
  const noun = "(?:file|folder|line|problem|person|peer|computer|chunk|share|change|item|download|choice|other)";
  assert.deepEqual(of(english, new RegExp(`(?<![\\d.,])(?:1\\s(?:${noun}s|people)|0\\s${noun})(?!\\p{L})`, "u")), []);
});

Deno.test("French texts have French spaces and apostrophes, and address nobody", () => {
  const wrong = [...french].filter(([, text]) =>
    / [;:!?»%]|« |[^ \u00a0\u202f]»|'|\.\.\.|\b(vous|votre|vos|tu|ton|tes)\b/i.test(text)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("the tracker is called tracker, and a chunk a morceau", () => {
  const wrong = [...french].filter(([, text]) => /suiveur|\bchunks?\b|\bpeers?\b/i.test(text));
  assert.deepEqual(wrong, []);
});

Deno.test("every error has a text that begins with what happened, without its code", () => {
  for (const lang of ["fr", "en"] as const) {
    const { errors } = texts(lang);
    for (const code of Object.keys(ERROR_CODES) as (keyof typeof ERROR_CODES)[]) {
      assert.ok(errors[code].length > 30, code);
      assert.ok(!code.includes("-") || !errors[code].includes(code), code);
    }
  }
});

Deno.test("every setting of a peer is on the page with its words, or is known to be unused yet", () => {
  const shown = new Set<string>(Object.values(GROUPS).flat());
  for (const { key, section, about, type } of CONFIG_KEYS) {
    const isHidden = section === "tracker" || key === "peer.data" || about.endsWith("Not used yet.");
    assert.equal(shown.has(key), !isHidden, key);
    if (isHidden) continue;
    for (const lang of ["fr", "en"] as const) {
      const t = settingsTexts(lang);
      assert.ok(t.keys[key]?.label, key);
      if (!type.includes(" | ")) assert.ok(type === "boolean" || t.accepts[type], `${key} ${type}`);
      for (const choice of type.includes(" | ") ? type.split(" | ") : []) {
        assert.ok(t.choices[`${key}=${choice}`], `${key}=${choice}`);
      }
    }
  }
});
