/** True in the browser, false on the server. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

/** Where the bundled scripts are served. */
export const SCRIPTS_FOLDER = "/_fresh/js/";

/** The query parameter that lets a browser keep a static file for a year. */
export const CACHE_KEY = "__frsh_c";

/** Names one life of the server: random there, in the browser read from the address of this script. */
export const BUILD_ID: string = IS_BROWSER
  ? import.meta.url.split(SCRIPTS_FOLDER)[1]?.split("/")[0] ?? ""
  : crypto.randomUUID().replaceAll("-", "");

/** The address under which a static file, `path` from the root of the site, may be cached for a year. */
export function asset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  const url = new URL(path, "http://fresh.invalid");
  if (!url.searchParams.has(CACHE_KEY)) url.searchParams.set(CACHE_KEY, BUILD_ID);
  return url.pathname + url.search + url.hash;
}
