import { type Signal, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";

/** Chosen since the page was opened, wherever on it; undefined: still as the page was made. */
export const chosenTheme: Signal<Theme | undefined> = signal(undefined);

/** Shows the page in these colours. To keep the choice is for the caller. */
export function showTheme(theme: Theme): void {
  document.documentElement.dataset.bsTheme = theme;
  chosenTheme.value = theme;
}
