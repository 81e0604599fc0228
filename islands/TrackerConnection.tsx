import { useEffect } from "preact/hooks";
import { Button } from "../components/button.tsx";
import { startTrackerLive, trackerLive } from "../lib/client/tracker_live.ts";
import type { Language } from "../lib/i18n/language.ts";
import { trackerTexts } from "../lib/i18n/tracker.ts";

/** One word that says whether the page is up to date; when it is not, also what is the matter. */
export function TrackerPill({ lang }: { readonly lang: Language }) {
  useEffect(startTrackerLive, []);
  const t = trackerTexts(lang).pill;
  const isLost = trackerLive.connection.value === "lost";
  return (
    <div class="pill" data-state={isLost ? "stopped" : "online"} role="status" aria-label={t.label}>
      <span>{isLost ? t.lost : t.live}</span>
    </div>
  );
}

export function TrackerLost({ lang }: { readonly lang: Language }) {
  const t = trackerTexts(lang).lost;
  return (
    <div role="alert">
      {trackerLive.connection.value === "lost" && (
        <div class="lost">
          <p>
            <strong>{t.title}</strong> {t.help}
          </p>
          <Button small onClick={() => trackerLive.retry()}>{t.retry}</Button>
        </div>
      )}
    </div>
  );
}
