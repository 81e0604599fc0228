/** A refused or failed request, as the pages say it: `code` finds the text, `detail` is English and for the curious. */
export class ClientError extends Error {
  override readonly name = "ClientError";

  /**
   * `code`: of lib/core/errors.ts, or "lost" when nothing answers. `status`: of HTTP, 0 without an answer.
   * `details`: what else the answer says, such as `key` of a wrong setting.
   */
  constructor(
    readonly code: string,
    readonly detail: string,
    readonly status = 0,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

export interface RequestOptions {
  /** Abandons the request; what is thrown is then its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Longest wait; a whole minute unless told. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
/** A problem document is a few hundred characters. */
const LONGEST_DETAIL = 2_000;

type Fetch = (input: string, init: RequestInit) => Promise<Response>;

/** The API of this page's own server. Every method throws `ClientError`, or the reason of the signal given. */
export class Api {
  constructor(readonly fetch: Fetch = (input, init) => globalThis.fetch(input, init)) {}

  get<T>(path: string, options?: RequestOptions): Promise<T> {
    return this.#send<T>("GET", path, undefined, options);
  }

  post<T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> {
    return this.#send<T>("POST", path, body, options);
  }

  patch<T>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return this.#send<T>("PATCH", path, body, options);
  }

  delete<T = void>(path: string, options?: RequestOptions): Promise<T> {
    return this.#send<T>("DELETE", path, undefined, options);
  }

  async #send<T>(method: string, path: string, body: unknown, options: RequestOptions = {}): Promise<T> {
    const { signal, timeoutMs = TIMEOUT_MS } = options;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await this.fetch(path, {
        method,
        headers: { accept: "application/json", ...body !== undefined && { "content-type": "application/json" } },
        ...body !== undefined && { body: JSON.stringify(body) },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        credentials: "same-origin",
      });
      if (!response.ok) throw await problemOf(response);
      return response.status === 204 ? undefined as T : await response.json() as T;
    } catch (error) {
      if (error instanceof ClientError) throw error;
      if (signal?.aborted) throw signal.reason;
      throw new ClientError("lost", error instanceof Error ? error.message : String(error));
    }
  }
}

/** What an answer that is no success says of itself. */
export async function problemOf(response: Response): Promise<ClientError> {
  const text = (await response.text().catch(() => "")).slice(0, LONGEST_DETAIL);
  try {
    const { code, detail, ...details } = JSON.parse(text) as Record<string, unknown>;
    if (typeof code === "string") return new ClientError(code, String(detail ?? ""), response.status, details);
  } catch {
    // Not from our server's handlers: a proxy, or the listener itself.
  }
  const code = response.status === 401 || response.status === 403 ? "unauthorized" : "internal";
  return new ClientError(code, text || response.statusText, response.status);
}

/** The one used by all islands. */
export const api: Api = new Api();
