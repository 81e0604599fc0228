import assert from "node:assert/strict";
import { choicesOf, shownValue, typedValue } from "../../components/setting_value.ts";
import { CONFIG_KEYS, type Plain } from "../../lib/core/config.ts";
import type { Setting } from "../../lib/core/local_messages.ts";

const setting = (type: string, value: Plain, key = "x"): Setting => ({
  ...{ key, type, value, default: value, origin: "default", editable: true, live: false, pending: false },
});

Deno.test("a setting that nobody touched is saved as it was, in both languages", () => {
  for (const { key, type, default: value, kind: { schema } } of CONFIG_KEYS) {
    for (const lang of ["fr", "en"] as const) {
      const shown = setting(type, value, key);
      const typed = typedValue(shown, shownValue(shown, lang));
      assert.deepEqual(schema.parse(typed), schema.parse(value), `${key} ${lang}`);
    }
  }
});

Deno.test("sizes and rates are shown and typed as each language writes them, and saved in one", () => {
  for (
    const [type, value, english, french] of [
      ["size", "10 MB", "10 MB", "10 Mo"],
      ["size", "32 MiB", "32 MiB", "32 Mio"],
      ["size", "512 B", "512 B", "512 o"],
      ["size", "", "", ""],
      ["rate", "5 MB/s", "5 MB/s", "5 Mo/s"],
      ["rate", "unlimited", "", ""],
      ["duration", "10 s", "10 s", "10 s"],
      ["list", ["*.tmp", "Thumbs.db"], "*.tmp\nThumbs.db", "*.tmp\nThumbs.db"],
      ["ports", "5001-5100", "5001-5100", "5001-5100"],
      ["integer", 3, "3", "3"],
      ["boolean", true, "true", "true"],
      ["path", "/home/zoo", "/home/zoo", "/home/zoo"],
    ] as const
  ) {
    assert.equal(shownValue(setting(type, value), "en"), english);
    assert.equal(shownValue(setting(type, value), "fr"), french);
    assert.deepEqual(typedValue(setting(type, value), english), value);
    assert.deepEqual(typedValue(setting(type, value), french), value);
  }
});

Deno.test("what is no number is left for the server to refuse", () => {
  assert.equal(typedValue(setting("integer", 3), "three"), "three");
  assert.equal(typedValue(setting("integer", 3), " 12 "), 12);
  assert.deepEqual(typedValue(setting("list", []), " *.tmp \r\n\n b \n"), ["*.tmp", "b"]);
});

Deno.test("only types with bars are choices", () => {
  assert.deepEqual(choicesOf("auto | fr | en"), ["auto", "fr", "en"]);
  assert.equal(choicesOf("path"), undefined);
});
