import type { LocalShare } from "../../lib/core/local_messages.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { readersOf } from "../class/directory.ts";
import type { Directory } from "./recipients.ts";

export interface ReadersProps {
  readonly lang: Language;
  readonly row: Pick<LocalShare, "visibility" | "users" | "groups">;
  readonly directory: Directory | undefined;
}

/** All names of a private share in one line. */
export function namesOf(row: ReadersProps["row"], directory: Directory | undefined, lang: Language): string {
  const t = filesTexts(lang).table;
  const names = readersOf(row, directory).map((name) => name ?? t[directory ? "gone" : "somebodyElse"]);
  return names.length === 0 ? t.onlyMe : formats(lang).list(names);
}

/** Who can see a share, in words: everyone, the class, or the names that were chosen. */
export function Readers({ lang, row, directory }: ReadersProps) {
  const t = filesTexts(lang).table;
  if (row.visibility !== "private") return <>{t[row.visibility]}</>;
  const names = readersOf(row, directory);
  if (names.length === 0) return <>{t.onlyMe}</>;
  return (
    <>
      {names.map((name, place) => (
        <span key={place}>
          {place > 0 && ", "}
          {name === undefined ? t[directory ? "gone" : "somebodyElse"] : <bdi>{name}</bdi>}
        </span>
      ))}
    </>
  );
}
