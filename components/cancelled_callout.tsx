import type { Download } from "../lib/core/local_messages.ts";
import { isolated } from "../lib/core/visible_text.ts";
import type { Language } from "../lib/i18n/language.ts";
import { transfersTexts } from "../lib/i18n/transfers.ts";
import { Button } from "./button.tsx";
import { Callout } from "./panel.tsx";

export interface CancelledCalloutProps {
  readonly lang: Language;
  readonly download: Download;
}

/** Without JavaScript: a cancelled download is only paused, and this asks whether it goes on or is deleted. */
export function CancelledCallout({ lang, download: { id, name } }: CancelledCalloutProps) {
  const t = transfersTexts(lang);
  return (
    <Callout kind="info" role="status">
      <p>{t.cancelled.kept(isolated(name))}</p>
      <form class="callout-actions" method="post" action="/transfers">
        <input type="hidden" name="id" value={id} />
        <Button small type="submit" name="action" value="resume">{t.resume}</Button>
        <Button small type="submit" name="action" value="discard">{t.cancelled.now}</Button>
      </form>
    </Callout>
  );
}
