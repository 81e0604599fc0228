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
  readonly #latest: LatestOnly<Asked, FoundPage>;

  constructor(api: Pick<Api, "get">, first: Found, wait = sleep) {
    this.query = signal(first.query);
    this.found = signal(first);
    this.#latest = new LatestOnly({
      ask: ({ query, cursor }, signal) =>
        api.get(`/api/search?${searchParametersOf(query, RESULTS_PAGE, cursor)}`, { signal }),
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
    const { query, results } = this.found.value;
    if (this.waiting.value || results.length > RESULTS_PAGE) return;
    this.#latest.ask({ query, cursor: undefined, isAgain: true });
  }

  #tell(outcome: Answer<Asked, FoundPage>): void {
    const { query, cursor, isAgain } = outcome.question;
    if (!isAgain) this.waiting.value = undefined;
    if (outcome.kind === "answer") {
      const before = cursor === undefined ? [] : this.found.value.results;
      const { results, cursor: next, from } = outcome.answer;
      this.found.value = { query, results: [...before, ...results], cursor: next, from, failure: undefined };
    } else if (cursor !== undefined) this.moreFailed.value = failureOf(outcome.error);
    else if (!isAgain) {
      this.found.value = { query, results: [], cursor: undefined, from: "tracker", failure: failureOf(outcome.error) };
    }
  }
}
