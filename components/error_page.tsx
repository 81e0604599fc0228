import { frameTexts } from "../lib/i18n/frame.ts";
import type { Language } from "../lib/i18n/language.ts";
import { LinkButton } from "./button.tsx";
import { EmptyState } from "./empty_state.tsx";

export interface ErrorPageProps {
  readonly lang: Language;
  /** Of HTTP. */
  readonly status: number;
  /** Text of the error's code, when it is one of ours. */
  readonly text?: string | undefined;
  /** English, for the curious. */
  readonly detail?: string | undefined;
  /** Of the page that failed, to try it again. */
  readonly path: string;
}

/** What happened, and what to do. */
export function ErrorPage({ lang, status, text, detail, path }: ErrorPageProps) {
  const t = frameTexts(lang);
  const { errorPages } = t;
  const [title, what] = status === 404
    ? [errorPages.notFoundTitle, errorPages.notFound]
    : status === 401 || status === 403
    ? [errorPages.refusedTitle, `${errorPages.refused} ${errorPages.refusedHelp}`]
    : [errorPages.failedTitle, text ?? `${errorPages.failed} ${errorPages.failedHelp}`];
  return (
    <div class="error-page">
      <EmptyState drawing="lost" heading="h1" title={title} text={what}>
        {status >= 500 && <LinkButton href={path} icon="arrow-clockwise">{errorPages.reload}</LinkButton>}
        <LinkButton href="/" kind="primary" icon="house">{errorPages.home}</LinkButton>
      </EmptyState>
      {detail && (
        <details class="error-detail muted">
          <summary>{t.notices.details}</summary>
          <span lang="en">{status}: {detail}</span>
        </details>
      )}
    </div>
  );
}
