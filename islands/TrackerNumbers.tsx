import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { startTrackerLive, trackerLive } from "../lib/client/tracker_live.ts";
import type { Board } from "../lib/core/messages.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";
import { trackerTexts } from "../lib/i18n/tracker.ts";

export interface TrackerNumbersProps {
  readonly lang: Language;
  readonly board: Board;
}

/** The four numbers of the class, as they change. */
export default function TrackerNumbers({ lang, board: first }: TrackerNumbersProps) {
  useEffect(startTrackerLive, []);
  const t = trackerTexts(lang).numbers;
  const f = formats(lang);
  const { stats } = trackerLive.board.value ?? first;
  return (
    <section class="numbers" aria-label={t.label}>
      <Tile label={t.peers} value={f.count(stats.peers)}>{t.now(stats.peers)}</Tile>
      <Tile label={t.files} value={f.count(stats.files)}>{t.ofBytes(f.bytes(stats.bytes))}</Tile>
      <Tile label={t.today} value={f.bytes(stats.today.transferred)}>{t.downloads(stats.today.downloads)}</Tile>
      <Tile label={t.total} value={f.bytes(stats.transferred)}>
        {t.downloads(stats.downloads)}
      </Tile>
    </section>
  );
}

function Tile({ label, value, children }: {
  readonly label: string;
  readonly value: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="panel number">
      <h2 class="number-label">{label}</h2>
      <p class="number-value">{value}</p>
      <p class="number-note">{children}</p>
    </div>
  );
}
