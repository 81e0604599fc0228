import { localPath } from "../../lib/core/public_access.ts";
import { isLanguage } from "../../lib/i18n/language.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { defineTracker } from "../define.ts";
import { readForm } from "../form.ts";
import { isTheme, LANGUAGE_COOKIE, PREFERENCES, THEME_COOKIE } from "../tracker_pages.ts";

const A_YEAR_SECONDS = 365 * 24 * 3600;

/** Keeps the visitor's language or colours in a cookie, and leads back to where it was chosen. */
export const handler = defineTracker.handlers({
  async POST({ req }) {
    const form = await readForm(req);
    const language = form.get(PREFERENCES.language);
    const theme = form.get(PREFERENCES.theme);
    const isKnown = (language === null || isLanguage(language)) && (theme === null || isTheme(theme));
    if (!isKnown) throw new EssaimError("bad-input", "There is no such language or theme.");
    const headers = new Headers({ location: localPath(form.get("from") ?? "/") });
    if (language !== null) headers.append("set-cookie", cookie(LANGUAGE_COOKIE, language));
    if (theme !== null) headers.append("set-cookie", cookie(THEME_COOKIE, theme));
    return new Response(null, { status: 303, headers });
  },
});

function cookie(name: string, value: string): string {
  return `${name}=${value}; Path=/; Max-Age=${A_YEAR_SECONDS}; HttpOnly; SameSite=Lax`;
}
