import { HttpError } from "fresh";
import { ErrorPage } from "../../components/error_page.tsx";
import { errorsTexts } from "../../lib/i18n/errors.ts";
import { frameTexts } from "../../lib/i18n/frame.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { definePeer } from "../define.ts";

export default definePeer.page(({ error, state, url }) => {
  const status = error instanceof HttpError ? error.status : 500;
  const cause = error instanceof HttpError ? error.cause : undefined;
  const known = cause instanceof EssaimError && cause.code !== "internal" ? cause : undefined;
  const t = frameTexts(state.lang);
  state.title = status === 404 ? t.errorPages.notFoundTitle : t.errorPages.failedTitle;
  return (
    <ErrorPage
      lang={state.lang}
      status={status}
      text={known && errorsTexts(state.lang)[known.code]}
      detail={known?.message}
      path={url.pathname + url.search}
    />
  );
});
