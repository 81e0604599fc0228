import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { VERSION } from "../lib/core/version.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const PORTS = ["", "class_", "discovery_", "disk_", "store_", "swarm_"].map((about) => `lib/${about}ports.ts`);

/** Which layer may import which; a layer may always import itself. `npm`: packages; only the core's are bounded. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "lib/core": [],
  ...Object.fromEntries(PORTS.map((path) => [path, ["lib/core", ...PORTS]])),
  "lib/app": ["lib/core", ...PORTS],
  "lib/adapters": ["lib/core", ...PORTS],
  "lib/cli": ["lib/app", "lib/core", "lib/i18n"],
  "lib/fresh": [],
  "lib/i18n": ["lib/core"],
  "lib/client": ["lib/core", "lib/i18n"],
  "components": ["lib/core", "lib/i18n"],
  "islands": ["components", "lib/client", "lib/core", "lib/i18n"],
  "routes": ["lib/app", "components", "islands", "lib/core", "lib/i18n"],
};
const CORE_PACKAGES = ["zod", "yaml"];
/** Packages that a page may load. */
const BROWSER_PACKAGES = ["preact", "preact/hooks", "@preact/signals", "fresh/runtime", "uplot"];
const FORBIDDEN_IN_CORE =
  /\bDeno\.|\bfetch\(|\bsetTimeout\b|\bsetInterval\b|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bcrypto\.|\bperformance\./;

interface Source {
  readonly path: string;
  readonly text: string;
}

function* sources(folder = ROOT): Generator<Source> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory && !name.startsWith(".") && name !== "node_modules") yield* sources(path);
    else if (/\.tsx?$/.test(name)) yield { path: relative(ROOT, path), text: Deno.readTextFileSync(path) };
  }
}

function layerOf(path: string): string | undefined {
  return Object.keys(MAY_IMPORT).find((layer) => path === layer || path.startsWith(`${layer}/`));
}

/** What a file imports: paths relative to the root, or package names. */
function imports({ path, text }: Source): string[] {
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)"([^"]+)"/g);
  return [...found].map(([, target]) => target!.startsWith(".") ? join(dirname(path), target!) : target!);
}

const ALL = [...sources()];

Deno.test("each layer imports only what lies below it", () => {
  const wrong = ALL.flatMap((source) => {
    const layer = layerOf(source.path);
    if (!layer) return [];
    return imports(source).filter((target) => {
      const other = layerOf(target);
      return other !== undefined && other !== layer && !MAY_IMPORT[layer]!.includes(other);
    }).map((target) => `${source.path} imports ${target}`);
  });
  assert.deepEqual(wrong, []);
});

Deno.test("the core runs anywhere: no package but zod and yaml, no system, clock or chance", () => {
  const wrong = ALL.filter(({ path }) => layerOf(path) === "lib/core").flatMap((source) => [
    ...imports(source).filter((target) => !target.startsWith("lib/core/") && !CORE_PACKAGES.includes(target))
      .map((target) => `${source.path} imports ${target}`),
    ...source.text.split("\n").filter((line) => FORBIDDEN_IN_CORE.test(line)).map((line) => `${source.path}: ${line}`),
  ]);
  assert.deepEqual(wrong, []);
});

Deno.test("only main.ts imports tracker.ts and peer.ts, and nothing but tests imports main.ts", () => {
  const roots = ["main.ts", "tracker.ts", "peer.ts"];
  const wrong = ALL.filter(({ path }) => path !== "main.ts" && !path.startsWith("tests/")).flatMap((source) =>
    imports(source).filter((target) => roots.includes(target)).map((target) => `${source.path} imports ${target}`)
  );
  assert.deepEqual(wrong, []);
});

/** What remains of the imports of a file once types are gone. */
function runtimeImports({ path, text }: Source): string[] {
  const withoutTypes = text.replace(/\b(?:import|export) type [^;]*;/g, "").replace(/\btype \w+,?\s*/g, "");
  const found = withoutTypes.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)"([^"]+)"/g);
  return [...found].map(([, target]) => target!.startsWith(".") ? join(dirname(path), target!) : target!);
}

Deno.test("what a page loads contains no validation, no parser and nothing of Deno or Node", () => {
  const byPath = new Map(ALL.map((source) => [source.path, source]));
  const reached = new Map(ALL.filter(({ path }) => path.startsWith("islands/")).map(({ path }) => [path, path]));
  const wrong: string[] = [];
  for (const [path, way] of reached) { // grows while it is walked
    for (const target of runtimeImports(byPath.get(path)!)) {
      if (byPath.has(target)) { if (!reached.has(target)) reached.set(target, `${way} → ${target}`); }
      else if (!BROWSER_PACKAGES.includes(target)) wrong.push(`${way} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("the version is that of deno.json", () => {
  assert.equal(JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json"))).version, VERSION);
});

Deno.test("every file is found by this check", () => {
  const paths = ALL.map(({ path }) => path);
  for (const path of ["main.ts", "lib/core/ids.ts", "lib/ports.ts", "routes/http.ts"]) assert.ok(paths.includes(path));
});
