import type { Middleware } from "./route.ts";

export interface CSPOptions {
  /** Only report, do not block. */
  reportOnly?: boolean;
  /** Address that gets the reports. */
  reportTo?: string;
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
export function csp<State>(
  { reportOnly, reportTo, csp = [], useNonce }: CSPOptions = {},
): Middleware<State> {
  const byName = new Map(
    [...DEFAULTS, ...csp].map((
      directive,
    ) => [directive.split(" ", 1)[0]!, directive]),
  );
  const reports = reportTo ? ["report-to csp-endpoint", `report-uri ${reportTo}`] : [];
  const directives = [...byName.values(), ...reports];
  const header = reportOnly ? "content-security-policy-report-only" : "content-security-policy";
  return async (ctx) => {
    const response = await ctx.next();
    const nonce = useNonce ? (response as { [NONCE]?: string })[NONCE] : undefined;
    const policy = directives.map((directive) =>
      nonce && MAY_HAVE_NONCE.test(directive) ? directive.replace("'unsafe-inline'", `'nonce-${nonce}'`) : directive
    );
    response.headers.set(header, policy.join("; "));
    if (reportTo) {
      response.headers.set("reporting-endpoints", `csp-endpoint="${reportTo}"`);
    }
    return response;
  };
}
