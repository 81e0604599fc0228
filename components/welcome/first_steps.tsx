import type { Language } from "../../lib/i18n/language.ts";
import { welcomeTexts } from "../../lib/i18n/welcome.ts";

const STEPS = ["class", "folder", "file"] as const;
export type Step = (typeof STEPS)[number];

/** Where a step is taken: the last one is an ordinary page. */
export function stepAddress(step: Step): string {
  return step === "file" ? "/files?first" : `/welcome?step=${step}`;
}

/** The first steps, and which one it is now. */
export function FirstSteps({ lang, now }: { readonly lang: Language; readonly now: Step }) {
  const t = welcomeTexts(lang);
  return (
    <ol class="first-steps" aria-label={t.progress}>
      {STEPS.map((step, index) => (
        <li key={step} class="first-step" aria-current={step === now ? "step" : undefined}>
          <span class="first-step-mark" aria-hidden="true">{index + 1}</span>
          <span class="first-step-name">{t.steps[step]}</span>
        </li>
      ))}
    </ol>
  );
}
