import { page } from "fresh";
import { z } from "zod";
import { PageHead } from "../../components/frame.tsx";
import { Panel } from "../../components/panel.tsx";
import type { JoinTyped } from "../../components/class/join_form.tsx";
import { stepAddress } from "../../components/welcome/first_steps.tsx";
import ClassPanel from "../../islands/ClassPanel.tsx";
import { viewClass } from "../../lib/app/class_view.ts";
import { asEssaimError } from "../../lib/core/errors.ts";
import { groupChangeSchema, groupIdSchema, joinClassSchema, type NewDevice } from "../../lib/core/local_messages.ts";
import { classTexts } from "../../lib/i18n/class.ts";
import type { LocalPeerParts } from "../api/local.ts";
import { definePeer } from "../define.ts";
import { readForm } from "../form.ts";
import { parseInput } from "../http.ts";

interface Data {
  readonly typed: JoinTyped;
  readonly failed?: string;
  readonly device?: NewDevice;
}

const AFTER = "/settings#class";
/** Pages whose plain form comes here. */
const AFTERS: readonly string[] = [AFTER, stepAddress("folder")];
const actionSchema = z.enum(["join", "leave", "device", "group", "remove-group"]);

/** Answers the plain forms about the class; it is part of Settings otherwise. */
export const handler = definePeer.handlers({
  GET: (ctx) => ctx.redirect(AFTER, 303),
  POST: async (ctx) => {
    const { peer, lang } = ctx.state;
    ctx.state.title = classTexts(lang).title;
    const form = await readForm(ctx.req);
    const text = (key: keyof JoinTyped) => form.get(key) ?? "";
    const typed = { link: text("link"), tracker: text("tracker"), heard: text("heard"), name: text("name") };
    const action = parseInput(actionSchema, form.get("do"));
    try {
      const device = await act(peer, action, form, ctx.req.signal);
      return device
        ? page<Data>({ typed, device })
        : ctx.redirect(AFTERS.find((after) => after === form.get("after")) ?? AFTER, 303);
    } catch (caught) {
      const { code, status } = asEssaimError(caught);
      if (action !== "join" || code === "internal") throw caught;
      return page<Data>({ typed, failed: code }, { status });
    }
  },
});

async function act(
  { membership, groups }: LocalPeerParts,
  action: z.infer<typeof actionSchema>,
  form: URLSearchParams,
  signal: AbortSignal,
): Promise<NewDevice | undefined> {
  switch (action) {
    case "join": {
      const tracker = form.get("tracker")?.trim();
      const { link, heard, name } = Object.fromEntries(form);
      const request = { link, name, ...tracker && { tracker }, ...heard && { heard } };
      await membership.join(parseInput(joinClassSchema, request), signal);
      return undefined;
    }
    case "leave":
      await membership.leave();
      return undefined;
    case "device":
      return await membership.deviceCode(signal);
    case "group": {
      const group = parseInput(groupChangeSchema, { name: form.get("name"), users: form.getAll("users") });
      const id = form.get("id");
      if (id) await groups.change(parseInput(groupIdSchema, id), group);
      else await groups.add(group);
      return undefined;
    }
    case "remove-group":
      await groups.remove(parseInput(groupIdSchema, form.get("id")));
      return undefined;
    default:
      return action satisfies never;
  }
}

export default definePeer.page<typeof handler>(({ data, state: { lang, peer } }) => {
  const t = classTexts(lang);
  const { typed, failed, device } = data as Data;
  const view = viewClass(peer);
  return (
    <div class="narrow">
      <PageHead title={t.title} />
      <Panel title={view.joined ? t.title : t.join.title}>
        <div class="panel-body">
          <ClassPanel lang={lang} view={view} typed={typed} failed={failed} device={device} after={AFTER} />
        </div>
      </Panel>
    </div>
  );
});
