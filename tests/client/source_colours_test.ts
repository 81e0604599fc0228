import assert from "node:assert/strict";
import { HUES, sourceLook } from "../../lib/core/chunk_cells.ts";

const CSS = await Deno.readTextFile(new URL("../../styles/base.css", import.meta.url));

/** In linear light, how eyes that lack one kind of cone see (Machado, Oliveira and Fernandes 2009, severity 1). */
const EYES: Readonly<Record<string, readonly number[]>> = {
  "with all cones": [1, 0, 0, 0, 1, 0, 0, 0, 1],
  "without long cones": [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  "without middle cones": [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  "without short cones": [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
};
/** Distance in OKLab; 0.02 can just be told apart side by side. The usual palette of Okabe and Ito reaches 0.08. */
const CLEAR = 0.1;
const CONTRAST = 3; // WCAG 1.4.11

type Colour = readonly [number, number, number];

function theme(name: string): (variable: string) => string {
  const block = CSS.match(new RegExp(`\\[data-bs-theme=${name}\\][^{]*\\{([^}]*)\\}`))![1]!;
  return (variable) => {
    const value = new RegExp(`--${variable}:\\s*(#[0-9a-f]{3,6});`).exec(block)![1]!;
    return value.length === 4 ? value.replace(/[0-9a-f]/g, "$&$&") : value;
  };
}

function linear(hex: string): Colour {
  return [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Colour;
}

function seenBy(eyes: readonly number[], colour: Colour): Colour {
  return [0, 3, 6].map((row) =>
    Math.min(1, Math.max(0, colour.reduce((sum, value, column) => sum + value * eyes[row + column]!, 0)))
  ) as unknown as Colour;
}

function oklab([r, g, b]: Colour): Colour {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function luminance([r, g, b]: Colour): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

for (const name of ["light", "dark"]) {
  const value = theme(name);
  const hues = Array.from({ length: HUES }, (_, hue) => value(`es-owner-${hue}`));

  for (const [who, eyes] of Object.entries(EYES)) {
    Deno.test(`sources are told apart by eyes ${who}, in the ${name} theme`, () => {
      const seen = [...hues, value("es-line-strong"), value("es-track")].map((hex) => oklab(seenBy(eyes, linear(hex))));
      for (const [first, colour] of seen.entries()) {
        for (const [second, other] of seen.slice(0, first).entries()) {
          const distance = Math.hypot(...colour.map((value, at) => value - other[at]!));
          assert.ok(distance >= CLEAR, `${first} and ${second} differ by ${distance.toFixed(3)}`);
        }
      }
    });
  }

  Deno.test(`each source stands out from the page in the ${name} theme`, () => {
    const page = luminance(linear(value("es-surface")));
    for (const hue of hues) {
      const [dark, light] = [page, luminance(linear(hue))].sort((a, b) => a - b);
      assert.ok((light! + 0.05) / (dark! + 0.05) >= CONTRAST, hue);
    }
  });
}

Deno.test("the ninth source has the hue of the first under stripes, and no two of the first 24 look alike", () => {
  assert.deepEqual(sourceLook(8), { hue: 0, pattern: "stripes" });
  const looks = Array.from({ length: 3 * HUES }, (_, place) => JSON.stringify(sourceLook(place)));
  assert.equal(new Set(looks).size, 3 * HUES);
});
