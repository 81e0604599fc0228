/** Every code an error may carry, with the HTTP status it becomes (RFC 9457) and whether trying again can help. */
export const ERROR_CODES = {
  "access-ended": 404,
  "already-running": 409,
  "bad-config": 400,
  "bad-content": 502,
  "bad-input": 400,
  "bad-name": 400,
  "bad-record": 400,
  "busy": 503,
  "cancelled": 409,
  "changed": 404,
  "conflict": 409,
  "database-damaged": 500,
  "disk-full": 507,
  "internal": 500,
  "limited": 429,
  "name-taken": 409,
  "no-desktop": 409,
  "no-source": 503,
  "not-found": 404,
  "not-joined": 409,
  "not-running": 503,
  "port-taken": 409,
  "removed": 403,
  "too-large": 413,
  "unauthorized": 401,
  "unreachable": 502,
  "unreadable": 500,
  "unwritable": 500,
  "wrong-code": 403,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_CODES;

interface ErrorOptions {
  readonly cause?: unknown;
  readonly retryAfterMs?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * An error meant for a person: what was attempted, what stopped it, what to do. `code` is stable and is what programs
 * test; the message may change.
 */
export class EssaimError extends Error {
  override readonly name = "EssaimError";

  /** For `busy`: when to ask again. */
  readonly retryAfterMs: number | undefined;

  /** What else a program may want to know; told to whoever asked over HTTP, so never a secret. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(readonly code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
  }

  get status(): number {
    return ERROR_CODES[this.code];
  }
}

/** The error as an EssaimError; anything unforeseen becomes `internal` and keeps its cause. */
export function asEssaimError(error: unknown): EssaimError {
  if (error instanceof EssaimError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new EssaimError("internal", message, { cause: error });
}
