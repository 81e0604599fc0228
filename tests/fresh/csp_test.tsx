import assert from "node:assert/strict";
import { App, csp, type CSPOptions } from "fresh";
import { asking } from "./fake_site.ts";

function askingWith(options?: CSPOptions) {
  return asking(
    new App()
      .use(csp(options))
      .get("/data", () => Response.json({}))
      .get("/page", (ctx) =>
        ctx.render(
          <>
            <style>{"p { margin: 0 }"}</style>
            <script>1</script>
            <script nonce="own">2</script>
          </>,
        )),
  );
}

async function policyOf(path: string, options?: CSPOptions): Promise<string> {
  return (await askingWith(options)(path)).headers.get("content-security-policy")!;
}

Deno.test("by default everything comes from this site", async () => {
  assert.equal(
    await policyOf("/data"),
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; font-src 'self'; " +
      "img-src 'self' data:; media-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'; " +
      "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; upgrade-insecure-requests",
  );
});

Deno.test("own directives are added or replace those of their name", async () => {
  const policy = await policyOf("/data", { csp: ["img-src 'self' blob:", "frame-src 'none'"] });
  assert.ok(policy.includes("; img-src 'self' blob:; "));
  assert.equal(policy.match(/img-src/g)?.length, 1);
  assert.ok(policy.endsWith("; frame-src 'none'"));
});

Deno.test("with nonces a page allows only its own scripts and styles, with another nonce each time", async () => {
  const ask = askingWith({ useNonce: true, csp: ["style-src-attr 'unsafe-inline'"] });
  const nonces = new Set<string>();
  for (let round = 0; round < 3; round++) {
    const response = await ask("/page");
    const policy = response.headers.get("content-security-policy")!;
    const [, nonce] = /script-src 'self' 'nonce-(\w{32})'; style-src 'self' 'nonce-\1';/.exec(policy) ?? [];
    assert.ok(nonce && !policy.includes("unsafe-inline") && policy.includes(`style-src-attr 'nonce-${nonce}'`));
    const html = await response.text();
    assert.ok(html.includes(`<style nonce="${nonce}">`) && html.includes(`<script nonce="${nonce}">1`));
    assert.ok(html.includes('<script nonce="own">2'));
    assert.ok(![...response.headers.values()].some((value) => value === nonce));
    nonces.add(nonce);
  }
  assert.equal(nonces.size, 3);
  assert.match(await policyOf("/data", { useNonce: true }), /script-src 'self' 'unsafe-inline'/);
});
