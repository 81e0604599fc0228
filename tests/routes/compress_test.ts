import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { App } from "fresh";
import { compressScripts } from "../../routes/compress.ts";

const SCRIPT = "export const bee = 'hexagon';\n".repeat(200);

function site() {
  let made = 0;
  const answer = new App().use(compressScripts()).get("/_fresh/js/1/a.js", () => {
    made++;
    return new Response(SCRIPT, { headers: { "content-type": "text/javascript", etag: '"1"' } });
  }).get("/_fresh/js/1/small.js", () => new Response("1", { headers: { "content-type": "text/javascript" } }))
    .get("/page", () => new Response(SCRIPT, { headers: { "content-type": "text/html" } })).handler();
  const ask = (path: string, encoding = "gzip, br", method = "GET") =>
    answer(new Request(`http://127.0.0.1${path}`, { method, headers: { "accept-encoding": encoding } }));
  return { ask, made: () => made };
}

Deno.test("scripts are sent compressed to whoever can read that, and are the same", async () => {
  const { ask } = site();
  for (let round = 0; round < 2; round++) {
    const response = await ask("/_fresh/js/1/a.js");
    assert.equal(response.headers.get("content-encoding"), "gzip");
    assert.equal(response.headers.get("vary"), "accept-encoding");
    assert.equal(response.headers.get("etag"), '"1"');
    const bytes = new Uint8Array(await response.arrayBuffer());
    assert.ok(bytes.length < SCRIPT.length / 10);
    assert.equal(new TextDecoder().decode(gunzipSync(bytes)), SCRIPT);
  }
});

Deno.test("whoever cannot read it, small scripts and pages are left as they are", async () => {
  const { ask } = site();
  for (
    const [path, encoding, method, text] of [
      ["/_fresh/js/1/a.js", "identity", "GET", SCRIPT],
      ["/_fresh/js/1/a.js", "gzip", "HEAD", ""],
      ["/_fresh/js/1/small.js", "gzip", "GET", "1"],
      ["/page", "gzip", "GET", SCRIPT],
    ] as const
  ) {
    const response = await ask(path, encoding, method);
    assert.equal(response.headers.get("content-encoding"), null, `${method} ${path}`);
    assert.equal(await response.text(), text);
  }
});
