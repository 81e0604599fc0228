import assert from "node:assert/strict";
import { App, csrf } from "fresh";
import { asking } from "./fake_site.ts";

const OWN = "http://localhost";
const FRIEND = "https://friend.example";

async function statusOf(method: string, headers: Record<string, string>): Promise<number> {
  const ask = asking(new App().use(csrf()).all("/", () => new Response("done")));
  return (await ask("/", { method, headers })).status;
}

Deno.test("only what this site's own pages send changes something", async () => {
  for (
    const [method, headers, expected] of [
      ["GET", { "sec-fetch-site": "cross-site", origin: FRIEND }, 200],
      ["HEAD", { "sec-fetch-site": "cross-site" }, 200],
      ["POST", { "sec-fetch-site": "same-origin", origin: OWN }, 200],
      ["POST", { "sec-fetch-site": "none" }, 200],
      ["POST", { "sec-fetch-site": "same-site", origin: "http://other.localhost" }, 403],
      ["POST", { "sec-fetch-site": "cross-site", origin: FRIEND }, 403],
      ["POST", { "sec-fetch-site": "cross-site" }, 403],
      ["DELETE", { "sec-fetch-site": "cross-site", origin: FRIEND }, 403],
      ["POST", { origin: OWN }, 200],
      ["POST", { origin: "http://localhost:81" }, 403],
      ["POST", { origin: "https://localhost" }, 403],
      ["POST", { origin: "null" }, 403],
      ["POST", {}, 200], // no browser sends neither
    ] as const
  ) assert.equal(await statusOf(method, headers), expected, `${method} ${JSON.stringify(headers)}`);
});
