import assert from "node:assert/strict";
import { GENERATED } from "../scripts/docs/generated.ts";
import { anchor } from "../scripts/docs/markdown.ts";

const ROOT = new URL("../", import.meta.url);
const MAX_PICTURE_BYTES = 80_000;

for (const [path, make] of Object.entries(GENERATED)) {
  Deno.test(`${path} is what the program makes`, async () => {
    const isThere = await Deno.readTextFile(new URL(path, ROOT));
    assert.ok(isThere === await make(isThere), `${path} is out of date. Write it anew with: deno task docs`);
  });
}

Deno.test("every link and picture of the documents leads somewhere", () => {
  const lost = documents().flatMap((path) => {
    const here = new URL(path, ROOT);
    return linksIn(Deno.readTextFileSync(here))
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !leadsSomewhere(new URL(link, here)))
      .map((link) => `${path}: ${link}`);
  });
  assert.deepEqual(lost, []);
});

Deno.test("each picture is light, and shown by a document", () => {
  const texts = documents().map((path) => Deno.readTextFileSync(new URL(path, ROOT))).join();
  const wrong = [...Deno.readDirSync(new URL("docs/screens/", ROOT))].filter(({ name }) =>
    !texts.includes(`screens/${name}`) || Deno.statSync(new URL(`docs/screens/${name}`, ROOT)).size > MAX_PICTURE_BYTES
  );
  assert.deepEqual(wrong.map(({ name }) => name), []);
});

Deno.test("every file that the documents name is there", () => {
  const names = new Set([...files("./")].map((path) => path.slice(path.lastIndexOf("/") + 1)));
  const lost = documents().filter((path) => !path.endsWith("decisions.md")).flatMap((path) => {
    const named = Deno.readTextFileSync(new URL(path, ROOT)).matchAll(/`([\w./()-]+\.(?:tsx?|py|sh))`/g);
    return [...named].filter(([, file]) => !names.has(file!.slice(file!.lastIndexOf("/") + 1)) || !isWhereItSays(file!))
      .map(([, file]) => `${path}: ${file}`);
  });
  assert.deepEqual(lost, []);
});

/** A path with folders is relative to the root; a name alone stands for the folder named before it. */
function isWhereItSays(path: string): boolean {
  return !path.includes("/") || exists(new URL(path, ROOT));
}

function* files(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (!isDirectory) yield `${folder}${name}`;
    else if (!name.startsWith(".") && name !== "data") yield* files(`${folder}${name}/`);
  }
}

function exists(file: URL): boolean {
  try {
    return Deno.statSync(file) !== undefined;
  } catch {
    return false;
  }
}

function documents(): string[] {
  const within = (folder: string) => [...Deno.readDirSync(new URL(folder, ROOT))].map(({ name }) => `${folder}${name}`);
  return [...within("./"), ...within("docs/")].filter((path) => path.endsWith(".md"));
}

function linksIn(markdown: string): string[] {
  const text = markdown.replace(/^```.*?^```/gms, "").replace(/`[^`\n]*`/g, "");
  return [...text.matchAll(/\]\(([^()\s]+)\)/g), ...text.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, link]) =>
    link!
  );
}

function leadsSomewhere(link: URL): boolean {
  const file = new URL(link);
  file.hash = "";
  if (link.hash === "" || !exists(file)) return exists(file);
  const headings = Deno.readTextFileSync(file).matchAll(/^#+ (.+)$/gm);
  return [...headings].some(([, heading]) => `#${anchor(heading!)}` === decodeURIComponent(link.hash));
}
