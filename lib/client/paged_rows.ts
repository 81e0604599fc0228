import { pagesOf, type Rows } from "./virtual.ts";

/** A page as the server answers it. */
export interface Page<Row> {
  /** Rows of the whole list at that moment. */
  readonly total: number;
  readonly rows: readonly Row[];
}

export interface PagedRowsOptions<Row> {
  readonly pageSize: number;
  /** Pages kept; those used longest ago go first. More than are ever seen at once. */
  readonly keep: number;
  fetch(page: number, signal: AbortSignal): Promise<Page<Row>>;
  /** Something to draw again. */
  onChange(): void;
  onError(error: unknown): void;
}

interface Kept<Row> {
  readonly rows: readonly Row[];
  readonly isStale: boolean;
}

/**
 * A list of any length of which the pages around what is seen are kept. Each page is asked for once at a time; what
 * nobody looks at any more is given up.
 */
export class PagedRows<Row> {
  #pages = new Map<number, Kept<Row>>();
  #asked = new Map<number, AbortController>();
  #total = 0;
  #failed = new Set<number>();
  /** Another list was asked for; the rows of the one before are shown until it is there. */
  #isReplaced = false;

  /** `known`: the page with that number, which is there already. */
  constructor(readonly options: PagedRowsOptions<Row>, known?: Page<Row>, number = 0) {
    if (known) this.#accept(number, known);
  }

  get total(): number {
    return this.#total;
  }

  /** Undefined while it is not known. */
  at(index: number): Row | undefined {
    const { pageSize } = this.options;
    return this.#pages.get(Math.floor(index / pageSize))?.rows[index % pageSize];
  }

  /** Where such a row stands, as far as that is known and up to date. */
  indexOf(isMeant: (row: Row) => boolean): number | undefined {
    for (const [page, { rows, isStale }] of this.#pages) {
      const place = isStale ? -1 : rows.findIndex(isMeant);
      if (place >= 0) return page * this.options.pageSize + place;
    }
    return undefined;
  }

  /** Fetches what is missing or stale of these rows and gives up other requests. */
  see(rows: Rows): void {
    if (this.#isReplaced) return;
    const wanted = pagesOf(rows, this.options.pageSize);
    for (const [page, controller] of this.#asked) {
      if (!wanted.includes(page)) {
        this.#asked.delete(page);
        controller.abort();
      }
    }
    for (const page of wanted) {
      const kept = this.#pages.get(page);
      if (kept) {
        this.#pages.delete(page);
        this.#pages.set(page, kept);
      }
      if ((kept === undefined || kept.isStale) && !this.#asked.has(page) && !this.#failed.has(page)) this.#ask(page);
    }
  }

  /** The list changed: what is kept stays to be seen until its newer state is there. */
  refresh(): void {
    if (this.#isReplaced) return;
    // Answers on their way may be older than the change.
    this.#giveUp();
    for (const [page, { rows }] of this.#pages) this.#pages.set(page, { rows, isStale: true });
    this.options.onChange();
  }

  /** It is another list from now on, such as that of another search; its first page is there when the promise ends. */
  async replace(): Promise<void> {
    this.#giveUp();
    this.#isReplaced = true;
    await this.#ask(0);
  }

  #giveUp(): void {
    this.#failed.clear();
    for (const controller of this.#asked.values()) controller.abort();
    this.#asked.clear();
  }

  async #ask(page: number): Promise<void> {
    const { fetch, onChange, onError } = this.options;
    const controller = new AbortController();
    this.#asked.set(page, controller);
    const isWanted = () => this.#asked.get(page) === controller;
    try {
      const answer = await fetch(page, controller.signal);
      if (!isWanted()) return;
      if (this.#isReplaced) this.#pages.clear();
      this.#accept(page, answer);
    } catch (error) {
      if (!isWanted()) return;
      this.#failed.add(page);
      onError(error);
    }
    this.#asked.delete(page);
    this.#isReplaced = false;
    onChange();
  }

  #accept(page: number, { total, rows }: Page<Row>): void {
    if (total !== this.#total) {
      this.#total = total;
      for (const kept of this.#pages.keys()) if (kept * this.options.pageSize >= total) this.#pages.delete(kept);
    }
    this.#pages.delete(page);
    this.#pages.set(page, { rows, isStale: false });
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.options.keep) break;
      this.#pages.delete(oldest);
    }
  }
}
