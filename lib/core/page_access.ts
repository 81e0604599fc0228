/** Who may use the pages and the local API of this computer: a program with the token, or a page that came from here. */

/** What is known of a request before anything of it is answered. Headers as sent; null where absent. */
export interface LocalRequest {
  readonly method: string;
  /** Host of the request line when it has one (absolute form), else of the Host header. */
  readonly urlHost: string;
  readonly pathname: string;
  readonly host: string | null;
  readonly origin: string | null;
  /** `Sec-Fetch-Site`: every browser in use sends it; other programs do not. */
  readonly site: string | null;
  /** `Sec-Fetch-Mode` */
  readonly mode: string | null;
  /** `Sec-Fetch-Dest` */
  readonly dest: string | null;
  /** Whether it carries the token of DATA/api-token. */
  readonly hasToken: boolean;
  /** Whether it carries the cookie of this peer's pages. */
  readonly hasSession: boolean;
}

export interface PageDoor {
  /** The one that is listened on. */
  readonly port: number;
  /** `ui.lock`: pages open only for who has a session, which takes the one-time link. */
  readonly locked: boolean;
}

export type Access =
  /** `newSession`: the answer should carry the cookie. */
  | { readonly kind: "page"; readonly newSession: boolean }
  | { readonly kind: "api" }
  /** A one-time key is shown. */
  | { readonly kind: "enter" }
  | { readonly kind: "locked" }
  | { readonly kind: "refused"; readonly status: 401 | 403 | 421; readonly why: string };

/** Where the one-time link of a locked interface leads. */
export const ENTER_PATH = "/enter";

const READING: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/**
 * The name under which it came must be our own, or a foreign site reached us through its DNS. What another origin asks,
 * the ports of this computer included, is refused except that a link may open a page. Changes need our own Origin.
 */
export function localAccess(request: LocalRequest, { port, locked }: PageDoor): Access {
  const { method, urlHost, pathname, host, origin, site, hasToken, hasSession } = request;
  const names = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (host === null || !names.includes(host) || urlHost !== host) {
    return refused(421, `Use http://127.0.0.1:${port}.`);
  }
  const isOwn = origin === `http://${host}`;
  if (origin !== null && !isOwn) return refused(403, "Another site asks. Only Essaim's own pages may.");
  const isApi = pathname === "/api" || pathname.startsWith("/api/");
  if (hasToken && isApi) return { kind: "api" };

  const isFollowedLink = method === "GET" && request.mode === "navigate" && request.dest === "document" && !isApi;
  if (site !== null && site !== "same-origin" && site !== "none" && !isFollowedLink) {
    return refused(403, "Another site asks. Only Essaim's own pages may.");
  }
  if (!READING.has(method) && !isOwn && site !== "same-origin") {
    return refused(403, "Changes are accepted from Essaim's own pages only.");
  }
  if (isApi) {
    return hasSession
      ? { kind: "api" }
      : refused(401, "The token of DATA/api-token is needed, or a page that was opened from here.");
  }
  if (hasSession) return { kind: "page", newSession: false };
  if (pathname === ENTER_PATH) return { kind: "enter" };
  if (locked) return { kind: "locked" };
  if (!READING.has(method)) return refused(401, "Open the page again: its session is not known here.");
  return { kind: "page", newSession: true };
}

function refused(status: 401 | 403 | 421, why: string): Access {
  return { kind: "refused", status, why };
}
