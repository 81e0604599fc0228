import { effect } from "@preact/signals";
import type { Notices } from "./notices.ts";

export interface TakeBack {
  readonly text: string;
  /** Of the button. */
  readonly label: string;
  /** What was done at once is taken back. */
  undo(): void | Promise<void>;
  /** The rest is done: nothing can be taken back any more. */
  finish(): void | Promise<void>;
}

/** Offers to take something back for 10 s. When the notice has gone, by time or by hand, it is finished for good. */
export function offerToTakeBack(notices: Notices, { text, label, undo, finish }: TakeBack): void {
  let isOver = false;
  const id = notices.undoable(text, label, () => {
    isOver = true;
    return undo();
  });
  const stop = effect(() => {
    if (notices.list.value.some((notice) => notice.id === id)) return;
    // The notice goes just before its button does what it says.
    queueMicrotask(() => {
      stop();
      if (isOver) return;
      isOver = true;
      void finish();
    });
  });
}
