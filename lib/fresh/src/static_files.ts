import { extname, join, sep } from "node:path";
import { BUILD_ID, CACHE_KEY, SCRIPTS_FOLDER } from "./asset.ts";
import { type Context, SNAPSHOT } from "./context.ts";
import type { Middleware } from "./route.ts";
import type { Snapshot } from "./snapshot.ts";

const CONTENT_TYPES: Record<string, string> = {
  ".avif": "image/avif",
  ".css": "text/css; charset=UTF-8",
  ".gif": "image/gif",
  ".html": "text/html; charset=UTF-8",
  ".ico": "image/vnd.microsoft.icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=UTF-8",
  ".json": "application/json; charset=UTF-8",
  ".map": "application/json; charset=UTF-8",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml; charset=UTF-8",
  ".ttf": "font/ttf",
  ".webmanifest": "application/manifest+json; charset=UTF-8",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

interface StaticFile extends Disposable {
  readonly size: number;
  readonly etag: string;
  body(): BodyInit;
}

/** Serves the folder of static files and the bundled scripts. */
export function staticFiles<State>(): Middleware<State> {
  return async (ctx) => {
    const snapshot = ctx[SNAPSHOT];
    const path = decodedPath(ctx.url);
    if (!snapshot || path === undefined || path === "/") {
      return await ctx.next();
    }
    using file = await find(snapshot, path);
    if (file) return respond(ctx, path, file);
    // Browsers ask for it by themselves; a whole page would be waste.
    return path === "/favicon.ico" ? new Response(null, { status: 404 }) : await ctx.next();
  };
}

function respond<State>(
  { req, url }: Context<State>,
  path: string,
  file: StaticFile,
): Response {
  if (req.method !== "GET" && req.method !== "HEAD") {
    return new Response("Method Not Allowed", { status: 405 });
  }
  const key = url.searchParams.get(CACHE_KEY);
  if (key !== null && key !== BUILD_ID) {
    url.searchParams.delete(CACHE_KEY);
    return new Response(null, {
      status: 307,
      headers: { location: url.pathname + url.search },
    });
  }
  const immutable = key !== null ||
    path.startsWith(`${SCRIPTS_FOLDER}${BUILD_ID}/`);
  const headers = {
    "content-type": CONTENT_TYPES[extname(path)] ?? "text/plain; charset=UTF-8",
    "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache",
    etag: file.etag,
  };
  const known = req.headers.get("if-none-match")?.split(/\s*,\s*/);
  if (known?.includes(file.etag)) {
    return new Response(null, { status: 304, headers });
  }
  const body = req.method === "HEAD" ? null : file.body();
  return new Response(body, {
    headers: { ...headers, "content-length": String(file.size) },
  });
}

function decodedPath({ pathname }: URL): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}

async function find(
  { scripts, staticDir }: Snapshot,
  path: string,
): Promise<StaticFile | undefined> {
  const script = scripts.get(path);
  if (script) {
    return {
      size: script.length,
      etag: `W/"${BUILD_ID}"`,
      body: () => script,
      [Symbol.dispose]() {},
    };
  }
  return path.includes("\0") || path.includes("\\") ? undefined : await openInside(staticDir, path);
}

/** The open file, unless it is none, or stands outside the folder (`..`, symbolic links). */
async function openInside(
  folder: string,
  path: string,
): Promise<StaticFile | undefined> {
  try {
    const [root, real] = await Promise.all([
      Deno.realPath(folder),
      Deno.realPath(join(folder, path)),
    ]);
    if (!real.startsWith(root + sep)) return undefined;
    const file = await Deno.open(real);
    const { isFile, size, mtime } = await file.stat();
    let taken = false;
    const close = () => taken || file.close();
    if (!isFile) return close(), undefined;
    return {
      size,
      etag: `W/"${size.toString(16)}-${mtime?.getTime().toString(16) ?? BUILD_ID}"`,
      body: () => (taken = true, file.readable),
      [Symbol.dispose]: close,
    };
  } catch (error) {
    const absent = [
      Deno.errors.NotFound,
      Deno.errors.NotADirectory,
      Deno.errors.IsADirectory,
    ];
    if (absent.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}
