import type { z } from "zod";
import { asEssaimError, EssaimError } from "../lib/core/errors.ts";
import type { Caller } from "../lib/core/permission.ts";

export type Params = Readonly<Record<string, string>>;

/** One endpoint. In `path`, `:name` stands for one segment and `:name(regexp)` for one that fits. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  handle(request: Request, caller: Caller, params: Params): Response | Promise<Response>;
}

export type Api = (request: Request, caller: Caller) => Promise<Response>;

/** The first route whose method and path fit; errors become problem documents, everything else is 404. */
export function api(routes: readonly Route[], onError: (error: EssaimError, request: Request) => void = () => {}): Api {
  const table = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  return async (request, caller) => {
    try {
      const method = request.method === "HEAD" ? "GET" : request.method;
      const { pathname } = new URL(request.url);
      for (const { route, pattern } of table) {
        const match = route.method === method ? pattern.exec(pathname) : null;
        if (match) return await route.handle(request, caller, match.groups ?? {});
      }
      return problem(nothingHere());
    } catch (caught) {
      const error = asEssaimError(caught);
      onError(error, request);
      return problem(error);
    }
  };
}

/** In the same words for what is not there and for what is not the caller's to know. */
export function nothingHere(): EssaimError {
  return new EssaimError("not-found", "There is nothing at this address.");
}

/** A regular expression instead of a URLPattern, which takes longer than serving a chunk from memory. */
function patternOf(path: string): RegExp {
  const source = path.split("/").map((segment) => {
    const [, name, expression = "[^/]+"] = /^:(\w+)(?:\((.+)\))?$/.exec(segment) ?? [];
    return name === undefined ? RegExp.escape(segment) : `(?<${name}>${expression})`;
  });
  return new RegExp(`^${source.join("/")}$`);
}

/** `application/problem+json` (RFC 9457) with the stable code; an unforeseen error tells nothing about itself. */
export function problem(error: EssaimError): Response {
  const retry = error.retryAfterMs;
  const headers = retry === undefined
    ? undefined
    : { "retry-after": String(Math.ceil(retry / 1000)), "essaim-retry-ms": String(retry) };
  const detail = error.code === "internal" ? "Something went wrong here; the log says what." : error.message;
  const { code, status, details } = error;
  return Response.json({ ...details, type: "about:blank", title: code, status, code, detail }, {
    status: error.status,
    headers: { ...headers, "content-type": "application/problem+json" },
  });
}

/** Headers under which a browser saves whatever it is, and never shows or runs it (RFC 6266, RFC 8187). */
export function attachment(name: string): Record<string, string> {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, escape);
  return {
    "content-type": "application/octet-stream",
    "x-content-type-options": "nosniff",
    "content-disposition": `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
  };
}

function escape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** The whole body; throws `too-large` past `maxBytes` without keeping the rest. */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new EssaimError("too-large", `The request is longer than ${maxBytes} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > maxBytes) throw tooLarge();
    parts.push(part);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    body.set(part, offset);
    offset += part.length;
  }
  return body;
}

/** The body as JSON that fits the schema; throws `bad-input` with the first thing that is wrong. */
export async function readJson<T>(request: Request, schema: z.ZodType<T>, maxBytes: number): Promise<T> {
  const body = await readBody(request, maxBytes);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new EssaimError("bad-input", "The request is not JSON.", { cause });
  }
  return parseInput(schema, value);
}

/** The parameters of the address; throws `bad-input`. */
export function query<T>(request: Request, schema: z.ZodType<T>): T {
  return parseInput(schema, Object.fromEntries(new URL(request.url).searchParams));
}

export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join(".") || "the request";
  throw new EssaimError("bad-input", `Wrong value for ${where}: ${issue?.message ?? "not understood"}.`);
}
