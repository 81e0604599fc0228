import { timingSafeEqual } from "node:crypto";
import { EssaimError } from "../core/errors.ts";

export interface LocalListener extends AsyncDisposable {
  readonly port: number;
}

export interface LocalListenOptions {
  /** Tried in order; 0 stands for any free port. */
  readonly ports: Iterable<number>;
  readonly token: string;
  /** Gets only requests of this computer that carry the token. */
  handler(request: Request): Promise<Response>;
  /** Shown at the root address. */
  welcome(): string;
}

/** Listens on 127.0.0.1 for this computer's own programs. Throws `port-taken`. */
export function listenLocally({ ports, token, handler, welcome }: LocalListenOptions): LocalListener {
  const refused: number[] = [];
  for (const port of ports) {
    try {
      const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, (request) => {
        // First, since with a malformed Host there is not even an address to parse.
        if (!isOwnHost(request.headers.get("host"), server.addr.port)) return refusal(421, "Use http://127.0.0.1.");
        if (new URL(request.url).pathname === "/") return new Response(`${welcome()}\n`);
        if (!hasToken(request, token)) return refusal(401, "The token of DATA/api-token is needed.");
        return handler(request);
      });
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

/** Another name would mean that a page of a foreign site reached us by DNS. */
function isOwnHost(host: string | null, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

function hasToken(request: Request, token: string): boolean {
  const shown = new TextEncoder().encode(request.headers.get("authorization") ?? "");
  const expected = new TextEncoder().encode(`Bearer ${token}`);
  return shown.length === expected.length && timingSafeEqual(shown, expected);
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
