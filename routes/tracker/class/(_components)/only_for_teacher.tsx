import { EmptyState } from "../../../../components/empty_state.tsx";
import type { TeacherAccess } from "../../../../lib/core/teacher_access.ts";
import type { Language } from "../../../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../../../lib/i18n/tracker_class.ts";

export interface OnlyForTeacherProps {
  readonly lang: Language;
  readonly why: (TeacherAccess & { kind: "refused" })["why"];
  /** Encrypted ones. */
  readonly addresses: readonly string[];
  /** Of the page; "" for the usual one. */
  readonly port: string;
}

/** Why the teacher's pages do not open here, and where they do. */
export function OnlyForTeacher({ lang, why, addresses, port }: OnlyForTeacherProps) {
  const t = trackerClassTexts(lang).refused;
  const here = `http://localhost${port === "" ? "" : `:${port}`}/class`;
  return (
    <div class="narrow">
      <section class="panel only-teacher">
        <EmptyState drawing="lost" heading="h1" title={t.title} text={t[why]} />
        <div class="panel-body">
          {why === "not-encrypted" && (
            <>
              <p>{t.here}</p>
              <p>
                <code>{here}</code>
              </p>
            </>
          )}
          {addresses.length === 0 ? <p>{t.none}</p> : (
            <>
              <p>{t.secure}</p>
              <ul class="plain-list">
                {addresses.map((address) => (
                  <li key={address}>
                    <a href={`${address}/class`}>{address}/class</a>
                  </li>
                ))}
              </ul>
              <p class="muted">{t.warning}</p>
            </>
          )}
        </div>
      </section>
    </div>
  );
}
