import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Button } from "../components/button.tsx";
import { DoctorLines, DoctorSummary } from "../components/network/doctor_lines.tsx";
import { api } from "../lib/client/api.ts";
import { notices } from "../lib/client/notices.ts";
import type { DoctorView } from "../lib/core/doctor_messages.ts";
import { doctorTexts } from "../lib/i18n/doctor.ts";
import { errorsTexts } from "../lib/i18n/errors.ts";
import { formats } from "../lib/i18n/formats.ts";
import type { Language } from "../lib/i18n/language.ts";
import { useAlive } from "./parts/alive.ts";

export interface DoctorPanelProps {
  readonly lang: Language;
  readonly view: DoctorView;
}

const LOOK_EVERY_MS = 300;

/** Looks at the network when asked, shows how far it has got, then what was found. */
export default function DoctorPanel({ lang, view: first }: DoctorPanelProps) {
  const t = doctorTexts(lang);
  const view = useSignal(first);
  const isAlive = useAlive();
  const { state, lines, at, done, total } = view.value;
  const isRunning = state === "running";
  useEffect(() => {
    if (!isRunning) return;
    const gone = new AbortController();
    const follow = async () => {
      while (!gone.signal.aborted && view.value.state === "running") {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
        view.value = await api.get<DoctorView>("/api/doctor", { signal: gone.signal });
      }
    };
    follow().catch((error) => {
      if (gone.signal.aborted) return;
      view.value = { ...view.value, state: at === undefined ? "idle" : "done" };
      notices.failed(error, errorsTexts(lang));
    });
    return () => gone.abort();
  }, [isRunning]);
  const run = async (event: Event) => {
    event.preventDefault();
    if (isRunning) return;
    try {
      view.value = await api.post<DoctorView>("/api/doctor");
    } catch (error) {
      notices.failed(error, errorsTexts(lang));
    }
  };
  return (
    <div class="doctor" data-alive={isAlive || undefined}>
      <p class="muted">{t.intro}</p>
      <form class="doctor-run" method="post" action="/doctor" onSubmit={run}>
        <Button kind="primary" type="submit" icon="activity" aria-disabled={isRunning}>
          {isRunning ? t.running : at === undefined ? t.run : t.again}
        </Button>
        {isRunning && total > 0 && (
          <>
            <progress max={total} value={done} aria-label={t.running} />
            <span class="muted">{t.progress(done, total)}</span>
          </>
        )}
        {!isRunning && at !== undefined && (
          <span class="muted">
            {t.checked(isAlive ? formats(lang).date(at) : formats(lang).fullDate(at))}
          </span>
        )}
      </form>
      <div role="status">{!isRunning && at !== undefined && <DoctorSummary lang={lang} lines={lines} />}</div>
      {!isRunning && at !== undefined && <DoctorLines lang={lang} lines={lines} />}
    </div>
  );
}
