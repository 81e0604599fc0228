import type { After } from "../../lib/client/notices.ts";

/** Timers that run when the test says so. */
export class Scheduled {
  now = 0;
  #tasks: { readonly at: number; readonly run: () => void }[] = [];

  readonly after: After = (ms, run) => {
    const task = { at: this.now + ms, run };
    this.#tasks.push(task);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task);
    };
  };

  get waiting(): number {
    return this.#tasks.length;
  }

  /** Lets so much time pass; what is due runs in its order. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = this.#tasks.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#tasks = this.#tasks.filter((task) => task !== next);
      this.now = next.at;
      next.run();
    }
    this.now = until;
  }
}
