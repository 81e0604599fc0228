import { page } from "fresh";
import { z } from "zod";
import { Button, LinkButton } from "../../components/button.tsx";
import { describedBy, Field } from "../../components/field.tsx";
import { PageHead } from "../../components/frame.tsx";
import { Panel } from "../../components/panel.tsx";
import { FirstSteps, stepAddress } from "../../components/welcome/first_steps.tsx";
import ClassPanel from "../../islands/ClassPanel.tsx";
import { viewClass } from "../../lib/app/class_view.ts";
import { asEssaimError } from "../../lib/core/errors.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { settingsTexts } from "../../lib/i18n/settings.ts";
import { welcomeTexts } from "../../lib/i18n/welcome.ts";
import type { LocalPeerParts } from "../api/local.ts";
import { definePeer } from "../define.ts";
import { readForm } from "../form.ts";
import { parseInput } from "../http.ts";

interface Data {
  readonly step: "class" | "folder";
  /** The folder that was typed and cannot be used, and why. */
  readonly refused?: { readonly folder: string; readonly code: string };
}

const actionSchema = z.enum(["without-class", "folder"]);

/** The first steps, for a computer on which nothing is set up. Each is a form, so all of it works without JavaScript. */
export const handler = definePeer.handlers({
  GET: ({ state, url }) => {
    state.title = welcomeTexts(state.lang).title;
    const hasClass = state.peer.membership.standing !== undefined;
    const step = hasClass || url.searchParams.get("step") === "folder" ? "folder" : "class";
    return page<Data>({ step });
  },
  POST: async (ctx) => {
    const { peer, lang } = ctx.state;
    const form = await readForm(ctx.req);
    if (parseInput(actionSchema, form.get("do")) === "without-class") {
      await rememberNoClass(peer);
      return ctx.redirect(stepAddress("folder"), 303);
    }
    const folder = form.get("folder")?.trim() ?? "";
    try {
      if (folder !== "" && folder !== peer.shares.sharedFolder) {
        await peer.settings.change({ "peer.shared_folder": folder });
      }
    } catch (caught) {
      const { code, status } = asEssaimError(caught);
      if (code !== "bad-config" && code !== "unwritable") throw caught;
      ctx.state.title = welcomeTexts(lang).title;
      return page<Data>({ step: "folder", refused: { folder, code } }, { status });
    }
    return ctx.redirect(stepAddress("file"), 303);
  },
});

/** From now on the first page is the dashboard. Where a flag or variable decides, it stays as that says. */
async function rememberNoClass(peer: LocalPeerParts): Promise<void> {
  try {
    await peer.settings.change({ "ui.welcome": false });
  } catch (caught) {
    if (asEssaimError(caught).code !== "conflict") throw caught;
  }
}

export default definePeer.page<typeof handler>(({ data, state: { lang, peer } }) => {
  const t = welcomeTexts(lang);
  const { step, refused } = data as Data;
  return (
    <div class="narrow">
      <PageHead title={t.title} />
      <p class="first-text">{t.text}</p>
      <FirstSteps lang={lang} now={step} />
      {step === "class"
        ? <ClassStep lang={lang} peer={peer} />
        : <FolderStep lang={lang} peer={peer} refused={refused} />}
    </div>
  );
});

interface StepProps {
  readonly lang: Language;
  readonly peer: LocalPeerParts;
}

function ClassStep({ lang, peer }: StepProps) {
  const t = welcomeTexts(lang).class;
  return (
    <div class="first-class">
      <Panel title={t.title}>
        <div class="panel-body">
          <ClassPanel
            lang={lang}
            view={viewClass(peer)}
            typed={{ link: "", tracker: "", heard: "", name: peer.status().peer.name }}
            after={stepAddress("folder")}
          />
        </div>
      </Panel>
      <form method="post" action="/welcome" class="first-skip">
        <input type="hidden" name="do" value="without-class" />
        <Button type="submit">{t.skip}</Button>
        <span class="muted">{t.skipHelp}</span>
      </form>
    </div>
  );
}

function FolderStep({ lang, peer, refused }: StepProps & Pick<Data, "refused">) {
  const t = welcomeTexts(lang).folder;
  const { choices } = settingsTexts(lang);
  const settings = peer.settings.list();
  const setting = settings.find(({ key }) => key === "peer.shared_folder");
  const visibility = settings.find(({ key }) => key === "sharing.default_visibility")?.value;
  const isFixed = setting?.editable === false;
  const texts: Readonly<Record<string, string>> = errorsTexts(lang);
  const error = refused && texts[refused.code];
  const help = isFixed ? t.fixed : t.help;
  return (
    <Panel title={t.title}>
      <form method="post" action="/welcome" class="panel-body first-folder">
        <input type="hidden" name="do" value="folder" />
        <p>{t.text}</p>
        <Field id="first-folder" label={t.label} help={help} error={error ?? ""}>
          <input
            {...describedBy("first-folder", help, error)}
            class={`form-control ${error ? "is-invalid" : ""}`}
            type="text"
            name={isFixed ? undefined : "folder"}
            readOnly={isFixed}
            required
            maxLength={4096}
            dir="ltr"
            autocomplete="off"
            spellcheck={false}
            value={refused?.folder ?? peer.shares.sharedFolder}
          />
        </Field>
        <p class="muted">{t.who(choices[`sharing.default_visibility=${visibility}`] ?? "")} {t.change}</p>
        <div class="actions">
          <Button kind="primary" type="submit" icon="folder">{isFixed ? t.next : t.submit}</Button>
          {!isFixed && <LinkButton href={stepAddress("file")}>{t.skip}</LinkButton>}
        </div>
      </form>
    </Panel>
  );
}
