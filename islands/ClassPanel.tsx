import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Button } from "../components/button.tsx";
import { ClassFacts } from "../components/class/class_facts.tsx";
import { DeviceCode } from "../components/class/device_code.tsx";
import { heardLink } from "../components/class/heard_classes.tsx";
import { JoinForm, type JoinTyped } from "../components/class/join_form.tsx";
import { PlainGroups } from "../components/class/plain_class.tsx";
import { api, ClientError } from "../lib/client/api.ts";
import { LazyScript } from "../lib/client/lazy_script.ts";
import { notices } from "../lib/client/notices.ts";
import type { ClassView, Group, NewDevice } from "../lib/core/local_messages.ts";
import { classTexts } from "../lib/i18n/class.ts";
import { errorsTexts } from "../lib/i18n/errors.ts";
import type { Language } from "../lib/i18n/language.ts";
import { useAlive } from "./parts/alive.ts";

export interface ClassPanelProps {
  readonly lang: Language;
  readonly view: ClassView;
  /** In the form, at first: as it was typed and refused, else the name of this computer. */
  readonly typed: JoinTyped;
  /** Why the plain form was refused. */
  readonly failed?: string | undefined;
  /** Made by the plain form. */
  readonly device?: NewDevice | undefined;
  /** Where the page goes on when the class has become another. */
  readonly after: string;
}

/** Trackers make themselves known every ten seconds, and at once to a newcomer. */
const LISTENS_EVERY_MS = 2_000;

/** The class of this computer: a form to join one, or who is in it, groups, a second computer, leaving it. */
export default function ClassPanel({ lang, view: first, typed, failed, device, after }: ClassPanelProps) {
  const view = useSignal(first);
  const { joined, removedFrom, tracker } = view.value;
  if (!joined) {
    return (
      <Join
        lang={lang}
        first={typed}
        hasTracker={tracker !== ""}
        heard={view.value.heard}
        removedFrom={removedFrom}
        failed={failed}
        after={after}
      />
    );
  }
  return (
    <div class="class-panel">
      <ClassFacts lang={lang} joined={joined} />
      <Groups
        lang={lang}
        joined={joined}
        onChange={(groups) => view.value = { ...view.value, joined: { ...joined, groups: [...groups] } }}
      />
      <Device lang={lang} first={device} />
      <Leave lang={lang} after={after} />
    </div>
  );
}

/** The frame shows the class too, so the page is made again, also when only what follows "#" differs. */
function openAnew(address: string): void {
  const { pathname, search } = new URL(address, location.href);
  const isHere = pathname + search === location.pathname + location.search;
  location.assign(address);
  if (isHere) location.reload();
}

interface JoinProps {
  readonly lang: Language;
  readonly first: JoinTyped;
  readonly hasTracker: boolean;
  readonly heard: ClassView["heard"];
  readonly removedFrom: string | null;
  readonly failed: string | undefined;
  readonly after: string;
}

function Join({ lang, first, hasTracker, heard: firstHeard, removedFrom, failed: firstFailed, after }: JoinProps) {
  const typed = useSignal(first);
  const failed = useSignal(firstFailed);
  const isBusy = useSignal(false);
  const heard = useSignal(firstHeard);
  const isAlive = useAlive();
  useEffect(() => {
    const look = async () => {
      if (document.visibilityState === "hidden") return;
      const { heard: now } = await api.get<ClassView>("/api/class");
      const chosen = heard.value.filter((one) => heardLink(one) === typed.value.heard);
      // What was chosen stays while it is not heard.
      heard.value = [...now, ...chosen.filter((one) => !now.some((other) => heardLink(other) === heardLink(one)))];
    };
    const timer = setInterval(() => void look().catch(() => {}), LISTENS_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const join = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    failed.value = undefined;
    const { link, tracker, heard, name } = typed.value;
    const more = { ...tracker.trim() && { tracker: tracker.trim() }, ...heard && { heard } };
    try {
      await api.post("/api/class/join", { link, name, ...more });
      openAnew(after);
    } catch (error) {
      failed.value = error instanceof ClientError ? error.code : "internal";
      isBusy.value = false;
    }
  };
  return (
    <JoinForm
      lang={lang}
      typed={typed.value}
      hasTracker={hasTracker}
      heard={heard.value}
      after={after}
      removedFrom={removedFrom}
      failed={failed.value}
      isBusy={isBusy.value}
      {...isAlive && {
        onInput: (change: Partial<JoinTyped>) => typed.value = { ...typed.value, ...change },
        onSubmit: join,
      }}
    />
  );
}

const editor = new LazyScript<typeof import("./parts/GroupEditor.tsx")>(() => import("./parts/GroupEditor.tsx"));

interface GroupsProps {
  readonly lang: Language;
  readonly joined: NonNullable<ClassView["joined"]>;
  onChange(groups: readonly Group[]): void;
}

function Groups({ lang, joined, onChange }: GroupsProps) {
  useEffect(() => void editor.get(lang), []);
  const GroupEditor = editor.loaded.value?.default;
  return (
    <section>
      <h3>{classTexts(lang).groups.title}</h3>
      {GroupEditor
        ? <GroupEditor lang={lang} joined={joined} onChange={onChange} />
        : <PlainGroups lang={lang} joined={joined} />}
    </section>
  );
}

function Device({ lang, first }: { readonly lang: Language; readonly first: NewDevice | undefined }) {
  const t = classTexts(lang).device;
  const device = useSignal(first);
  const show = async (event: Event) => {
    event.preventDefault();
    try {
      device.value = await api.post<NewDevice>("/api/class/device-code");
    } catch (error) {
      notices.failed(error, { ...errorsTexts(lang), unreachable: classTexts(lang).join.errors.unreachable! });
    }
  };
  return (
    <section>
      <h3>{t.title}</h3>
      <p class="muted">{t.text}</p>
      {device.value
        ? <DeviceCode lang={lang} device={device.value} />
        : (
          <form method="post" action="/class" onSubmit={show}>
            <input type="hidden" name="do" value="device" />
            <Button small type="submit" icon="qr-code">{t.show}</Button>
          </form>
        )}
    </section>
  );
}

function Leave({ lang, after }: { readonly lang: Language; readonly after: string }) {
  const t = classTexts(lang).leave;
  const leave = async (event: Event) => {
    event.preventDefault();
    try {
      await api.post("/api/class/leave");
      openAnew(after);
    } catch (error) {
      notices.failed(error, errorsTexts(lang));
    }
  };
  return (
    <details class="leave">
      <summary>{t.title}</summary>
      <form method="post" action="/class" onSubmit={leave}>
        <input type="hidden" name="do" value="leave" />
        <p class="muted">{t.text}</p>
        <Button small kind="danger" type="submit">{t.submit}</Button>
      </form>
    </details>
  );
}
