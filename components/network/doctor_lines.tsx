import type { DoctorLine, DoctorState } from "../../lib/core/doctor.ts";
import { doctorTexts } from "../../lib/i18n/doctor.ts";
import { sayLine } from "../../lib/i18n/doctor_words.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Icon, type IconName } from "../icon.tsx";
import { Callout } from "../panel.tsx";

const ICONS = {
  bad: "exclamation-circle-fill",
  warn: "exclamation-triangle-fill",
  good: "check-circle-fill",
  unknown: "dash-lg",
} as const satisfies Record<DoctorState, IconName>;
/** What needs somebody comes first. */
const ORDER = Object.keys(ICONS) as DoctorState[];

/** How the network is in one sentence, then each thing that was looked at. */
export function DoctorLines({ lang, lines }: { readonly lang: Language; readonly lines: readonly DoctorLine[] }) {
  const { todo, states, details } = doctorTexts(lang);
  const sorted = lines.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return (
    <ul class="doctor-lines">
      {sorted.map((line, index) => {
        const said = sayLine(lang, line);
        return (
          <li key={`${line.id} ${index}`} data-state={line.state}>
            <Icon name={ICONS[line.state]} size={20} />
            <div>
              <h3>
                {said.title} <span class="doctor-state">{states[line.state]}</span>
              </h3>
              <p>{said.says}</p>
              {said.todo && (
                <p class="doctor-todo">
                  <strong>{todo}</strong> {said.todo}
                </p>
              )}
              {line.values.detail && (
                <details>
                  <summary>{details}</summary>
                  <code>{line.values.detail}</code>
                </details>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

export function DoctorSummary({ lang, lines }: { readonly lang: Language; readonly lines: readonly DoctorLine[] }) {
  const { summary } = doctorTexts(lang);
  const count = (state: DoctorState) => lines.filter((line) => line.state === state).length;
  if (count("bad") > 0) return <Callout kind="error">{summary.bad(count("bad"))}</Callout>;
  return count("warn") > 0
    ? <Callout kind="warn">{summary.warn(count("warn"))}</Callout>
    : <Callout kind="done">{summary.good}</Callout>;
}
