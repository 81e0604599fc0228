import { type Signal, signal } from "@preact/signals";
import { ClientError } from "./api.ts";

/** A message at the edge of the page. */
export interface Notice {
  readonly id: number;
  readonly kind: "info" | "done" | "error";
  readonly text: string;
  /** English, for the curious. */
  readonly detail?: string;
  readonly action?: { readonly label: string; run(): void | Promise<void> };
  /** Leaves by itself after this time; without one it stays until it is closed. */
  readonly forMs?: number;
}

export const UNDO_MS = 10_000;
/** Long enough to read two lines twice. */
const READ_MS = 7_000;
const MOST = 5;

/** Runs something after a time; returns how to stop that. */
export type After = (ms: number, run: () => void) => () => void;

const browserAfter: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** What is told to the person: errors and questions stay, the rest leaves by itself unless it is being read. */
export class Notices {
  readonly list: Signal<readonly Notice[]> = signal([]);
  #lastId = 0;
  readonly #stops = new Map<number, () => void>();

  constructor(readonly after: After = browserAfter) {}

  info(text: string): number {
    return this.add({ kind: "info", text, forMs: READ_MS });
  }

  done(text: string): number {
    return this.add({ kind: "done", text, forMs: READ_MS });
  }

  /** `text` by its code from `lib/i18n/errors.ts`; the same error is shown once. */
  failed(error: unknown, texts: Readonly<Record<string, string>>, action?: Notice["action"]): number {
    const code = error instanceof ClientError ? error.code : "internal";
    const said = error instanceof ClientError ? error.detail : String(error);
    return this.add({
      kind: "error",
      text: texts[code] ?? texts.internal ?? "",
      detail: `${code}: ${said}`,
      ...action && { action },
    });
  }

  /** For 10 s; `run` takes back what was done. */
  undoable(text: string, label: string, run: () => void | Promise<void>): number {
    return this.add({ kind: "done", text, action: { label, run }, forMs: UNDO_MS });
  }

  add(notice: Omit<Notice, "id">): number {
    const same = this.list.value.find(({ kind, text, action }) =>
      kind === notice.kind && text === notice.text && !action && !notice.action
    );
    if (same) this.close(same.id);
    const id = ++this.#lastId;
    this.list.value = [...this.list.value, { ...notice, id }];
    this.release(id);
    while (this.list.value.length > MOST) this.close(this.#leastNeeded().id);
    return id;
  }

  close(id: number): void {
    this.hold(id);
    this.list.value = this.list.value.filter((notice) => notice.id !== id);
  }

  /** The pointer or the focus is on it: it stays. */
  hold(id: number): void {
    this.#stops.get(id)?.();
    this.#stops.delete(id);
  }

  /** Its time begins, again. */
  release(id: number): void {
    this.hold(id);
    const forMs = this.list.value.find((notice) => notice.id === id)?.forMs;
    if (forMs !== undefined) this.#stops.set(id, this.after(forMs, () => this.close(id)));
  }

  /** Closes it, then does what it offers. */
  async act(id: number): Promise<void> {
    const notice = this.list.value.find((notice) => notice.id === id);
    this.close(id);
    await notice?.action?.run();
  }

  /** The oldest that would have left by itself, else the oldest. */
  #leastNeeded(): Notice {
    const list = this.list.value;
    return list.find(({ forMs, action }) => forMs !== undefined && !action) ?? list[0]!;
  }
}

/** The one of this page. */
export const notices: Notices = new Notices();
