import { useEffect } from "preact/hooks";

/**
 * `/` goes to the search field of the page: the first with `data-search`, those of the content before the top bar's. As
 * it is on every page, it also marks the page as alive, `data-alive`, for what may only be shown where scripts run.
 */
export default function SearchShortcut() {
  useEffect(() => {
    document.documentElement.dataset.alive = "";
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return null;
}

function onKey(event: KeyboardEvent): void {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = event.target as HTMLElement;
  if (target.isContentEditable || target.closest("input, textarea, select, dialog[open]")) return;
  const field = document.querySelector<HTMLInputElement>("main [data-search]") ??
    document.querySelector<HTMLInputElement>("[data-search]");
  if (!field?.checkVisibility()) return;
  event.preventDefault();
  field.focus();
  field.select();
}
