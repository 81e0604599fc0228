import { page } from "fresh";
import { PageHead } from "../../components/frame.tsx";
import { Callout, Panel } from "../../components/panel.tsx";
import { sentValue, shownValue, typedValue } from "../../components/setting_value.ts";
import ClassPanel from "../../islands/ClassPanel.tsx";
import ConnectPanel from "../../islands/ConnectPanel.tsx";
import SettingsForm from "../../islands/SettingsForm.tsx";
import { viewClass } from "../../lib/app/class_view.ts";
import { asEssaimError } from "../../lib/core/errors.ts";
import type { Setting, SettingsChange } from "../../lib/core/local_messages.ts";
import { classTexts } from "../../lib/i18n/class.ts";
import { doctorTexts } from "../../lib/i18n/doctor.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import { settingsTexts } from "../../lib/i18n/settings.ts";
import { definePeer } from "../define.ts";
import { readForm } from "../form.ts";

interface Data {
  readonly settings: readonly Setting[];
  readonly isSaved?: boolean;
  readonly typed?: Readonly<Record<string, string>>;
  readonly wrong?: { readonly key: string; readonly detail: string } | undefined;
}

export const handler = definePeer.handlers({
  GET: async ({ state, url }) => {
    state.title = settingsTexts(state.lang).title;
    await state.peer.membership.refreshPeople();
    return page<Data>({ settings: state.peer.settings.list(), isSaved: url.searchParams.has("saved") });
  },
  /** The form without JavaScript, and the switches of the frame: only what differs is saved. */
  POST: async (ctx) => {
    const { peer, lang } = ctx.state;
    const form = await readForm(ctx.req);
    const settings = peer.settings.list();
    const typed: Record<string, string> = {};
    const change: SettingsChange = {};
    for (const setting of settings) {
      const value = sentValue(setting, form);
      if (value === undefined || !setting.editable || value === shownValue(setting, lang)) continue;
      typed[setting.key] = value;
      change[setting.key] = typedValue(setting, value) as SettingsChange[string];
    }
    if (form.has("quiet")) { // a row more or less, nothing saved yet
      ctx.state.title = settingsTexts(lang).title;
      return page<Data>({ settings, typed });
    }
    try {
      if (Object.keys(change).length > 0) await peer.settings.change(change);
    } catch (caught) {
      const error = asEssaimError(caught);
      if (error.code !== "bad-config") throw error;
      ctx.state.title = settingsTexts(lang).title;
      const wrong = { key: String(error.details?.key ?? ""), detail: error.message };
      return page<Data>({ settings, typed, wrong }, { status: 400 });
    }
    const from = form.get("from");
    return ctx.redirect(from?.startsWith("/") ? from : "/settings?saved", 303);
  },
});

export default definePeer.page<typeof handler>(({ data, state: { lang, peer } }) => {
  const t = settingsTexts(lang);
  const { settings, isSaved, typed, wrong } = data as Data;
  const view = viewClass(peer);
  const usual = {
    "peer.name": peer.status().peer.name,
    "peer.shared_folder": peer.shares.sharedFolder,
    "peer.download_folder": peer.downloads.ports.defaultOut,
  };
  return (
    <div class="narrow">
      <PageHead title={t.title}>
        <span class="muted">{t.file}</span>
      </PageHead>
      {isSaved && (
        <Callout kind="done" role="status">{settings.some((s) => s.pending) ? t.savedRestart : t.saved}</Callout>
      )}
      {wrong && (
        <Callout kind="error" role="alert">
          <p>
            <strong>{t.keys[wrong.key]?.label ?? wrong.key}</strong> – {errorsTexts(lang)["bad-config"]}
          </p>
        </Callout>
      )}
      <Panel title={view.joined ? t.groups.class : classTexts(lang).join.title} id="class">
        <div class="panel-body">
          <ClassPanel
            lang={lang}
            view={view}
            typed={{ link: "", tracker: "", heard: "", name: usual["peer.name"] }}
            after="/settings#class"
          />
        </div>
      </Panel>
      <Panel
        title={doctorTexts(lang).connect.title}
        id="connect"
        aside={<a href="/doctor">{doctorTexts(lang).link}</a>}
      >
        <div class="panel-body">
          <ConnectPanel lang={lang} known={peer.known.list().filter(({ kind }) => kind === "by-hand")} />
        </div>
      </Panel>
      <SettingsForm
        lang={lang}
        isInClass={view.joined !== null}
        settings={settings}
        usual={usual}
        typed={typed ?? {}}
        wrong={wrong}
      />
    </div>
  );
});
