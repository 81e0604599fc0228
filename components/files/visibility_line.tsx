import type { ComponentChildren } from "preact";
import type { LocalShare } from "../../lib/core/local_messages.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Icon } from "../icon.tsx";
import { Readers } from "./readers.tsx";
import type { Directory } from "./recipients.ts";
import { VISIBILITY_ICONS } from "./visibility_choice.tsx";

export interface VisibilityLineProps {
  readonly lang: Language;
  readonly row: Pick<LocalShare, "visibility" | "users" | "groups">;
  readonly directory: Directory | undefined;
  /** How it is changed. */
  readonly children: ComponentChildren;
}

/** Who can see one share. */
export function VisibilityLine({ lang, row, directory, children }: VisibilityLineProps) {
  const t = filesTexts(lang);
  return (
    <div class="visibility-line">
      <div>
        <span class="form-label">{t.details.who}</span>
        <span class="visibility-now">
          <Icon name={VISIBILITY_ICONS[row.visibility]} />
          <Readers lang={lang} row={row} directory={directory} />
        </span>
      </div>
      {children}
    </div>
  );
}
