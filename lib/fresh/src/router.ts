import type { Method } from "./route.ts";

interface Entry<T> {
  readonly route: string;
  readonly pattern: URLPattern | undefined;
  readonly byMethod: Map<Method | "ALL", T>;
}

export type Match<T> =
  | {
    readonly kind: "found";
    readonly found: T;
    readonly route: string;
    readonly params: Record<string, string>;
  }
  | {
    readonly kind: "wrong-method";
    readonly route: string;
    readonly allowed: readonly string[];
  }
  | { readonly kind: "not-found" };

const IS_PATTERN = /[*:{}+?()]/;

/** Fixed paths first, then patterns in the order in which they were added; the first that fits decides. */
export class Router<T> {
  readonly #fixed = new Map<string, Entry<T>>();
  readonly #patterns = new Map<string, Entry<T>>();

  /** `path` in the syntax of `URLPattern`. The first route of a path and method counts. */
  add(method: Method | "ALL", path: string, target: T): void {
    const isPattern = IS_PATTERN.test(path);
    const entries = isPattern ? this.#patterns : this.#fixed;
    const entry = entries.get(path) ??
      {
        route: path,
        pattern: isPattern ? new URLPattern({ pathname: path }) : undefined,
        byMethod: new Map(),
      };
    entries.set(path, entry);
    if (!entry.byMethod.has(method)) entry.byMethod.set(method, target);
  }

  match(method: string, pathname: string): Match<T> {
    const fixed = this.#fixed.get(pathname);
    if (fixed) return ofMethod(fixed, method, {});
    for (const entry of this.#patterns.values()) {
      const match = entry.pattern!.exec({ pathname });
      if (match) return ofMethod(entry, method, decoded(match.pathname.groups));
    }
    return { kind: "not-found" };
  }
}

function ofMethod<T>(
  { route, byMethod }: Entry<T>,
  method: string,
  params: Record<string, string>,
): Match<T> {
  const found = byMethod.get(method as Method) ??
    (method === "HEAD" ? byMethod.get("GET") : undefined) ??
    byMethod.get("ALL");
  if (found !== undefined) return { kind: "found", found, route, params };
  return { kind: "wrong-method", route, allowed: [...byMethod.keys()] };
}

/** `%2F` stays as it is, so that a parameter never gains a slash; what is no valid escape stays too. */
function decoded(
  groups: Record<string, string | undefined>,
): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value = ""] of Object.entries(groups)) {
    try {
      params[name] = decodeURI(value);
    } catch {
      params[name] = value;
    }
  }
  return params;
}
