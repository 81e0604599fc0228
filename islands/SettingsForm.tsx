import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Button } from "../components/button.tsx";
import { Panel } from "../components/panel.tsx";
import { SettingField } from "../components/setting_field.tsx";
import { GROUPS, shownValue, typedValue } from "../components/setting_value.ts";
import { api, ClientError } from "../lib/client/api.ts";
import { notices } from "../lib/client/notices.ts";
import { chosenTheme, showTheme, type Theme } from "../lib/client/theme.ts";
import type { Setting, SettingsChange } from "../lib/core/local_messages.ts";
import { type LocalTime, localTime } from "../lib/core/quiet_times.ts";
import { errorsTexts } from "../lib/i18n/errors.ts";
import type { Language } from "../lib/i18n/language.ts";
import { settingsTexts } from "../lib/i18n/settings.ts";

export interface SettingsFormProps {
  readonly lang: Language;
  readonly settings: readonly Setting[];
  readonly isInClass: boolean;
  /** What is used where a value is empty, by key. */
  readonly usual: Readonly<Record<string, string>>;
  /** What was typed and could not be saved, without JavaScript. */
  readonly typed?: Readonly<Record<string, string>>;
  /** Which of it is wrong. */
  readonly wrong?: { readonly key: string; readonly detail: string } | undefined;
}

/** What the frame around the form shows too: when it changes, the page is made again. */
const OF_THE_FRAME = ["peer.name", "ui.language"];
/** How often it is looked which quiet times hold. */
const LOOK_EVERY_MS = 15_000;
/** Choices that only make sense in a class. */
const OF_A_CLASS = { "sharing.default_visibility": ["class", "private"] } as Record<string, readonly string[]>;

/** All settings of this computer, saved together; without JavaScript the same form is sent to the page. */
export default function SettingsForm(
  { lang, settings: first, isInClass, usual, typed: firstTyped = {}, wrong: firstWrong }: SettingsFormProps,
) {
  const t = settingsTexts(lang);
  const settings = useSignal(first);
  const typed = useSignal<Readonly<Record<string, string>>>(firstTyped);
  const wrong = useSignal(firstWrong);
  const isSaving = useSignal(false);
  const isSaved = useSignal(false);
  const now = useSignal<LocalTime | undefined>(undefined);
  const isAdvancedOpen = useSignal(GROUPS.advanced.some((key) => key === firstWrong?.key));
  const byKey = new Map(settings.value.map((setting) => [setting.key, setting]));
  const changed = Object.entries(typed.value).filter(([key, value]) => {
    const setting = byKey.get(key);
    return setting !== undefined && value !== shownValue(setting, lang);
  });
  useEffect(() => {
    if (changed.length === 0) return;
    const warn = (event: BeforeUnloadEvent) => {
      if (Object.keys(typed.value).length > 0) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [changed.length > 0]);
  useEffect(() => {
    const look = () => now.value = localTime(new Date());
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() =>
    chosenTheme.subscribe((theme) => {
      if (theme) settings.value = settings.value.map((one) => one.key === "ui.theme" ? { ...one, value: theme } : one);
    }), []);

  const save = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (changed.length === 0 || isSaving.value) return;
    isSaving.value = true;
    try {
      const change: SettingsChange = Object.fromEntries(
        changed.map(([key, value]) => [key, typedValue(byKey.get(key)!, value) as SettingsChange[string]]),
      );
      settings.value = await api.patch<Setting[]>("/api/settings", change);
      [typed.value, wrong.value] = [{}, undefined];
      isSaved.value = true;
      if (change["ui.theme"]) showTheme(change["ui.theme"] as Theme);
      if (OF_THE_FRAME.some((key) => key in change)) location.assign("/settings?saved");
    } catch (error) {
      refuse(error);
    } finally {
      isSaving.value = false;
    }
  };
  const refuse = (error: unknown) => {
    const key = error instanceof ClientError && error.code === "bad-config" ? String(error.details.key) : "";
    if (!byKey.has(key)) return void notices.failed(error, errorsTexts(lang));
    wrong.value = { key, detail: (error as ClientError).detail };
    const field = document.getElementById(key);
    field?.closest("details")?.setAttribute("open", "");
    field?.focus();
  };

  const isLater = settings.value.some(({ pending }) => pending);
  const settled = !isSaved.value ? t.unchanged : isLater ? t.savedRestart : t.saved;

  const field = (key: string) => {
    const setting = byKey.get(key);
    if (!setting) return null;
    const isWrong = wrong.value?.key === key;
    return (
      <SettingField
        key={key}
        lang={lang}
        setting={setting}
        value={typed.value[key] ?? shownValue(setting, lang)}
        error={isWrong ? t.accepts[setting.type] ?? errorsTexts(lang)["bad-config"] : undefined}
        usual={usual[key]}
        now={now.value}
        unavailable={isInClass ? [] : OF_A_CLASS[key] ?? []}
        onInput={(value) => {
          typed.value = { ...typed.value, [key]: value };
          if (isWrong) wrong.value = undefined;
        }}
      />
    );
  };
  const group = (name: keyof typeof GROUPS) => <div class="panel-body fields">{GROUPS[name].map(field)}</div>;

  return (
    <form class="settings" method="post" action="/settings" onSubmit={save} noValidate>
      {/* What Enter in a field means: the first button of a form, else the one that adds a quiet time. */}
      <button type="submit" class="visually-hidden" tabIndex={-1} aria-hidden="true" />
      <Panel title={t.groups.computer}>{group("computer")}</Panel>
      <Panel title={t.groups.folders}>{group("folders")}</Panel>
      <Panel title={t.groups.sharing}>{group("sharing")}</Panel>
      <Panel title={t.groups.limits}>{group("limits")}</Panel>
      <Panel title={t.groups.pages}>{group("pages")}</Panel>
      <details
        class="panel"
        open={isAdvancedOpen.value}
        onToggle={(event) => isAdvancedOpen.value = event.currentTarget.open}
      >
        <summary class="panel-head">
          <h2>{t.groups.advanced}</h2>
          <span class="muted">{t.advancedHelp}</span>
        </summary>
        {group("advanced")}
      </details>
      <div class="save-bar" data-changed={changed.length > 0}>
        <p class="muted" role="status">{changed.length > 0 ? t.unsaved(changed.length) : settled}</p>
        {changed.length > 0 && (
          <Button
            kind="bare"
            onClick={() => {
              [typed.value, wrong.value] = [{}, undefined];
            }}
          >
            {t.revert}
          </Button>
        )}
        <Button kind="primary" type="submit" icon="check-lg" aria-disabled={isSaving.value}>{t.save}</Button>
      </div>
    </form>
  );
}
