import assert from "node:assert/strict";
import { GENERATED } from "../scripts/docs/generated.ts";
import { anchor } from "../scripts/docs/markdown.ts";

const ROOT = new URL("../", import.meta.url);

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
  try {
    if (link.hash === "") return Deno.statSync(file) !== undefined;
    const headings = Deno.readTextFileSync(file).matchAll(/^#+ (.+)$/gm);
    return [...headings].some(([, heading]) => `#${anchor(heading!)}` === decodeURIComponent(link.hash));
  } catch {
    return false;
  }
}
