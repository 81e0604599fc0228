import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ShareId } from "../core/ids.ts";
import type { ShareCounts, SharePage, SharePageQuery, ShareRow } from "../core/local_messages.ts";
import { api } from "./api.ts";
import { sleep } from "./latest_only.ts";
import { PagedRows } from "./paged_rows.ts";
import { SeenCounts, type ShareCount } from "./share_counts.ts";
import type { Rows } from "./virtual.ts";

export type ListQuery = Pick<SharePageQuery, "q" | "sort" | "order">;

const PAGES_KEPT = 20;
const COUNTS_AFTER_MS = 200;

/** What the list of own shares shows, as signals. */
export class FilesList {
  readonly query: Signal<ListQuery>;
  /** Those in sight and a few more. */
  readonly rows: Signal<Rows>;
  /** By share, so that they stay chosen when the list moves. */
  readonly selected: Signal<ReadonlyMap<ShareId, ShareRow>> = signal(new Map());
  readonly #active = signal(0);
  #activeId: ShareId | undefined;
  readonly error: Signal<unknown> = signal(undefined);
  /** Being deleted. */
  readonly leaving: Signal<ReadonlySet<ShareId>> = signal(new Set());
  readonly #paged: PagedRows<ShareRow>;
  readonly #counts: SeenCounts;
  readonly #version = signal(0);
  #soon: AbortController | undefined;

  /** `pageSize`: rows fetched at a time, and those of `first`. */
  constructor(first: SharePage, query: ListQuery, readonly pageSize: number) {
    this.query = signal(query);
    this.rows = signal({ first: first.offset, end: first.offset + first.shares.length });
    const changed = () => {
      this.#follow();
      this.#version.value = this.#version.peek() + 1;
    };
    this.#paged = new PagedRows<ShareRow>(
      {
        pageSize,
        keep: PAGES_KEPT,
        fetch: (page, abort) => this.#fetch(page, abort),
        onChange: changed,
        onError: (error) => this.error.value = error,
      },
      { total: first.total, rows: first.shares },
      Math.floor(first.offset / pageSize),
    );
    this.#counts = new SeenCounts({
      ask: (shareIds) => api.post<ShareCounts>("/api/shares/counts", { shareIds }),
      now: () => performance.now(),
      onChange: changed,
    });
  }

  readonly total = computed(() => {
    this.#version.value;
    return this.#paged.total;
  });

  /** On which the keyboard stands. */
  get active(): ReadonlySignal<number> {
    return this.#active;
  }

  activate(index: number): void {
    this.#active.value = index;
    this.#activeId = this.#paged.at(index)?.shareId;
  }

  /** The keyboard stays on the same share when the list moves. */
  #follow(): void {
    const id = this.#activeId;
    if (id === undefined || this.#paged.at(this.#active.peek())?.shareId === id) return;
    this.#active.value = this.#paged.indexOf(({ shareId }) => shareId === id) ?? this.#active.peek();
  }

  /** Undefined while it is on its way. Reading it in a component draws it again when it is there. */
  at(index: number): ShareRow | undefined {
    this.#version.value;
    return this.#paged.at(index);
  }

  /** Null where the tracker does not say, undefined where it was not asked yet. */
  count(id: ShareId): ShareCount | null | undefined {
    this.#version.value;
    return this.#counts.of(id);
  }

  /** These rows are in sight now. */
  see(rows: Rows): void {
    const { first, end } = this.rows.peek();
    if (rows.first !== first || rows.end !== end) this.rows.value = rows;
    this.#paged.see(rows);
    void this.#countSoon();
  }

  /** What is in sight is asked for again: rows when they changed, counts when they are no longer fresh. */
  refresh(): void {
    this.error.value = undefined;
    this.#paged.refresh();
    const { first, end } = this.rows.peek();
    // Of an empty list no row is in sight, and there may be one now.
    this.see({ first, end: Math.max(end, first + 1) });
  }

  async show(query: ListQuery): Promise<void> {
    this.query.value = query;
    this.error.value = undefined;
    this.#active.value = 0;
    this.#activeId = undefined;
    await this.#paged.replace();
  }

  toggle(row: ShareRow): void {
    const selected = new Map(this.selected.peek());
    if (!selected.delete(row.shareId)) selected.set(row.shareId, row);
    this.selected.value = selected;
  }

  /** Adds the rows from one to the other, as far as they are known. */
  selectBetween(from: number, to: number): void {
    const selected = new Map(this.selected.peek());
    for (let index = Math.min(from, to); index <= Math.max(from, to); index++) {
      const row = this.#paged.at(index);
      if (row) selected.set(row.shareId, row);
    }
    this.selected.value = selected;
  }

  clearSelection(): void {
    this.selected.value = new Map();
  }

  /** Asks for the counts of what is in sight that are no longer fresh. */
  countNow(): void {
    const { first, end } = this.rows.peek();
    const ids: ShareId[] = [];
    for (let index = first; index < end; index++) {
      const row = this.#paged.at(index);
      if (row) ids.push(row.shareId);
    }
    void this.#counts.see(ids);
  }

  /** While one scrolls nothing is asked. */
  async #countSoon(): Promise<void> {
    this.#soon?.abort();
    const soon = this.#soon = new AbortController();
    await sleep(COUNTS_AFTER_MS, soon.signal).then(() => this.countNow(), () => {});
  }

  async #fetch(page: number, abort: AbortSignal) {
    const query = { ...this.query.peek(), offset: page * this.pageSize, limit: this.pageSize };
    const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const { total, shares } = await api.get<SharePage>(`/api/shares/page?${parameters}`, { signal: abort });
    return { total, rows: shares };
  }
}
