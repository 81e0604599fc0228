import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/settings.ts")["settings"];

export const settingsTexts: Translated<Texts> = await translated({
  en: () => import("./en/settings.ts").then(({ settings }) => settings),
  fr: () => import("./fr/settings.ts").then(({ settings }) => settings),
});
