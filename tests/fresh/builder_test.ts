import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { App, staticFiles } from "fresh";
import { Builder, type BuildOptions } from "fresh/dev";
import { type Ask, asking } from "./fake_site.ts";
import { tempDir } from "../temp.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SITE = fileURLToPath(new URL("site", import.meta.url));

async function built(options?: BuildOptions): Promise<Ask> {
  const applySnapshot = await new Builder({ root: SITE, ...options }).build({ mode: "production", snapshot: "memory" });
  const app = new App().use(staticFiles()).fsRoutes();
  applySnapshot(app);
  return asking(app);
}

/** Addresses that a page or script loads. */
function scriptsIn(text: string, base: string): string[] {
  return [...text.matchAll(/from"([^"]+)"/g)].map(([, path]) => new URL(path!, `http://localhost${base}`).pathname);
}

Deno.test("a site is built from its folders: pages, static files, and the scripts that each page needs", async () => {
  const ask = await built();
  assert.match(await (await ask("/site.css")).text(), /main/);
  for (
    const [path, islands] of [["/", ["Counter", "Echo"]], ["/one", ["Counter"]], ["/none", []]] as const
  ) {
    const response = await ask(path);
    assert.equal(response.status, 200, path);
    const loaded = new Set<string>();
    const queue = scriptsIn(await response.text(), path);
    for (const script of queue) {
      if (loaded.has(script)) continue;
      loaded.add(script);
      const answer = await ask(script);
      assert.equal(answer.headers.get("content-type"), "text/javascript; charset=UTF-8", script);
      queue.push(...scriptsIn(await answer.text(), script));
    }
    const names = [...loaded].flatMap((script) => /islands\/(\w+)\.js$/.exec(script)?.[1] ?? []).sort();
    assert.deepEqual(names, islands, path);
  }
});

Deno.test("scripts that were left on disk are served as they are, without bundling again", async () => {
  const outDir = await tempDir();
  try {
    await new Builder({ root: SITE, outDir }).build({ snapshot: "disk" });
    const file = `${outDir}/scripts.json`;
    const saved: { scripts: [string, string][] } = JSON.parse(await Deno.readTextFile(file));
    saved.scripts.find(([name]) => name.endsWith("/Counter.js"))![1] = "export const left = 1;";
    await Deno.writeTextFile(file, JSON.stringify(saved));
    const ask = await built({ outDir });
    const loaded = scriptsIn(await (await ask("/one")).text(), "/one");
    const texts = await Promise.all(loaded.map(async (script) => (await ask(script)).text()));
    assert.ok(texts.includes("export const left = 1;"));
    assert.ok(texts.every((text) => text.startsWith("import") || text.startsWith("export")), "all are there");
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
});

Deno.test("private folders and what is ignored are no routes", async () => {
  const ask = await built({ ignore: [/\/one\.tsx$/] });
  for (const path of ["/one", "/(_components)/Note", "/Note"]) assert.equal((await ask(path)).status, 404, path);
  assert.match(await (await ask("/none")).text(), /<em>private component<\/em>/);
});

Deno.test("the runtime sent to browsers stays below 12 KB compressed", async () => {
  const ask = await built();
  const [client] = scriptsIn(await (await ask("/one")).text(), "/one");
  let bytes = 0;
  const queue = [client!];
  for (const script of queue) {
    const text = await (await ask(script)).text();
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    bytes += (await new Response(stream).arrayBuffer()).byteLength;
    queue.push(...scriptsIn(text, script).filter((found) => !queue.includes(found)));
  }
  assert.ok(bytes < 12_000, `${bytes} bytes`);
});

Deno.test("islands that cannot be bundled are an error that says why", async () => {
  const root = await tempDir();
  try {
    await Deno.mkdir(`${root}/islands`);
    await Deno.writeTextFile(`${root}/islands/Broken.ts`, 'import "./missing.ts";\nexport default () => null;\n');
    await assert.rejects(new Builder({ root }).build({ snapshot: "memory" }), /missing\.ts/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("with the permissions of the program and no other a site is built and served, and the process ends", async () => {
  const code = `
    const { App } = await import("fresh");
    const { Builder } = await import("fresh/dev");
    const app = new App().fsRoutes();
    (await new Builder({ root: ${JSON.stringify(SITE)} }).build({ snapshot: "memory" }))(app);
    const { status } = await app.handler()(new Request("http://localhost/"));
    console.log(status, Deno.permissions.querySync({ name: "run" }).state === "granted");`;
  const args = ["run", "-q", "-P=essaim", "--no-prompt", "-"];
  const child = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdin: "piped", stdout: "piped", stderr: "piped" })
    .spawn();
  await new Blob([code]).stream().pipeTo(child.stdin);
  const { stdout, stderr } = await child.output();
  assert.equal(new TextDecoder().decode(stdout), "200 false\n", new TextDecoder().decode(stderr));
});

Deno.test("importing fresh loads neither Preact nor the bundler", async () => {
  const args = ["info", "--json", "lib/fresh/mod.ts"];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  type Code = { specifier?: string };
  interface Module {
    specifier: string;
    dependencies?: { code?: Code; isDynamic?: boolean }[];
  }
  const { modules, roots } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[]; roots: string[] };
  const loaded = new Set(roots);
  for (const specifier of loaded) {
    for (const { code, isDynamic } of modules.find((module) => module.specifier === specifier)?.dependencies ?? []) {
      if (code?.specifier && !isDynamic) loaded.add(code.specifier);
    }
  }
  assert.ok([...loaded].some((specifier) => specifier.endsWith("/app.ts")));
  assert.deepEqual([...loaded].filter((specifier) => /^npm:|render|builder|bundle/.test(specifier)), []);
});
