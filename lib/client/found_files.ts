import { type Signal, signal } from "@preact/signals";
import type { Failure, Found } from "../core/found_groups.ts";
import type { FoundPage } from "../core/local_messages.ts";
import { type NetworkQuery, searchParametersOf } from "../core/network_query.ts";
import { type Api, ClientError } from "./api.ts";
import { type Answer, LatestOnly, sleep } from "./latest_only.ts";

/** Results of one request. */
export const RESULTS_PAGE = 50;
/** More are not shown: a narrower search is the way on. */
export const MOST_RESULTS = 1_000;
/** Keys pressed sooner than this one after the other are one change; too short to be felt. */
const TYPING_MS = 40;
/** When the answer takes longer, what this computer knows already is shown meanwhile. */
const AT_ONCE_MS = 80;

function failureOf(error: unknown): Failure {
  return error instanceof ClientError
    ? { code: error.code, detail: error.detail }
    : { code: "internal", detail: String(error) };
}

interface Asked {
  readonly query: NetworkQuery;
  /** Of the page asked for, added to what is shown; undefined for the first one. */
  readonly cursor: string | undefined;
  /** The same search again: if it fails, what is shown stays. */
  readonly isAgain: boolean;
}

/** Searches as somebody types: only the newest search is answered. */
export class FoundFiles {
  /** What is chosen and typed. */
  readonly query: Signal<NetworkQuery>;
  readonly found: Signal<Found>;
  /** Undefined while nothing is asked that somebody waits for. */
  readonly waiting: Signal<"search" | "more" | undefined> = signal(undefined);
  /** The last page could not be had. */
  readonly moreFailed: Signal<Failure | undefined> = signal(undefined);
  readonly #api: Pick<Api, "get">;
  readonly #atOnce: typeof sleep;
  readonly #latest: LatestOnly<Asked, FoundPage>;
  /** Whether pages were added to the first one. */
  #isLong: boolean;

  /** `atOnce`: how the wait for a quick answer is waited. */
  constructor(api: Pick<Api, "get">, first: Found, wait = sleep, atOnce = sleep) {
    this.query = signal(first.query);
    this.found = signal(first);
    this.#isLong = first.from === "tracker" && first.results.length > RESULTS_PAGE;
    this.#api = api;
    this.#atOnce = atOnce;
    this.#latest = new LatestOnly({
      ask: (asked, signal) => this.#ask(asked, signal),
      tell: (outcome) => this.#tell(outcome),
      sleep: wait,
    });
  }

  /** `isTyped`: more keys may follow at once. */
  search(query: NetworkQuery, isTyped = false): void {
    this.query.value = query;
    this.waiting.value = "search";
    this.moreFailed.value = undefined;
    this.#latest.ask({ query, cursor: undefined, isAgain: false }, isTyped ? TYPING_MS : 0);
  }

  /** After a failure. */
  retry(): void {
    this.search(this.query.value);
  }

  /** The next page, unless something else is asked for. */
  more(): void {
    const { query, cursor, results } = this.found.value;
    if (this.waiting.value || cursor === undefined || results.length >= MOST_RESULTS) return;
    this.waiting.value = "more";
    this.moreFailed.value = undefined;
    this.#latest.ask({ query, cursor, isAgain: false });
  }

  /** Brings what is shown up to date; nothing is seen of it if nothing changed. Only while one page is shown. */
  refresh(): void {
    const { query } = this.found.value;
    if (this.waiting.value || this.#isLong) return;
    this.#latest.ask({ query, cursor: undefined, isAgain: true });
  }

  async #ask({ query, cursor, isAgain }: Asked, signal: AbortSignal): Promise<FoundPage> {
    const address = `/api/search?${searchParametersOf(query, RESULTS_PAGE, cursor)}`;
    const answered = new AbortController();
    if (cursor === undefined && !isAgain) {
      void this.#showKnown(query, `${address}&from=cache`, AbortSignal.any([signal, answered.signal]));
    }
    try {
      return await this.#api.get(address, { signal });
    } finally {
      answered.abort();
    }
  }

  /** Until the answer comes. Nothing is said of it when it fails, or when nothing is known. */
  async #showKnown(query: NetworkQuery, address: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#atOnce(AT_ONCE_MS, signal);
      const { results } = await this.#api.get<FoundPage>(address, { signal });
      if (signal.aborted || results.length === 0) return;
      this.#isLong = false;
      this.found.value = { query, results, cursor: undefined, from: "cache", failure: undefined };
    } catch {
      // The answer itself tells how the search went.
    }
  }

  #tell(outcome: Answer<Asked, FoundPage>): void {
    const { query, cursor, isAgain } = outcome.question;
    if (!isAgain) this.waiting.value = undefined;
    if (outcome.kind === "answer") {
      this.#isLong = cursor !== undefined;
      const before = cursor === undefined ? [] : this.found.value.results;
      const { results, cursor: next, from } = outcome.answer;
      this.found.value = { query, results: [...before, ...results], cursor: next, from, failure: undefined };
    } else if (cursor !== undefined) this.moreFailed.value = failureOf(outcome.error);
    else if (!isAgain) {
      this.found.value = { query, results: [], cursor: undefined, from: "tracker", failure: failureOf(outcome.error) };
    }
  }
}
