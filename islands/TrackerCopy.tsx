import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Button } from "../components/button.tsx";
import { copyText } from "../lib/client/copy_text.ts";
import { frameTexts } from "../lib/i18n/frame.ts";
import type { Language } from "../lib/i18n/language.ts";

export interface TrackerCopyProps {
  readonly lang: Language;
  readonly text: string;
  /** What the button says to screen readers. */
  readonly label: string;
}

const SHOWN_MS = 2_000;

/** A text to take away: a click selects all of it, a button copies it. */
export default function TrackerCopy({ lang, text, label }: TrackerCopyProps) {
  const code = useRef<HTMLElement>(null);
  const isAlive = useSignal(false);
  const isCopied = useSignal(false);
  useEffect(() => {
    isAlive.value = true;
  }, []);

  const copy = async () => {
    if (!await copyText(text) && !copySelected(code.current!)) return;
    isCopied.value = true;
    setTimeout(() => isCopied.value = false, SHOWN_MS);
  };

  const t = frameTexts(lang).buttons;
  return (
    <div class="copyable">
      <code ref={code}>{text}</code>
      {isAlive.value && (
        <Button
          small
          icon={isCopied.value ? "check-lg" : "clipboard"}
          aria-label={label}
          onClick={() => void copy()}
        >
          <span aria-live="polite">{isCopied.value ? t.copied : t.copy}</span>
        </Button>
      )}
    </div>
  );
}

/** Pages that are not encrypted may not write to the clipboard, but may copy what is selected. */
function copySelected(element: HTMLElement): boolean {
  getSelection()?.selectAllChildren(element);
  return document.execCommand("copy");
}
