/** How a question ended; nothing is told of those that a later one replaced. */
export type Answer<Q, A> =
  | { readonly kind: "answer"; readonly question: Q; readonly answer: A }
  | { readonly kind: "error"; readonly question: Q; readonly error: unknown };

export interface LatestOnlyOptions<Q, A> {
  ask(question: Q, signal: AbortSignal): Promise<A>;
  tell(outcome: Answer<Q, A>): void;
  /** Resolves after that time, or rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Asks the newest question only. A new one aborts the one before, and an answer that comes late all the same is
 * dropped.
 */
export class LatestOnly<Q, A> {
  readonly #options: LatestOnlyOptions<Q, A>;
  #running: AbortController | undefined;

  constructor(options: LatestOnlyOptions<Q, A>) {
    this.#options = options;
  }

  /** Asks this after `delayMs` without another one. */
  ask(question: Q, delayMs = 0): void {
    this.stop();
    const controller = this.#running = new AbortController();
    void this.#run(question, delayMs, controller);
  }

  /** Nothing more is told. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(question: Q, delayMs: number, controller: AbortController): Promise<void> {
    const { ask, tell, sleep } = this.#options;
    const outcome = await (async (): Promise<Answer<Q, A>> => {
      try {
        if (delayMs > 0) await sleep(delayMs, controller.signal);
        return { kind: "answer", question, answer: await ask(question, controller.signal) };
      } catch (error) {
        return { kind: "error", question, error };
      }
    })();
    if (this.#running !== controller) return;
    this.#running = undefined;
    tell(outcome);
  }
}

/** Resolves after `ms`; rejects at once when the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
