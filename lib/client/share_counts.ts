import type { ShareId } from "../core/ids.ts";
import type { ShareCounts } from "../core/local_messages.ts";

export type ShareCount = ShareCounts[ShareId];

export interface ShareCountOptions {
  ask(shareIds: readonly ShareId[]): Promise<ShareCounts>;
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  onChange(): void;
}

/** Older ones are asked for again. */
const FRESH_MS = 9_000;
const MOST_AT_ONCE = 500;
const MOST_KEPT = 2_000;

/** How many copies there are of the shares in sight. */
export class SeenCounts {
  readonly #known = new Map<ShareId, { readonly count: ShareCount | null; readonly at: number }>();
  #isAsking = false;
  /** In sight since a question went out. */
  #next: readonly ShareId[] | undefined;

  constructor(readonly options: ShareCountOptions) {}

  /** Null where the tracker was asked and does not say, undefined where it was not asked yet. */
  of(id: ShareId): ShareCount | null | undefined {
    return this.#known.get(id)?.count;
  }

  /** Asks for those that are not known or not fresh, one question at a time; without an answer nothing is known. */
  async see(ids: readonly ShareId[]): Promise<void> {
    const { ask, now, onChange } = this.options;
    if (this.#isAsking) {
      this.#next = ids;
      return;
    }
    const fresh = now() - FRESH_MS;
    const wanted = ids.filter((id) => (this.#known.get(id)?.at ?? -Infinity) <= fresh).slice(0, MOST_AT_ONCE);
    if (wanted.length === 0) return;
    this.#isAsking = true;
    const counts = await ask(wanted).catch(() => ({}) as ShareCounts);
    this.#isAsking = false;
    for (const id of wanted) {
      this.#known.delete(id);
      this.#known.set(id, { count: counts[id] ?? null, at: now() });
    }
    for (const id of this.#known.keys()) {
      if (this.#known.size <= MOST_KEPT) break;
      this.#known.delete(id);
    }
    onChange();
    const next = this.#next;
    this.#next = undefined;
    if (next) await this.see(next);
  }
}
