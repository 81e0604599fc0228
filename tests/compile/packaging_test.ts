import assert from "node:assert/strict";
import { compileArgs, innermost } from "../../scripts/compile/deno_compile.ts";
import { parseGraph } from "../../scripts/compile/module_graph.ts";
import { programConfig } from "../../scripts/compile/program_tree.ts";
import { shellHead } from "../../scripts/compile/self_extracting.ts";
import { reexport } from "../../scripts/compile/vendor.ts";

const INFO = {
  modules: [
    {
      specifier: "file:///app/routes/%5Bid%5D.tsx",
      dependencies: [
        { specifier: "../lib/a.ts", code: { specifier: "file:///app/lib/a.ts" } },
        { specifier: "zod", code: { specifier: "npm:zod@^4" }, type: {} },
        { specifier: "fresh", code: { specifier: "file:///app/lib/fresh/mod.ts" } },
        { specifier: "ws", type: { specifier: "npm:@types/ws" } },
        { specifier: "node:path", code: { specifier: "node:path" } },
        { specifier: "css/all.css", code: { specifier: "npm:/css@1/all.css" }, assertionType: "text" },
      ],
    },
    { specifier: "file:///app/lib/a.ts" },
    { specifier: "file:///tmp/entry.ts", dependencies: [] },
    { specifier: "npm:/zod@4.0.0", npmPackage: "zod@4.0.0" },
  ],
  npmPackages: {
    "zod@4.0.0": { name: "zod", version: "4.0.0", dependencies: ["deep@1.0.0"], localPath: "/npm/zod" },
    "deep@1.0.0": { name: "deep", version: "1.0.0", dependencies: ["zod@4.0.0"], localPath: "/npm/deep" },
    "only-for-tests@1.0.0": { name: "only-for-tests", version: "1.0.0", dependencies: [], localPath: "/npm/tests" },
  },
};

Deno.test("the graph of a program is its files, what its import map links, and what it uses of packages", () => {
  const { files, linked, packages, folders } = parseGraph(INFO, "file:///app/");
  assert.deepEqual(files, ["lib/a.ts", "routes/[id].tsx"]);
  assert.deepEqual([...linked], [["fresh", "lib/fresh/mod.ts"]]);
  assert.deepEqual([...packages], [["zod", "module"], ["css/all.css", "text"]]);
  assert.deepEqual([...folders], [["zod 4.0.0", "/npm/zod"], ["deep 1.0.0", "/npm/deep"]]);
});

Deno.test("a program of which something is missing is not packed", () => {
  const broken = { modules: [{ specifier: "file:///app/gone.ts", error: 'Module not found "gone.ts".' }] };
  assert.throws(() => parseGraph(broken, "file:///app/"), /not complete.*gone\.ts.*not found/);
  const unresolved = { specifier: "nothing", code: { error: 'Import "nothing" not in import map' } };
  const importing = { modules: [{ specifier: "file:///app/a.ts", dependencies: [unresolved] }] };
  assert.throws(() => parseGraph(importing, "file:///app/"), /not complete.*a\.ts.*not in import map/);
});

Deno.test("the packed program has the permissions of deno.json and an import map that leads nowhere else", () => {
  const permissions = { essaim: { net: true, run: ["open"] }, start: { run: true } };
  const project = {
    unstable: ["net"],
    permissions,
    compilerOptions: { jsx: "react-jsx", jsxImportSource: "p", lib: [] },
  };
  assert.deepEqual(programConfig(project, parseGraph(INFO, "file:///app/")), {
    unstable: ["net"],
    permissions: { ...permissions, executable: { net: true, run: true } },
    compilerOptions: { jsx: "react-jsx", jsxImportSource: "p" },
    imports: {
      "fresh": "./lib/fresh/mod.ts",
      "zod": "./packages/zod.js",
      "css/all.css": "./packages/css/all.css",
    },
    lock: false,
  });
});

Deno.test("a package is exported again under each of its names, also those that are reserved words", async () => {
  const source = reexport("node:path", ["join", "default", "module.exports", "sep"]);
  const module = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const { default: whole, join, sep } = await import("node:path");
  assert.deepEqual({ ...module }, { default: whole, join, sep });
});

Deno.test("the head knows where the archive behind it begins", () => {
  for (const version of ["1", "1.0.0-a-rather-long-one"]) {
    const head = shellHead({ hash: "f".repeat(64), files: 3, bytes: 99 }, version, "Linux x86_64");
    assert.match(head, new RegExp(`offset=${head.length + 1} `));
    assert.match(head, new RegExp(`\\nname=${version}-${"f".repeat(16)}\\n`));
    assert.doesNotMatch(head, /@[A-Z_]+@/);
    assert.ok(head.endsWith("\n"));
  }
});

Deno.test("deno compile is told every module, those too that are only found by name", () => {
  const args = compileArgs("/tree", ["main.ts", "routes/peer/index.tsx"], "/out", "x86_64-apple-darwin");
  assert.ok(args.join(" ").includes("--include /tree/routes/peer/index.tsx"));
  assert.deepEqual(args.slice(-1), ["/tree/main.ts"]);
});

Deno.test("of what Deno says, the innermost cause is told", () => {
  const said =
    "error: Writing the file\n\nCaused by:\n    0: Setting up base binary.\n    1: error sending request\n\n" +
    "Stack backtrace:\n   0: <unknown>\n";
  assert.equal(innermost(said), "error sending request");
  assert.equal(innermost("who knows\n"), "who knows");
});
