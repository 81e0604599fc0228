/**
 * A button that becomes another one, or a link, hands its focus on, as long as it stands in the same `place` (a
 * selector): the keyboard goes on from there, and not from the top of the page. Returns how to stop.
 */
export function keepFocus(root: HTMLElement, place: string): () => void {
  let focused: Element | null = null;
  const begin = ({ target }: FocusEvent) => focused = (target as Element).closest(place);
  const end = ({ target }: FocusEvent) =>
    // Taken out of the page, it loses the focus too: this is known only a moment later.
    queueMicrotask(() => {
      if ((target as Element).isConnected && focused?.contains(target as Element)) focused = null;
    });
  const changes = new MutationObserver(() => {
    if (!focused?.isConnected || focused.contains(document.activeElement)) return;
    focused.querySelector<HTMLElement>("a, button")?.focus();
  });
  root.addEventListener("focusin", begin);
  root.addEventListener("focusout", end);
  changes.observe(root, { childList: true, subtree: true });
  return () => {
    root.removeEventListener("focusin", begin);
    root.removeEventListener("focusout", end);
    changes.disconnect();
  };
}
