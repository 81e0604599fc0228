import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { ICON_NAMES } from "../components/icon_names.ts";
import { VERSION } from "../lib/core/version.ts";

interface Asset {
  readonly type: string;
  readonly text: string;
  readonly gzip: Uint8Array<ArrayBuffer>;
  readonly version: string;
}

/** What comes from packages or is put together from several files; the rest lies in static/. */
const MAKERS: Record<string, { readonly type: string; make(): Promise<string> }> = {
  "style.css": { type: "text/css; charset=utf-8", make: styleSheet },
  "icons.svg": { type: "image/svg+xml", make: iconSheet },
};

const made = new Map<string, Promise<Asset>>();

function assetNamed(name: string): Promise<Asset> | undefined {
  const maker = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (!maker) return undefined;
  const known = made.get(name);
  if (known) return known;
  const asset = maker.make().then((text) => ({
    type: maker.type,
    text,
    gzip: gzipSync(text) as Uint8Array<ArrayBuffer>,
    version: createHash("sha256").update(text).digest("hex").slice(0, 16),
  }));
  made.set(name, asset);
  return asset;
}

/** The address of the style sheet; changes with its content. */
export async function styleAddress(): Promise<string> {
  return `/assets/style.css?v=${(await assetNamed("style.css"))!.version}`;
}

/** Answers `/assets/NAME`: a year in the browser's cache under an address with a version, else asked again each time. */
export async function answerAsset(request: Request, name: string): Promise<Response> {
  const asset = await assetNamed(name);
  if (!asset) return new Response("Not found\n", { status: 404 });
  const etag = `"${asset.version}"`;
  const versioned = [asset.version, VERSION].includes(new URL(request.url).searchParams.get("v") ?? "");
  const headers = new Headers({
    "content-type": asset.type,
    "cache-control": versioned ? "public, max-age=31536000, immutable" : "no-cache",
    "vary": "accept-encoding",
    etag,
  });
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  if (!/\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")) return new Response(asset.text, { headers });
  headers.set("content-encoding", "gzip");
  return new Response(asset.gzip, { headers });
}

async function styleSheet(): Promise<string> {
  const sheets = await Promise.all([
    import("bootstrap/dist/css/bootstrap.min.css", { with: { type: "text" } }),
    import("uplot/dist/uPlot.min.css", { with: { type: "text" } }),
    import("../styles/base.css", { with: { type: "text" } }),
    import("../styles/parts.css", { with: { type: "text" } }),
    import("../styles/frame.css", { with: { type: "text" } }),
    import("../styles/dashboard.css", { with: { type: "text" } }),
    import("../styles/files.css", { with: { type: "text" } }),
    import("../styles/network.css", { with: { type: "text" } }),
    import("../styles/transfers.css", { with: { type: "text" } }),
    import("../styles/settings.css", { with: { type: "text" } }),
    import("../styles/welcome.css", { with: { type: "text" } }),
    import("../styles/doctor.css", { with: { type: "text" } }),
    import("../styles/tracker.css", { with: { type: "text" } }),
    import("../styles/tracker_class.css", { with: { type: "text" } }),
  ]);
  return sheets.map((sheet) => withAutomaticTheme(withoutComments(sheet.default))).join("\n");
}

/** Licences stay. A source map is not served, and looking for it would be an error in the browser's console. */
function withoutComments(css: string): string {
  return css.replace(/\/\*(?!!)[\s\S]*?\*\//g, "");
}

/** Bootstrap's dark theme needs an attribute; here it also follows the system, with no script and so no flash. */
export function withAutomaticTheme(css: string): string {
  const dark = css.match(/[^{}]*\[data-bs-theme=dark\][^{}]*\{[^{}]*\}/g) ?? [];
  const rules = dark.map((rule) => rule.replaceAll("[data-bs-theme=dark]", "[data-bs-theme=auto]"));
  return rules.length === 0 ? css : `${css}\n@media (prefers-color-scheme: dark) {\n${rules.join("\n")}\n}`;
}

/** Of Bootstrap Icons, only the symbols that the pages use. */
async function iconSheet(): Promise<string> {
  const { default: all } = await import("bootstrap-icons/bootstrap-icons.svg", { with: { type: "text" } });
  const symbols = new Map(
    all.match(/<symbol .*?<\/symbol>/gs)?.map((symbol) => [/ id="([^"]*)"/.exec(symbol)![1], symbol]),
  );
  const used = ICON_NAMES.map((name) => symbols.get(name) ?? missing(name));
  return `<svg xmlns="http://www.w3.org/2000/svg">${used.join("")}</svg>`;
}

function missing(name: string): never {
  throw new Error(`Bootstrap Icons has no icon ${name}.`);
}
