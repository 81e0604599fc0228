import type { Method } from "./route.ts";

interface Entry<T> {
  readonly route: string;
  readonly byMethod: Map<Method | "ALL", T>;
}

export type Match<T> =
  | { readonly kind: "found"; readonly found: T; readonly route: string; readonly params: Record<string, string> }
  | { readonly kind: "wrong-method"; readonly route: string; readonly allowed: readonly string[] }
  | { readonly kind: "not-found" };

const IS_PATTERN = /[*:{}+?()]/;

/** Fixed paths first, then patterns in the order in which they were added; the first that fits decides. */
export class Router<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #patterns = new Map<URLPattern, Entry<T>>();

  /** `path` in the syntax of `URLPattern`. The first route of a path and method counts. */
  add(method: Method | "ALL", path: string, target: T): void {
    const entry: Entry<T> = this.#entries.get(path) ?? { route: path, byMethod: new Map() };
    if (!this.#entries.has(path) && IS_PATTERN.test(path)) {
      this.#patterns.set(new URLPattern({ pathname: path }), entry);
    }
    this.#entries.set(path, entry);
    if (!entry.byMethod.has(method)) entry.byMethod.set(method, target);
  }

  match(method: string, pathname: string): Match<T> {
    const fixed = IS_PATTERN.test(pathname) ? undefined : this.#entries.get(pathname);
    if (fixed) return ofMethod(fixed, method, {});
    for (const [pattern, entry] of this.#patterns) {
      const match = pattern.exec({ pathname });
      if (match) return ofMethod(entry, method, decoded(match.pathname.groups));
    }
    return { kind: "not-found" };
  }
}

function ofMethod<T>({ route, byMethod }: Entry<T>, method: string, params: Record<string, string>): Match<T> {
  const methods = method === "HEAD" ? ["HEAD", "GET", "ALL"] as const : [method as Method, "ALL"] as const;
  const known = methods.find((each) => byMethod.has(each));
  if (known === undefined) return { kind: "wrong-method", route, allowed: [...byMethod.keys()] };
  return { kind: "found", found: byMethod.get(known)!, route, params };
}

/** `%2F` stays as it is, so that a parameter never gains a slash; what is no valid escape stays too. */
function decoded(groups: Record<string, string | undefined>): Record<string, string> {
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
