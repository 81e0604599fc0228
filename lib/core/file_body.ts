/**
 * A body of known length read piece by piece into a buffer that the listener uses again: the shortest way from disk to
 * socket.
 */
export interface FileBody {
  readonly length: number;
  /** The most that is read at a time, now. */
  readonly pieceBytes: number;
  /**
   * Fills all of `into`, not before the rate limit lets it be sent; throws when the file is no longer what it was, or
   * when `signal` aborts because nobody wants it any more.
   */
  read(into: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Whether somebody was turned away just now, so that a client that does not read should not be waited for. */
  isWaitedFor(): boolean;
  /** Called once, when all was sent or nobody wants it any more. */
  close(): void;
}

const bodies = new WeakMap<Response, FileBody>();

/** A response whose body the listener takes by `fileBodyOf`; its web body is empty. */
export function fileResponse(body: FileBody, headers: Record<string, string>, status = 200): Response {
  const response = new Response(null, { status, headers: { ...headers, "content-length": String(body.length) } });
  bodies.set(response, body);
  return response;
}

export function fileBodyOf(response: Response): FileBody | undefined {
  return bodies.get(response);
}
