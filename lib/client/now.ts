import { type Signal, signal } from "@preact/signals";

/** Relative times are shown in minutes. */
const EVERY_MS = 30_000;

let timer: ReturnType<typeof setInterval> | undefined;

/** The time, for texts such as "5 minutes ago"; moves on by itself once `startNow` was called. */
export const now: Signal<number> = signal(Date.now());

/** Call it in an effect of an island that reads `now`. */
export function startNow(): void {
  now.value = Date.now();
  timer ??= setInterval(() => {
    if (document.visibilityState !== "hidden") now.value = Date.now();
  }, EVERY_MS);
}
