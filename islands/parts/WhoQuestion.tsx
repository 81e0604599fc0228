import { useSignal } from "@preact/signals";
import {
  chosenVisibility,
  isNarrower,
  nextChoice,
  openChoice,
  type PermissionEvent,
} from "../../components/files/permission_choice.ts";
import { PermissionDialog, type Subject } from "../../components/files/permission_dialog.tsx";
import type { Directory } from "../../components/files/recipients.ts";
import type { Addition } from "../../lib/client/additions.ts";
import { allOf } from "../../lib/client/all_of.ts";
import { api, ClientError } from "../../lib/client/api.ts";
import type { FilesAdding } from "../../lib/client/files_adding.ts";
import { lastChoice } from "../../lib/client/last_choice.ts";
import { notices } from "../../lib/client/notices.ts";
import { whatOf } from "../../lib/client/what_of.ts";
import { visibleText } from "../../lib/core/visible_text.ts";
import type { ChosenVisibility, ShareRow } from "../../lib/core/local_messages.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";

/** Whose permission is asked for. */
export type Question =
  | { readonly kind: "addition"; readonly addition: Addition; readonly adding: FilesAdding }
  | { readonly kind: "edit"; readonly rows: readonly ShareRow[] };

export interface WhoQuestionProps {
  readonly lang: Language;
  readonly directory: Directory | undefined;
  readonly question: Question;
  /** It was answered, or given up. */
  onDone(): void;
}

/** The permission dialog, for what is being added or for what is shared already. Part of `MyFiles`. */
export default function WhoQuestion({ lang, directory, question, onDone }: WhoQuestionProps) {
  const t = filesTexts(lang).permission;
  const choice = useSignal(openChoice(firstChoice(question), directory));
  const isSaving = useSignal(false);
  const error = useSignal<string | undefined>(undefined);
  const chosen = chosenVisibility(choice.value);
  const tell = (event: PermissionEvent) => choice.value = nextChoice(choice.value, event, directory);

  const save = async (chosen: ChosenVisibility) => {
    if (question.kind === "addition") {
      question.adding.choose(question.addition.batch, chosen);
      return onDone();
    }
    isSaving.value = true;
    error.value = undefined;
    const [failure] = await allOf(question.rows, ({ shareId }) => api.patch(`/api/shares/${shareId}`, chosen));
    isSaving.value = false;
    if (failure === undefined) {
      notices.done(t.saved);
      return onDone();
    }
    const texts: Readonly<Record<string, string>> = errorsTexts(lang);
    error.value = texts[failure instanceof ClientError ? failure.code : "internal"];
  };
  const cancel = () => {
    if (question.kind === "addition") {
      const { addition: { batch, roots }, adding } = question;
      adding.additions.keep(batch);
      const what = whatOf(roots, lang);
      notices.info(roots.length === 1 ? t.keptOne(what) : t.keptMany(what));
    }
    onDone();
  };
  return (
    <PermissionDialog
      lang={lang}
      directory={directory}
      subject={subjectOf(question)}
      purpose={question.kind === "addition" ? "adding" : "editing"}
      choice={choice.value}
      tell={tell}
      isSaving={isSaving.value}
      error={error.value}
      isNarrower={question.kind === "edit" && chosen !== undefined && isNarrower(chosen, question.rows, directory)}
      behind={question.kind === "addition" && (
        <Behind lang={lang} adding={question.adding} addition={question.addition} />
      )}
      onSave={(chosen) =>
        void save(chosen)}
      onCancel={cancel}
    />
  );
}

/** For an addition the choice made last; for one file what it has. */
function firstChoice(question: Question): ChosenVisibility {
  if (question.kind === "addition" || question.rows.length !== 1) return lastChoice();
  const { visibility, users, groups } = question.rows[0]!;
  return { visibility, allow: users, groups };
}

function subjectOf(question: Question): Subject {
  const things = question.kind === "edit" ? question.rows : question.addition.roots;
  return {
    names: things.map(({ name }) => visibleText(name)),
    hasFolders: things.some(({ kind }) => kind === "folder"),
  };
}

interface BehindProps {
  readonly lang: Language;
  readonly adding: FilesAdding;
  readonly addition: Addition;
}

/** How far the upload is that goes on meanwhile. */
function Behind({ lang, adding, addition: { batch, isReading } }: BehindProps) {
  if (!isReading && adding.queue.isSettled(batch)) return null;
  const { sent, bytes } = adding.queue.progress(batch);
  const share = bytes === 0 ? 0 : sent / bytes;
  const text = filesTexts(lang).permission.behind(formats(lang).percent(share));
  return (
    <div class="behind">
      <span class="muted">{text}</span>
      <progress class="bar" max={1} value={share} aria-label={text} />
    </div>
  );
}
