import { useEffect } from "preact/hooks";
import { live, startLive } from "../lib/client/live.ts";
import type { Status } from "../lib/core/local_messages.ts";
import { frameTexts } from "../lib/i18n/frame.ts";
import type { Language } from "../lib/i18n/language.ts";

export interface StatePillProps {
  readonly lang: Language;
  /** As the page was made. */
  readonly status: Status;
}

type State =
  | { readonly kind: "online" | "alone" | "stopped" }
  | { readonly kind: "without-tracker"; readonly peers: number };

function stateOf({ tracker, peers }: Status, isLost: boolean): State {
  if (isLost) return { kind: "stopped" };
  if (tracker.state === "online") return { kind: "online" };
  return peers > 0 ? { kind: "without-tracker", peers } : { kind: "alone" };
}

/** One line that always says how this computer stands on the network, and why when it is not as it should be. */
export default function StatePill({ lang, status: first }: StatePillProps) {
  useEffect(startLive, []);
  const t = frameTexts(lang);
  const status = live.status.value ?? first;
  const state = stateOf(status, live.connection.value === "lost");
  const isExplained = state.kind === "without-tracker" || state.kind === "alone";
  return (
    <>
      <div class="pill" data-state={state.kind} role="status" aria-label={t.pill.label}>
        <span>{sentence(state, t.pill)}</span>
        {isExplained && <button type="button" class="pill-why" popovertarget="why">{t.pill.why}</button>}
      </div>
      {isExplained && (
        <div class="pop" id="why" popover="auto" role="dialog" aria-label={t.why.title}>
          <p>
            <strong>{status.tracker.state === "none" ? t.why.noneSet : t.why.noAnswer(status.tracker.url)}</strong>
          </p>
          <p>{t.why.works}</p>
          <ul>{t.why.steps.map((step) => <li key={step}>{step}</li>)}</ul>
          <p>
            <a href="/doctor">{t.why.toDoctor}</a>
          </p>
          <p>
            {t.why.again} <a href="/settings#peer.tracker">{t.why.toSettings}</a>
          </p>
        </div>
      )}
    </>
  );
}

function sentence(state: State, t: ReturnType<typeof frameTexts>["pill"]): string {
  switch (state.kind) {
    case "online":
      return t.online;
    case "alone":
      return t.alone;
    case "stopped":
      return t.stopped;
    case "without-tracker":
      return t.withoutTracker(state.peers);
  }
}
