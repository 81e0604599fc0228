import type { PeerId } from "../../lib/core/ids.ts";
import type { PresentComputer, RosterUser } from "../../lib/core/teacher_roster.ts";
import { visibleText } from "../../lib/core/visible_text.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";
import { Icon } from "../icon.tsx";

/** Of an id, enough to tell the computers of a class apart. */
const SHORT_ID = 8;

export type Computer = RosterUser["devices"][number] & {
  readonly present: PresentComputer | undefined;
  /** Milliseconds since 1970. */
  readonly lastSeen: number | undefined;
};

export interface ComputerListProps {
  readonly lang: Language;
  /** Of one person. */
  readonly computers: readonly Computer[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where one of them is removed; none when it cannot be. */
  readonly removeAddress?: (peer: PeerId) => string;
}

/** The computers of a person: whether each is here, since when it belongs to the class, until when it is trusted. */
export function ComputerList({ lang, computers, now, removeAddress }: ComputerListProps) {
  const t = trackerClassTexts(lang).person;
  const f = formats(lang);
  if (computers.length === 0) return <p class="panel-body muted">{t.noComputers}</p>;
  return (
    <ul class="computers">
      {computers.map(({ peerId, state, enrolledAt, until, present, lastSeen }, index) => {
        const isActive = state === "active";
        const isHere = isActive && present !== undefined;
        const label = computerName(lang, index);
        return (
          <li key={peerId} data-state={state}>
            <Icon name="hdd-network" size={20} />
            <div class="computer-what">
              <strong>{label}</strong> <code class="muted">{peerId.slice(0, SHORT_ID)}</code>
              <p>
                <span class="presence" data-state={!isActive ? "removed" : isHere ? "here" : "away"}>
                  {!isActive ? t.revoked : isHere ? t.here : t.away}
                </span>
                {isHere && (
                  <span class="muted">
                    <bdi>{visibleText(present.name)}</bdi> · {present.address}
                  </span>
                )}
                {isActive && !isHere && (
                  <span class="muted">
                    {lastSeen === undefined ? t.neverSeen : trackerClassTexts(lang).people.seen(f.date(lastSeen, now))}
                  </span>
                )}
              </p>
              <p class="muted">
                {t.joined(f.date(enrolledAt, now))}
                {isActive && ` · ${t.until(f.date(until, now))}`}
              </p>
            </div>
            {isActive && removeAddress && (
              <a
                class="btn btn-sm btn-quiet"
                href={removeAddress(peerId)}
                aria-label={t.removeComputerOf(`${label} ${peerId.slice(0, SHORT_ID)}`)}
              >
                <Icon name="trash3" />
                {t.removeComputer}
              </a>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** How one of a person's computers is called: by its place, the first that joined is 1. */
export function computerName(lang: Language, index: number): string {
  return trackerClassTexts(lang).person.computer(index + 1);
}
