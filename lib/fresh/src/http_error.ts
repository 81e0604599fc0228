/** Thrown to answer with an HTTP status; `_error.tsx` or `onError` finds it in `ctx.error`. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(
    readonly status: number,
    message?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
