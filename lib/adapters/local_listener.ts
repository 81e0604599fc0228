import { EssaimError } from "../core/errors.ts";
import { ENTER_PATH, localAccess } from "../core/page_access.ts";
import { type PageSession, sameText } from "./page_session.ts";

export interface LocalListener extends AsyncDisposable {
  readonly port: number;
}

export interface LocalListenOptions {
  /** Tried in order; 0 stands for any free port. */
  readonly ports: Iterable<number>;
  readonly token: string;
  readonly session: PageSession;
  /** Monotonic milliseconds. */
  now(): number;
  /** Whether pages open by the one-time link only. */
  isLocked(): boolean;
  /** Gets only requests of programs with the token and of pages that came from here. */
  api(request: Request): Promise<Response>;
  /** `locked`: nothing but what says how to unlock may be shown. */
  page(request: Request, locked: boolean): Promise<Response>;
}

/** For every answer that does not say otherwise itself. */
const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Listens on 127.0.0.1 for this computer's own pages and programs. Throws `port-taken`. */
export function listenLocally(options: LocalListenOptions): LocalListener {
  const refused: number[] = [];
  for (const port of options.ports) {
    try {
      const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(
        { hostname: "127.0.0.1", port, onListen: () => {} },
        async (request) => safe(await answer(request, server.addr.port, options)),
      );
      return { port: server.addr.port, [Symbol.asyncDispose]: () => close(server) };
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      refused.push(port);
    }
  }
  throw new EssaimError(
    "port-taken",
    `Cannot show the interface: port ${
      refused.join(", ")
    } is in use. Stop what uses it, or set another with --ui-port.`,
  );
}

async function answer(request: Request, port: number, options: LocalListenOptions): Promise<Response> {
  const { token, session } = options;
  const { headers, method } = request;
  const url = URL.parse(request.url); // with a malformed Host there is not even an address
  const access = localAccess({
    method,
    urlHost: url?.host ?? "",
    pathname: url?.pathname ?? "",
    host: headers.get("host"),
    origin: headers.get("origin"),
    site: headers.get("sec-fetch-site"),
    mode: headers.get("sec-fetch-mode"),
    dest: headers.get("sec-fetch-dest"),
    hasToken: sameText(headers.get("authorization") ?? "", `Bearer ${token}`),
    hasSession: session.isIn(headers.get("cookie")),
  }, { port, locked: options.isLocked() });
  switch (access.kind) {
    case "refused":
      return refusal(access.status, access.why);
    case "api":
      return await options.api(request);
    case "locked":
      return await options.page(request, true);
    case "enter": {
      const isGood = session.takeKey(url?.searchParams.get("key") ?? "", options.now());
      if (!isGood) return await options.page(request, true);
      return new Response(null, { status: 303, headers: { location: "/", "set-cookie": session.setCookie } });
    }
    case "page": {
      if (url?.pathname === ENTER_PATH) return new Response(null, { status: 303, headers: { location: "/" } });
      const response = await options.page(request, false);
      if (!access.newSession) return response;
      const opened = new Response(response.body, response);
      opened.headers.append("set-cookie", session.setCookie);
      return opened;
    }
    default:
      return access satisfies never;
  }
}

function safe(response: Response): Response {
  const answer = new Response(response.body, response); // those of a redirect cannot be changed
  for (const [name, value] of Object.entries(SAFE_HEADERS)) {
    if (!answer.headers.has(name)) answer.headers.set(name, value);
  }
  return answer;
}

/** The token that programs show, made at the first call; only its owner can read the file. */
export async function localToken(path: string): Promise<string> {
  const known = await Deno.readTextFile(path).catch(() => "");
  if (/^[0-9a-f]{64}$/.test(known.trim())) {
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
    return known.trim();
  }
  const token = crypto.getRandomValues(new Uint8Array(32)).toHex();
  await Deno.remove(path).catch(() => {});
  await Deno.writeTextFile(path, `${token}\n`, { mode: 0o600, createNew: true });
  return token;
}

function refusal(status: number, detail: string): Response {
  return Response.json({ title: "unauthorized", status, code: "unauthorized", detail }, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

/** Event streams never end by themselves, so what is open is cut after a moment. */
async function close(server: Deno.HttpServer): Promise<void> {
  const finished = server.shutdown();
  await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, 300))]);
}
