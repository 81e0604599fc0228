import { HttpError } from "fresh";
import { ErrorPage } from "../components/error_page.tsx";
import { EssaimError } from "../lib/core/errors.ts";
import { errorsTexts } from "../lib/i18n/errors.ts";
import { frameTexts } from "../lib/i18n/frame.ts";
import type { PageState } from "./define.ts";

export interface ErrorRouteProps {
  readonly error: unknown;
  readonly state: PageState;
  readonly url: URL;
}

export function statusOf(error: unknown): number {
  return error instanceof HttpError || error instanceof EssaimError ? error.status : 500;
}

/** Title of the page that tells of an error with this HTTP status. */
export function errorTitle(status: number, { lang }: PageState): string {
  const { errorPages } = frameTexts(lang);
  return status === 404 ? errorPages.notFoundTitle : errorPages.failedTitle;
}

/** What went wrong with a page, in the visitor's language. */
export function ErrorRoute({ error, state, url }: ErrorRouteProps) {
  const known = error instanceof EssaimError && error.code !== "internal" ? error : undefined;
  return (
    <ErrorPage
      lang={state.lang}
      status={statusOf(error)}
      text={known && errorsTexts(state.lang)[known.code]}
      detail={known?.message}
      path={url.pathname + url.search}
    />
  );
}
