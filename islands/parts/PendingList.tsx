import { PendingCard } from "../../components/files/pending_card.tsx";
import { notices } from "../../lib/client/notices.ts";
import { whatOf } from "../../lib/client/what_of.ts";
import type { UploadBatch } from "../../lib/core/local_messages.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { frameTexts } from "../../lib/i18n/frame.ts";
import type { Language } from "../../lib/i18n/language.ts";
import type { Adder } from "./adder.ts";

/** What was added and waits for a choice, without what is on its way or asked about now. Part of `MyFiles`. */
export default function PendingList({ lang, adder }: { readonly lang: Language; readonly adder: Adder }) {
  const known = new Set(adder.adding.value?.all.map(({ batch }) => batch));
  const pending = adder.pending.list.value.filter(({ batch }) => !known.has(batch));
  if (pending.length === 0) return null;
  return (
    <ul class="pendings">
      {pending.map((batch) => (
        <PendingCard
          key={batch.batch}
          lang={lang}
          batch={batch}
          onChoose={() => void adder.ask(batch)}
          onDiscard={() => void discard(adder, batch, lang)}
        />
      ))}
    </ul>
  );
}

/** It goes to the bin and can be taken back. */
async function discard({ pending }: Adder, { batch, entries }: UploadBatch, lang: Language): Promise<void> {
  const text = filesTexts(lang).pending.discarded(whatOf(entries, lang));
  try {
    await pending.discard(batch);
    notices.undoable(text, frameTexts(lang).notices.undo, () => pending.restore(batch));
  } catch (error) {
    notices.failed(error, errorsTexts(lang));
  }
}
