import { gzipSync } from "node:zlib";
import type { Middleware } from "fresh";

const COMPRESSIBLE = /^(?:text|application)\/(?:javascript|css)\b|^image\/svg\+xml\b/;
/** Smaller ones gain nothing. */
const WORTH_BYTES = 1_000;

/**
 * Scripts and styles of the build are compressed once and remembered by their address, which changes with the build;
 * there are some dozens. On the weak network of a class that is two thirds of the bytes of a page.
 */
export function compressScripts<State>(): Middleware<State> {
  const known = new Map<string, Uint8Array<ArrayBuffer>>();
  return async (ctx) => {
    const { req, url } = ctx;
    const response = await ctx.next();
    const isWanted = req.method === "GET" && response.status === 200 && url.pathname.startsWith("/_fresh/") &&
      COMPRESSIBLE.test(response.headers.get("content-type") ?? "") && !response.headers.has("content-encoding") &&
      /\bgzip\b/.test(req.headers.get("accept-encoding") ?? "");
    if (!isWanted) return response;
    let bytes = known.get(url.pathname);
    if (bytes === undefined) {
      const plain = new Uint8Array(await response.arrayBuffer());
      bytes = plain.length < WORTH_BYTES ? plain : gzipSync(plain) as Uint8Array<ArrayBuffer>;
      known.set(url.pathname, bytes);
    } else await response.body?.cancel();
    const headers = new Headers(response.headers);
    headers.set("vary", "accept-encoding");
    headers.delete("content-length");
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) headers.set("content-encoding", "gzip");
    return new Response(bytes, { headers });
  };
}
