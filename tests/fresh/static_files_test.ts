import assert from "node:assert/strict";
import { App, staticFiles } from "fresh";
import { asset } from "fresh/runtime";
import { applySnapshot } from "../../lib/fresh/src/app.ts";
import { BUILD_ID } from "../../lib/fresh/src/asset.ts";
import { type Ask, asking, snapshotOf } from "./fake_site.ts";
import { tempDir } from "../temp.ts";

const SCRIPT = `/_fresh/js/${BUILD_ID}/islands/A.js`;

/** A folder with `static/`, and a file beside it that nobody may read. */
async function withFiles(work: (ask: Ask, folder: string) => Promise<void>): Promise<void> {
  const folder = await tempDir();
  try {
    await Deno.mkdir(`${folder}/static/deep`, { recursive: true });
    await Deno.mkdir(`${folder}/static-other`);
    for (const path of ["secret.txt", "static-other/a.txt"]) await Deno.writeTextFile(`${folder}/${path}`, "secret");
    for (const path of ["a.css", "deep/b.js", "é #.svg", "noname"]) {
      await Deno.writeTextFile(`${folder}/static/${path}`, path);
    }
    await Deno.symlink(`${folder}/secret.txt`, `${folder}/static/link.txt`);
    await Deno.symlink(`${folder}/static/loop.txt`, `${folder}/static/loop.txt`);
    const app = new App().use(staticFiles()).get("/", () => new Response("home")).get(
      "/a.css",
      () => new Response("no"),
    );
    const scripts = new Map([[SCRIPT, new TextEncoder().encode("script")]]);
    applySnapshot(app, { ...snapshotOf({}, {}, `${folder}/static`), scripts });
    await work(asking(app), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("files of the folder and bundled scripts are served with their type", () =>
  withFiles(async (ask) => {
    for (
      const [path, text, type] of [
        ["/a.css", "a.css", "text/css; charset=UTF-8"],
        ["/deep/b.js", "deep/b.js", "text/javascript; charset=UTF-8"],
        ["/%C3%A9%20%23.svg", "é #.svg", "image/svg+xml; charset=UTF-8"],
        ["/noname", "noname", "application/octet-stream"],
        [SCRIPT, "script", "text/javascript; charset=UTF-8"],
      ] as const
    ) {
      const response = await ask(path);
      assert.deepEqual([response.status, response.headers.get("content-type")], [200, type], path);
      assert.equal(response.headers.get("content-length"), String(new TextEncoder().encode(text).length));
      assert.equal(await response.text(), text);
    }
  }));

Deno.test("nothing outside of the folder is served", () =>
  withFiles(async (ask) => {
    for (
      const path of [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/deep/..%2f..%2fsecret.txt",
        "/..%2fstatic-other/a.txt",
        "/..%5csecret.txt",
        "/link.txt",
        "/deep",
        "/a.css/x",
        "/a.css%00.txt",
        "/%ff",
        `/${"long".repeat(100)}.css`,
        "/loop.txt",
        "/favicon.ico",
        `/_fresh/js/other/islands/A.js`,
      ]
    ) {
      const response = await ask(path);
      assert.equal(response.status, 404, path);
      assert.ok(!(await response.text()).includes("secret"), path);
    }
    assert.equal(await (await ask("/")).text(), "home");
  }));

Deno.test("what carries the key of this start may be kept for a year, the rest is asked for again", () =>
  withFiles(async (ask) => {
    const immutable = "public, max-age=31536000, immutable";
    for (const [path, cache] of [["/a.css", "no-cache"], [asset("/a.css"), immutable], [SCRIPT, immutable]] as const) {
      const first = await ask(path);
      assert.equal(first.headers.get("cache-control"), cache, path);
      const etag = first.headers.get("etag")!;
      const second = await ask(path, { headers: { "if-none-match": `"x", ${etag}` } });
      assert.deepEqual([second.status, second.headers.get("etag"), await second.text()], [304, etag, ""], path);
      assert.equal((await ask(path, { headers: { "if-none-match": '"x"' } })).status, 200, path);
    }
    const old = await ask("/a.css?__frsh_c=old&x=1");
    assert.deepEqual([old.status, old.headers.get("location")], [307, "/a.css?x=1"]);
  }));

Deno.test("a file that changes gets another ETag", () =>
  withFiles(async (ask, folder) => {
    const before = (await ask("/a.css")).headers.get("etag");
    await Deno.writeTextFile(`${folder}/static/a.css`, "changed");
    assert.notEqual((await ask("/a.css")).headers.get("etag"), before);
  }));

Deno.test("files are only read", () =>
  withFiles(async (ask) => {
    const head = await ask("/a.css", { method: "HEAD" });
    assert.deepEqual([head.status, head.headers.get("content-length"), await head.text()], [200, "5", ""]);
    for (const method of ["POST", "PUT", "DELETE"]) assert.equal((await ask("/a.css", { method })).status, 405);
  }));
