import type { Problem, ScanState } from "../../lib/core/local_messages.ts";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Callout } from "../panel.tsx";

export interface FolderStateProps {
  readonly lang: Language;
  readonly scan: ScanState;
  readonly problems: readonly Problem[];
}

const SHOWN = 50;

/** What is happening with the shared folder: a scan under way, and files that cannot be shared. */
export function FolderState({ lang, scan, problems }: FolderStateProps) {
  return (
    <>
      {scan.kind === "scanning" && <Scanning lang={lang} scan={scan} />}
      {problems.some(isUnjoined) && (
        <Callout kind="warn">
          <p>
            {filesTexts(lang).problems.notJoined} <a href="/settings#class">{filesTexts(lang).problems.join}</a>
          </p>
        </Callout>
      )}
      {!problems.every(isUnjoined) && <Problems lang={lang} problems={problems.filter((one) => !isUnjoined(one))} />}
    </>
  );
}

const isUnjoined = ({ code }: Problem) => code === "not-joined";

function Scanning({ lang, scan }: { readonly lang: Language; readonly scan: ScanState & { kind: "scanning" } }) {
  const t = filesTexts(lang).scan;
  const f = formats(lang);
  const { seen, toHash, hashedBytes, totalBytes } = scan;
  const text = toHash > 0 ? t.looking(f.count(Math.max(0, seen - toHash)), f.count(seen)) : t.lookingOnly(seen);
  return (
    <div class="scan" role="status">
      <span>
        {text}
        {totalBytes > 0 && <span class="muted">· {t.reading(f.bytes(hashedBytes), f.bytes(totalBytes))}</span>}
      </span>
      <progress class="bar" max={1} value={totalBytes > 0 ? hashedBytes / totalBytes : undefined} aria-label={text} />
    </div>
  );
}

function Problems({ lang, problems }: { readonly lang: Language; readonly problems: readonly Problem[] }) {
  const t = filesTexts(lang);
  const texts: Readonly<Record<string, string>> = errorsTexts(lang);
  return (
    <Callout kind="warn">
      <p>
        <strong>{t.problems.title(problems.length)}</strong>
      </p>
      <details>
        <summary>{t.problems.show}</summary>
        <ul class="problems">
          {problems.slice(0, SHOWN).map(({ path, code, message }) => (
            <li key={path + code} title={message}>
              <bdi class="name">{path}</bdi>
              <div class="muted">{texts[code] ?? texts.internal}</div>
            </li>
          ))}
          {problems.length > SHOWN && <li>{t.pending.more(problems.length - SHOWN)}</li>}
        </ul>
      </details>
    </Callout>
  );
}
