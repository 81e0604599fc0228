import { HttpError } from "./http_error.ts";
import type { Middleware } from "./route.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Refuses with 403 what another site made a browser send: by `Sec-Fetch-Site`, else by `Origin`. */
export function csrf<State>(): Middleware<State> {
  return ({ req, url, next }) => {
    const [site, origin] = ["sec-fetch-site", "origin"].map((name) => req.headers.get(name));
    const fromHere = site === "same-origin" || site === "none" || origin === url.origin || (!site && !origin);
    if (SAFE.has(req.method) || fromHere) return next();
    throw new HttpError(403);
  };
}
