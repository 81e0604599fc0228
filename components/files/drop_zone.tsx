import type { ComponentChildren } from "preact";
import { filesTexts } from "../../lib/i18n/files.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Icon } from "../icon.tsx";

export interface DropZoneProps {
  readonly lang: Language;
  /** Something is held over the page. */
  readonly isOver: boolean;
  /** Files found so far in a folder that is being read. */
  readonly reading: number | undefined;
  readonly children?: ComponentChildren;
}

/** Where files are dropped; the whole page takes them, this says so. */
export function DropZone({ lang, isOver, reading, children }: DropZoneProps) {
  const t = filesTexts(lang).add;
  return (
    <div class="drop-zone needs-script" data-over={isOver || undefined}>
      <Icon name="cloud-arrow-up" size={24} />
      <span role={reading === undefined ? undefined : "status"}>
        {isOver ? t.dropNow : reading === undefined ? t.drop : t.reading(reading)}
      </span>
      {children}
    </div>
  );
}
