import type { ChosenVisibility } from "../core/local_messages.ts";
import { errorsTexts } from "../i18n/errors.ts";
import { filesTexts } from "../i18n/files.ts";
import { formats } from "../i18n/formats.ts";
import type { Language } from "../i18n/language.ts";
import { type Addition, NothingFound } from "./additions.ts";
import { MAX_FILES, TooManyFiles } from "./dropped_files.ts";
import type { AddingNotices } from "./files_adding.ts";
import { notices } from "./notices.ts";
import { whatOf } from "./what_of.ts";

/** What is told about additions. `onShared`: own shares changed. */
export function addingNotices(lang: Language, onShared: () => void): AddingNotices {
  const t = filesTexts(lang);
  return {
    shared({ roots }: Addition, { visibility, allow = [], groups = [] }: ChosenVisibility) {
      onShared();
      const isOnlyMine = visibility === "private" && allow.length + groups.length === 0;
      notices.done(t.uploads.shared[isOnlyMine ? "onlyMe" : visibility](whatOf(roots, lang)));
    },
    givenUp({ roots }, error) {
      const what = whatOf(roots, lang);
      if (error instanceof NothingFound) notices.info(t.add.empty(what));
      else if (error instanceof TooManyFiles) notices.info(t.add.tooMany(what, formats(lang).count(MAX_FILES)));
      else notices.failed(error, errorsTexts(lang));
    },
    refused({ roots }, error) {
      notices.failed(error, errorsTexts(lang));
      notices.info(t.uploads.refused(whatOf(roots, lang)));
    },
  };
}
