import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/welcome.ts")["welcome"];

export const welcomeTexts: Translated<Texts> = await translated({
  en: () => import("./en/welcome.ts").then(({ welcome }) => welcome),
  fr: () => import("./fr/welcome.ts").then(({ welcome }) => welcome),
});
