import assert from "node:assert/strict";
import { counted, formats } from "../../lib/i18n/formats.ts";
import { pickLanguage } from "../../lib/i18n/language.ts";
import { fr } from "../../lib/i18n/typography.ts";

/** No-break spaces as plain ones, so that the tables can be read. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");
const en = formats("en");
const french = formats("fr");

Deno.test("sizes have about three digits, the unit of the language and a space that never breaks", () => {
  for (
    const [bytes, english, expected] of [
      [0, "0 B", "0 o"],
      [999, "999 B", "999 o"],
      [1_000, "1 kB", "1 ko"],
      [18_000, "18 kB", "18 ko"],
      [2_100_000, "2.1 MB", "2,1 Mo"],
      [99_949_000, "99.9 MB", "99,9 Mo"],
      [99_960_000, "100 MB", "100 Mo"],
      [999_960_000, "1 GB", "1 Go"],
      [4_700_000_000, "4.7 GB", "4,7 Go"],
      [12_345_678_901_234_567, "12,346 TB", "12 346 To"],
      [-5, "0 B", "0 o"],
      [NaN, "0 B", "0 o"],
    ] as const
  ) {
    assert.equal(plain(en.bytes(bytes)), english);
    assert.equal(plain(french.bytes(bytes)), expected);
  }
  assert.equal(french.bytes(2_100_000), "2,1\u00a0Mo");
  assert.equal(plain(french.rate(38_400_000)), "38,4 Mo/s");
});

Deno.test("a hundred percent means all of it", () => {
  for (
    const [share, english, expected] of [
      [0, "0%", "0 %"],
      [0.439, "43%", "43 %"],
      [0.9999, "99%", "99 %"],
      [1, "100%", "100 %"],
      [1.2, "100%", "100 %"],
    ] as const
  ) {
    assert.equal(en.percent(share), english);
    assert.equal(plain(french.percent(share)), expected);
  }
});

Deno.test("durations show two units, time left one", () => {
  const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
  for (
    const [ms, english, expected] of [
      [0, "0 s", "0 s"],
      [12 * SECOND, "12 s", "12 s"],
      [90 * SECOND, "1 min 30 s", "1 min 30 s"],
      [59.6 * SECOND, "1 min", "1 min"],
      [2 * HOUR + 5 * MINUTE, "2 h 5 min", "2 h 5 min"],
      [76 * HOUR, "3 d 4 h", "3 j 4 h"],
    ] as const
  ) {
    assert.equal(plain(en.duration(ms)), english);
    assert.equal(plain(french.duration(ms)), expected);
  }
  for (
    const [ms, english, expected] of [
      [20 * SECOND, "less than a minute", "moins d’une minute"],
      [110 * SECOND, "about 2 min", "environ 2 min"],
      [59.7 * MINUTE, "about 1 h", "environ 1 h"],
      [50 * HOUR, "about 2 d", "environ 2 j"],
    ] as const
  ) {
    assert.equal(plain(en.about(ms)), english);
    assert.equal(plain(french.about(ms)), expected);
  }
});

Deno.test("dates are relative under a day, then day and time, then with the year", () => {
  const now = new Date(2026, 10, 12, 14, 5).getTime();
  for (
    const [at, english, expected] of [
      [new Date(2026, 10, 12, 14, 4, 30), "just now", "à l’instant"],
      [new Date(2026, 10, 12, 14, 5, 40), "just now", "à l’instant"],
      [new Date(2026, 10, 12, 14, 0), "5 minutes ago", "il y a 5 minutes"],
      [new Date(2026, 10, 12, 11, 0), "3 hours ago", "il y a 3 heures"],
      [new Date(2026, 10, 11, 14, 4), "11 Nov, 14:04", "11 nov. 14:04"],
      [new Date(2025, 1, 3, 8, 30), "3 Feb 2025, 08:30", "3 févr. 2025 08:30"],
      [new Date(2026, 10, 13, 8, 0), "13 Nov, 08:00", "13 nov. 08:00"],
    ] as const
  ) {
    assert.equal(plain(en.date(at.toISOString(), now)), english);
    assert.equal(plain(french.date(at.getTime(), now)), expected);
  }
  assert.equal(en.date("nonsense", now), "");
  assert.equal(en.fullDate("nonsense"), "");
});

Deno.test("none is singular in French and plural in English", () => {
  for (
    const [amount, english, expected] of [
      [0, "0 files", "0 fichier"],
      [1, "1 file", "1 fichier"],
      [2, "2 files", "2 fichiers"],
      [12_345, "12,345 files", "12 345 fichiers"],
    ] as const
  ) {
    assert.equal(plain(counted("en")(amount, "file", "files")), english);
    assert.equal(plain(counted("fr")(amount, "fichier", "fichiers")), expected);
  }
});

Deno.test("names are listed as each language does", () => {
  assert.equal(en.list(["bob", "chloé", "dan"]), "bob, chloé and dan");
  assert.equal(french.list(["bob", "chloé", "dan"]), "bob, chloé et dan");
});

Deno.test("the language is that of the setting, else the browser's first that is spoken here", () => {
  for (
    const [header, setting, expected] of [
      ["en-GB,en;q=0.9,fr;q=0.8", "auto", "en"],
      ["fr-CH, fr;q=0.9, en;q=0.8", "auto", "fr"],
      ["de;q=1, en;q=0.3, fr;q=0.7", "auto", "fr"],
      ["fr;q=0, en;q=0.1", "auto", "en"],
      ["de, es", "auto", "en"],
      ["*", "auto", "fr"],
      ["", "auto", "fr"],
      [null, "auto", "fr"],
      [";;;,=,q=,;q=x", "auto", "fr"],
      ["fr", "en", "en"],
      ["en", "fr", "fr"],
    ] as const
  ) assert.equal(pickLanguage(header, setting), expected, `${header} ${setting}`);
});

Deno.test("French spacing is added to what is typed, never to what is put in", () => {
  assert.equal(fr`Qui peut voir « ${"a ? b : 'c'.pdf"} » ?`, "Qui peut voir «\u00a0a ? b : 'c'.pdf\u00a0»\u202f?");
  assert.equal(fr`L'état : prêt ; 43 % !`, "L’état\u00a0: prêt\u202f; 43\u00a0%\u202f!");
});
