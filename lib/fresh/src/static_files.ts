import { extname, join, sep } from "node:path";
import { BUILD_ID, CACHE_KEY, SCRIPTS_FOLDER } from "./asset.ts";
import { SNAPSHOT } from "./context.ts";
import type { Middleware } from "./route.ts";
import type { Snapshot } from "./snapshot.ts";

const CONTENT_TYPES: Record<string, string> = {
  ".css": "text/css; charset=UTF-8",
  ".html": "text/html; charset=UTF-8",
  ".ico": "image/vnd.microsoft.icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=UTF-8",
  ".json": "application/json; charset=UTF-8",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml; charset=UTF-8",
  ".webmanifest": "application/manifest+json; charset=UTF-8",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

interface StaticFile {
  readonly etag: string;
  readonly size: number;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Serves the folder of static files and the bundled scripts. */
export function staticFiles<State>(): Middleware<State> {
  return async (ctx) => {
    const { req, url, [SNAPSHOT]: snapshot } = ctx;
    const path = decodePath(url.pathname);
    const file = snapshot && path !== undefined ? await find(snapshot, path) : undefined;
    if (!file) {
      // Browsers ask for it by themselves; a whole page would be waste.
      return path === "/favicon.ico" ? new Response(null, { status: 404 }) : await ctx.next();
    }
    if (req.method !== "GET" && req.method !== "HEAD") return new Response("Method Not Allowed", { status: 405 });
    const key = url.searchParams.get(CACHE_KEY);
    if (key !== null && key !== BUILD_ID) {
      url.searchParams.delete(CACHE_KEY);
      return new Response(null, { status: 307, headers: { location: url.pathname + url.search } });
    }
    const immutable = key !== null || path!.startsWith(`${SCRIPTS_FOLDER}${BUILD_ID}/`);
    const headers = {
      "content-type": CONTENT_TYPES[extname(path!)] ?? "application/octet-stream",
      "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache",
      etag: file.etag,
    };
    const known = req.headers.get("if-none-match")?.split(/\s*,\s*/);
    if (known?.includes(file.etag)) return new Response(null, { status: 304, headers });
    const body = req.method === "HEAD" ? null : await file.read();
    return new Response(body, { headers: { ...headers, "content-length": String(body?.length ?? file.size) } });
  };
}

function decodePath(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}

async function find({ scripts, staticDir }: Snapshot, path: string): Promise<StaticFile | undefined> {
  const script = scripts.get(path);
  if (script) return { etag: `W/"${BUILD_ID}"`, size: script.length, read: () => Promise.resolve(script) };
  return /[\0\\]/.test(path) ? undefined : await fileInside(staticDir, path);
}

/** The file, unless it is none or stands outside the folder (`..`, symbolic links). */
async function fileInside(folder: string, path: string): Promise<StaticFile | undefined> {
  try {
    const [root, real] = await Promise.all([Deno.realPath(folder), Deno.realPath(join(folder, path))]);
    const { isFile, size, mtime } = await Deno.stat(real);
    if (!isFile || !real.startsWith(root + sep)) return undefined;
    const etag = `W/"${size.toString(16)}-${mtime?.getTime().toString(16) ?? BUILD_ID}"`;
    return { etag, size, read: () => Deno.readFile(real) };
  } catch {
    return undefined; // not there, too long a name, not readable: nothing to serve
  }
}
