import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { paintCells } from "../../lib/client/paint_cells.ts";
import { countCells, decodeCells } from "../../lib/core/chunk_cells.ts";
import type { ChunkMap as Chunks } from "../../lib/core/local_messages.ts";
import { isolated } from "../../lib/core/visible_text.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { transfersTexts } from "../../lib/i18n/transfers.ts";

export interface ChunkMapProps {
  readonly lang: Language;
  readonly map: Chunks;
}

/** The chunks of the file under way, each in the colour of who gave it; in words for those who do not see it. */
export default function ChunkMap({ lang, map }: ChunkMapProps) {
  const t = transfersTexts(lang).map;
  const canvas = useRef<HTMLCanvasElement>(null);
  const cells = useMemo(() => decodeCells(map), [map]);
  const painted = useRef(cells);
  painted.current = cells;
  useLayoutEffect(() => {
    if (canvas.current) paintCells(canvas.current, cells);
  }, [cells]);
  useEffect(() => {
    const repaint = () => canvas.current && paintCells(canvas.current, painted.current);
    return onOtherLook(canvas.current!, repaint);
  }, []);
  const count = countCells(cells, map.sources.length);
  return (
    <div class="chunk-map">
      <div class="chunk-cells">
        <canvas ref={canvas} role="img" aria-label={inWords(lang, map, cells)} />
      </div>
      <ul class="chunk-key">
        {count.asked > 0 && <KeyItem kind="asked" text={t.asked} />}
        {count.missing > 0 && <KeyItem kind="missing" text={t.missing} />}
        {count.unknownSource > 0 && <KeyItem kind="unknown" text={t.unknownSource} />}
        {map.per > 1 && <li class="muted">{t.perCell(map.per)}</li>}
      </ul>
    </div>
  );
}

function KeyItem({ kind, text }: { readonly kind: "asked" | "missing" | "unknown"; readonly text: string }) {
  return (
    <li>
      <svg class="swatch" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        <rect class={`cell-${kind}`} width="12" height="12" rx="3" />
        {kind === "asked" && <rect class="cell-dot" x="4" y="4" width="4" height="4" />}
      </svg>
      {text}
    </li>
  );
}

function inWords(lang: Language, { sources }: Chunks, cells: Uint8Array): string {
  const t = transfersTexts(lang).map;
  const f = formats(lang);
  const share = (amount: number) => f.percent(cells.length === 0 ? 0 : amount / cells.length);
  const { from, unknownSource } = countCells(cells, sources.length);
  const here = from.reduce((sum, amount) => sum + amount, unknownSource);
  const parts = sources.map(({ name }, place) => ({ name, amount: from[place]! })).filter(({ amount }) => amount > 0)
    .map(({ name, amount }) => t.fromSource(share(amount), isolated(name)));
  return t.inWords(share(here), parts.length === 0 ? "" : f.list(parts));
}

/** Calls back when the width, the theme or the contrast changes. */
function onOtherLook(canvas: HTMLCanvasElement, changed: () => void): () => void {
  const size = new ResizeObserver(changed);
  size.observe(canvas.parentElement!);
  const theme = new MutationObserver(changed);
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", changed);
  return () => {
    size.disconnect();
    theme.disconnect();
    dark.removeEventListener("change", changed);
  };
}
