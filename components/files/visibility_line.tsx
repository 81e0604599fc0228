import type { ComponentChildren } from "preact";
import type { Visibility } from "../../lib/core/share_record.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Icon } from "../icon.tsx";
import { VISIBILITY_ICONS } from "./visibility_choice.tsx";

export interface VisibilityLineProps {
  readonly lang: Language;
  readonly visibility: Visibility;
  /** How it is changed. */
  readonly children: ComponentChildren;
}

/** Who can see one share. */
export function VisibilityLine({ lang, visibility, children }: VisibilityLineProps) {
  const t = filesTexts(lang);
  return (
    <div class="visibility-line">
      <div>
        <span class="form-label">{t.details.who}</span>
        <span class="visibility-now">
          <Icon name={VISIBILITY_ICONS[visibility]} />
          {t.table[visibility]}
        </span>
      </div>
      {children}
    </div>
  );
}
