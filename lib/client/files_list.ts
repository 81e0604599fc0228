import { computed, type Signal, signal } from "@preact/signals";
import type { ShareId } from "../core/ids.ts";
import type { ShareCounts, SharePage, SharePageQuery, ShareRow } from "../core/local_messages.ts";
import { api } from "./api.ts";
import { sleep } from "./latest_only.ts";
import { PagedRows } from "./paged_rows.ts";
import { SeenCounts, type ShareCount } from "./share_counts.ts";
import type { Rows } from "./virtual.ts";

export type ListQuery = Pick<SharePageQuery, "q" | "sort" | "order">;

/** Rows that the server sends with the page, and that are fetched at a time. */
export const PAGE_SIZE = 100;
const PAGES_KEPT = 20;
const COUNTS_AFTER_MS = 200;

/** The order that is meant when a column is chosen for the first time. */
export const FIRST_ORDER: Readonly<Record<ListQuery["sort"], ListQuery["order"]>> = {
  name: "asc",
  size: "desc",
  at: "desc",
  visibility: "asc",
};

/** Address of the page that shows this, also without JavaScript. */
export function listAddress({ q, sort, order }: ListQuery, offset = 0): string {
  const query = new URLSearchParams({ ...q && { q } });
  if (sort !== "at" || order !== "desc") {
    query.set("sort", sort);
    query.set("order", order);
  }
  if (offset > 0) query.set("offset", String(offset));
  return query.size === 0 ? "/files" : `/files?${query}`;
}

/** What the list of own shares shows, as signals. */
export class FilesList {
  readonly query: Signal<ListQuery>;
  /** Those in sight and a few more. */
  readonly rows: Signal<Rows>;
  /** By share, so that they stay chosen when the list moves. */
  readonly selected: Signal<ReadonlyMap<ShareId, ShareRow>> = signal(new Map());
  /** On which the keyboard stands. */
  readonly active: Signal<number> = signal(0);
  readonly error: Signal<unknown> = signal(undefined);
  /** Being deleted. */
  readonly leaving: Signal<ReadonlySet<ShareId>> = signal(new Set());
  readonly #paged: PagedRows<ShareRow>;
  readonly #counts: SeenCounts;
  readonly #version = signal(0);
  #soon: AbortController | undefined;

  constructor(first: SharePage, query: ListQuery) {
    this.query = signal(query);
    this.rows = signal({ first: 0, end: first.shares.length });
    const changed = () => {
      this.#version.value++;
    };
    this.#paged = new PagedRows<ShareRow>({
      pageSize: PAGE_SIZE,
      keep: PAGES_KEPT,
      fetch: (page, abort) => this.#fetch(page, abort),
      onChange: changed,
      onError: (error) => this.error.value = error,
    }, { total: first.total, rows: first.shares });
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

  /** Undefined while it is on its way. Reading it in a component draws it again when it is there. */
  at(index: number): ShareRow | undefined {
    this.#version.value;
    return this.#paged.at(index);
  }

  count(id: ShareId): ShareCount | undefined {
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
    this.see(this.rows.peek());
  }

  async show(query: ListQuery): Promise<void> {
    this.query.value = query;
    this.error.value = undefined;
    this.active.value = 0;
    await this.#paged.replace();
  }

  sortBy(sort: ListQuery["sort"], order?: ListQuery["order"]): Promise<void> {
    const now = this.query.peek();
    const other = now.order === "asc" ? "desc" : "asc";
    return this.show({ ...now, sort, order: order ?? (now.sort === sort ? other : FIRST_ORDER[sort]) });
  }

  toggle(row: ShareRow): void {
    const selected = new Map(this.selected.peek());
    if (!selected.delete(row.shareId)) selected.set(row.shareId, row);
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
    const query = { ...this.query.peek(), offset: page * PAGE_SIZE, limit: PAGE_SIZE };
    const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const { total, shares } = await api.get<SharePage>(`/api/shares/page?${parameters}`, { signal: abort });
    return { total, rows: shares };
  }
}
