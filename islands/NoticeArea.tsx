import type { JSX } from "preact";
import { Button } from "../components/button.tsx";
import { live } from "../lib/client/live.ts";
import { type Notice, notices } from "../lib/client/notices.ts";
import { errorsTexts } from "../lib/i18n/errors.ts";
import { frameTexts } from "../lib/i18n/frame.ts";
import type { Language } from "../lib/i18n/language.ts";

/** What is told to the person, at the edge of the page and to screen readers. */
export default function NoticeArea({ lang }: { readonly lang: Language }) {
  const t = frameTexts(lang);
  const list = notices.list.value;
  return (
    <div class="notices" role="region" aria-label={t.notices.region}>
      <div role="alert" class="notice-list">
        {live.connection.value === "lost" && <LostNotice t={t} />}
        {list.filter(({ kind }) => kind === "error").map((notice) => (
          <NoticeCard key={notice.id} notice={notice} lang={lang} />
        ))}
      </div>
      <div role="status" class="notice-list">
        {list.filter(({ kind }) => kind !== "error").map((notice) => (
          <NoticeCard key={notice.id} notice={notice} lang={lang} />
        ))}
      </div>
    </div>
  );
}

function LostNotice({ t }: { readonly t: ReturnType<typeof frameTexts> }) {
  return (
    <div class="notice notice-lost" data-kind="error">
      <div class="notice-text">
        <strong>{t.lost.title}</strong>
        <p>{t.lost.help}</p>
        <Button small icon="arrow-clockwise" onClick={() => live.retry()}>{t.lost.retry}</Button>
      </div>
    </div>
  );
}

function NoticeCard({ notice, lang }: { readonly notice: Notice; readonly lang: Language }) {
  const { id, kind, text, detail, action } = notice;
  const t = frameTexts(lang).notices;
  const hold = () => notices.hold(id);
  const release = (event: JSX.TargetedEvent<HTMLElement>) => {
    if (!event.currentTarget.matches(":hover, :focus-within")) notices.release(id);
  };
  const act = () => void notices.act(id).catch((error) => notices.failed(error, errorsTexts(lang)));
  return (
    <div
      class="notice"
      data-kind={kind}
      onPointerEnter={hold}
      onPointerLeave={release}
      onFocusIn={hold}
      onFocusOut={release}
    >
      <div class="notice-text">
        {text}
        {detail && (
          <details>
            <summary>{t.details}</summary>
            <span lang="en">{detail}</span>
          </details>
        )}
      </div>
      {action && <Button small onClick={act}>{action.label}</Button>}
      <Button kind="bare" small icon="x-lg" label={t.close} onClick={() => notices.close(id)} />
    </div>
  );
}
