import type { Middleware } from "./route.ts";

export interface CSPOptions {
  /** Directives that add to the default ones or replace those of the same name. */
  csp?: string[];
  /** Pages carry a nonce instead of 'unsafe-inline'. Other responses have no nonce and keep 'unsafe-inline'. */
  useNonce?: boolean;
}

/** Where a rendered response keeps its nonce: no header, so that it cannot leak. */
export const NONCE = Symbol.for("__freshNonce");

const DEFAULTS = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];
const MAY_HAVE_NONCE = /^(?:default|script|style)-src(?:-elem)? |^style-src-attr /;

/** Sets `Content-Security-Policy`. */
export function csp<State>({ csp = [], useNonce }: CSPOptions = {}): Middleware<State> {
  const byName = new Map([...DEFAULTS, ...csp].map((directive) => [directive.split(" ", 1)[0], directive]));
  return async (ctx) => {
    const response = await ctx.next();
    const nonce = useNonce ? (response as { [NONCE]?: string })[NONCE] : undefined;
    const policy = [...byName.values()].map((directive) =>
      nonce && MAY_HAVE_NONCE.test(directive) ? directive.replace("'unsafe-inline'", `'nonce-${nonce}'`) : directive
    );
    response.headers.set("content-security-policy", policy.join("; "));
    return response;
  };
}
