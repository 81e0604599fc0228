import type { JSX } from "preact";
import { Icon, type IconName } from "../components/icon.tsx";
import { notices } from "../lib/client/notices.ts";
import { ClientError, problemOf } from "../lib/client/api.ts";
import { chosenTheme, showTheme, type Theme } from "../lib/client/theme.ts";
import { errorsTexts } from "../lib/i18n/errors.ts";
import { frameTexts } from "../lib/i18n/frame.ts";
import { type Language, LANGUAGES } from "../lib/i18n/language.ts";

export interface SwitchesProps {
  readonly lang: Language;
  readonly theme: Theme;
  /** What the form is sent to; it leads back to `from`. */
  readonly action: string;
  /** Names of the two fields there. */
  readonly names: { readonly language: string; readonly theme: string };
  /** The page that it stands on. */
  readonly from: string;
}

const THEMES: readonly { readonly theme: Theme; readonly icon: IconName }[] = [
  { theme: "auto", icon: "circle-half" },
  { theme: "light", icon: "sun" },
  { theme: "dark", icon: "moon-stars" },
];

/** Language and colours: two forms that also work without JavaScript; with it, colours change in place. */
export default function Switches({ lang, theme: first, action, names, from }: SwitchesProps) {
  const t = frameTexts(lang);
  const theme = chosenTheme.value ?? first;

  const submit = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget, (event as unknown as SubmitEvent).submitter);
    const chosen = form.get(names.theme) as Theme | null;
    try {
      const response = await send(action, form);
      if (!response.ok) throw await problemOf(response);
      if (chosen === null) return location.reload();
      showTheme(chosen);
    } catch (error) {
      notices.failed(error, errorsTexts(lang));
    }
  };

  return (
    <div class="switches" role="group" aria-label={`${t.language}, ${t.theme}`}>
      <form class="switch-group" method="post" action={action} onSubmit={submit}>
        <input type="hidden" name="from" value={from} />
        {LANGUAGES.map((language) => (
          <button
            key={language}
            type="submit"
            name={names.language}
            value={language}
            lang={language}
            title={t.languages[language]}
            aria-pressed={language === lang}
          >
            {language.toUpperCase()}
            <span class="visually-hidden">{t.languages[language]}</span>
          </button>
        ))}
      </form>
      <form class="switch-group" method="post" action={action} onSubmit={submit}>
        <input type="hidden" name="from" value={from} />
        {THEMES.map(({ theme: value, icon }) => (
          <button
            key={value}
            type="submit"
            name={names.theme}
            value={value}
            aria-label={t.themes[value]}
            title={t.themes[value]}
            aria-pressed={value === theme}
          >
            <Icon name={icon} />
          </button>
        ))}
      </form>
    </div>
  );
}

async function send(action: string, form: FormData): Promise<Response> {
  try {
    const body = new URLSearchParams([...form].map(([name, value]) => [name, String(value)]));
    return await fetch(action, { method: "POST", body, signal: AbortSignal.timeout(10_000) });
  } catch (error) {
    throw new ClientError("lost", String(error));
  }
}
