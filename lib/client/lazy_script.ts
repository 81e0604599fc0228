import { type Signal, signal } from "@preact/signals";
import { errorsTexts } from "../i18n/errors.ts";
import type { Language } from "../i18n/language.ts";
import { ClientError } from "./api.ts";
import { notices } from "./notices.ts";

/** A part of a page that is loaded when it is needed first. */
export class LazyScript<T> {
  /** Undefined until it is there; drawing again what reads it. */
  readonly loaded: Signal<T | undefined> = signal(undefined);
  #loading: Promise<T | undefined> | undefined;

  constructor(readonly load: () => Promise<T>) {}

  /** Loads it once; undefined when nothing answers, which is said, and tried again the next time. */
  get(lang: Language): Promise<T | undefined> {
    this.#loading ??= this.load().then((script) => this.loaded.value = script, (error) => {
      this.#loading = undefined;
      notices.failed(new ClientError("lost", String(error)), errorsTexts(lang));
      return undefined;
    });
    return this.#loading;
  }
}
