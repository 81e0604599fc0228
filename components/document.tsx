import type { ComponentChildren } from "preact";
import { frameTexts } from "../lib/i18n/frame.ts";
import type { Language } from "../lib/i18n/language.ts";

export interface DocumentProps {
  readonly lang: Language;
  readonly theme: "auto" | "light" | "dark";
  /** Of the page; the name of the program follows. */
  readonly title?: string | undefined;
  /** Address of the style sheet. */
  readonly style: string;
  readonly children: ComponentChildren;
}

/** The HTML around everything. The theme is an attribute that the style sheet reads, so nothing flashes. */
export function Document({ lang, theme, title, style, children }: DocumentProps) {
  const t = frameTexts(lang);
  return (
    <html lang={lang} data-bs-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content={theme === "auto" ? "light dark" : theme} />
        <meta name="referrer" content="same-origin" />
        <title>{title ? t.title(title) : t.brand}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href={style} />
      </head>
      <body>{children}</body>
    </html>
  );
}
