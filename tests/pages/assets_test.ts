import assert from "node:assert/strict";
import { ICON_NAMES } from "../../components/icon_names.ts";
import { VERSION } from "../../lib/core/version.ts";
import { answerAsset, styleAddress, withAutomaticTheme } from "../../routes/assets.ts";

const ask = (address: string, headers: HeadersInit = {}) => {
  const url = new URL(address, "http://127.0.0.1");
  return answerAsset(new Request(url, { headers }), url.pathname.split("/").at(-1)!);
};

Deno.test("the style sheet is kept for a year under an address that changes with it", async () => {
  const address = await styleAddress();
  const response = await ask(address);
  const css = await response.text();
  assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(response.headers.get("content-type"), "text/css; charset=utf-8");
  for (const part of ["Bootstrap", ".uplot", ".rail", ".data-table"]) assert.ok(css.includes(part), part);
  assert.ok(!css.includes("sourceMappingURL"));
  assert.ok(
    !/https?:(?!\/\/(?:getbootstrap\.com|github\.com|www\.w3\.org))/.test(css),
    "nothing is loaded from elsewhere",
  );

  const packed = await ask(address, { "accept-encoding": "gzip, br" });
  const unpacked = packed.body!.pipeThrough(new DecompressionStream("gzip"));
  assert.equal(await new Response(unpacked).text(), css);
});

Deno.test("without a version an asset is asked again, and not sent again when it is the same", async () => {
  const response = await ask("/assets/style.css");
  await response.body?.cancel();
  assert.equal(response.headers.get("cache-control"), "no-cache");
  const again = await ask("/assets/style.css", { "if-none-match": response.headers.get("etag")! });
  assert.equal(again.status, 304);
  assert.equal(await again.text(), "");
});

Deno.test("every icon that pages may name is there, and no other", async () => {
  const svg = await (await ask(`/assets/icons.svg?v=${VERSION}`)).text();
  const ids = [...svg.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.deepEqual(ids, [...ICON_NAMES]);
  assert.deepEqual(ids, ids.toSorted());
});

Deno.test("no other file is reached through the assets", async () => {
  for (const name of ["nothing.css", "..", "__proto__", "constructor", "style.css/"]) {
    assert.equal((await answerAsset(new Request("http://127.0.0.1/"), name)).status, 404, name);
  }
});

Deno.test("each rule of the dark theme also follows the system", () => {
  const css = "a{x:1}[data-bs-theme=dark]{y:2}\n[data-bs-theme=dark] .b,\n[data-bs-theme=dark] .c{z:3}";
  assert.equal(
    withAutomaticTheme(css).slice(css.length).replace(/\s+/g, " "),
    " @media (prefers-color-scheme: dark) { [data-bs-theme=auto]{y:2} [data-bs-theme=auto] .b, [data-bs-theme=auto] .c{z:3} }",
  );
  assert.equal(withAutomaticTheme("a{x:1}"), "a{x:1}");
});
