import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../components/icon.tsx";
import { live, startLive } from "../lib/client/live.ts";
import { visibleText } from "../lib/core/visible_text.ts";
import type { LocalPeer, Status } from "../lib/core/local_messages.ts";
import { dashboardTexts } from "../lib/i18n/dashboard.ts";
import { formats } from "../lib/i18n/formats.ts";
import { frameTexts } from "../lib/i18n/frame.ts";
import type { Language } from "../lib/i18n/language.ts";

export interface DashboardTilesProps {
  readonly lang: Language;
  readonly status: Status;
  readonly peers: readonly LocalPeer[];
  /** Bytes a second. */
  readonly rates: { readonly down: number; readonly up: number };
}

/** Names under the count of peers; the rest is on Network. */
const NAMED_PEERS = 4;

/** How this computer stands: tracker, peers, shared files, rates. */
export default function DashboardTiles(
  { lang, status: first, peers: firstPeers, rates: firstRates }: DashboardTilesProps,
) {
  useEffect(startLive, []);
  const t = dashboardTexts(lang);
  const { count, rate } = formats(lang);
  const status = live.status.value ?? first;
  const peers = [...live.peers.value ?? firstPeers].sort((a, b) => a.name.localeCompare(b.name, lang));
  const rates = live.rates.value ?? firstRates;
  const { tracker, scan } = status;
  return (
    <div class="tiles">
      <Tile label={t.tracker}>
        <p class="tile-value tile-word" data-state={tracker.state}>{t.trackerState[tracker.state]}</p>
        <p class="tile-note name">{tracker.url.replace(/^https?:\/\//, "") || "–"}</p>
      </Tile>
      <Tile label={t.peers}>
        <p class="tile-value">{count(status.peers)}</p>
        <p class={`tile-note ${peers.length > 0 ? "name-line" : ""}`}>
          {peers.length === 0 ? t.nobody : namesOf(peers, status.class !== null && !status.class.removed, lang)}
        </p>
      </Tile>
      <Tile label={t.shared}>
        <p class="tile-value">{count(status.shares)}</p>
        <p class="tile-note">
          {scan.kind === "scanning"
            ? t.scanning(scan.seen)
            : status.pending > 0
            ? <a href="/files">{t.pending(status.pending)}</a>
            : status.problems.length > 0
            ? <a href="/files">{t.problems(status.problems.length)}</a>
            : <a href="/files">{t.allFiles}</a>}
        </p>
      </Tile>
      <Tile label={t.throughput}>
        <p class="tile-rate">
          <Icon name="arrow-down" label={t.receiving} /> <span class="num">{rate(rates.down)}</span>
        </p>
        <p class="tile-rate">
          <Icon name="arrow-up" label={t.sending} /> <span class="num">{rate(rates.up)}</span>
        </p>
      </Tile>
    </div>
  );
}

function Tile({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <section class="panel tile">
      <h2 class="tile-label">{label}</h2>
      {children}
    </section>
  );
}

function namesOf(peers: readonly LocalPeer[], isInClass: boolean, lang: Language) {
  const t = dashboardTexts(lang);
  const named = peers.slice(0, NAMED_PEERS);
  return (
    <>
      {named.map(({ peerId, name, user }, index) => (
        <span key={peerId}>
          {index > 0 && ", "}
          <bdi>{visibleText(name)}</bdi>
          {isInClass && user === undefined && ` ${frameTexts(lang).notInClass}`}
        </span>
      ))}
      {peers.length > named.length && `, ${t.moreTransfers(peers.length - named.length)}`}
    </>
  );
}
