import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/class.ts")["classTexts"];

export const classTexts: Translated<Texts> = await translated({
  en: () => import("./en/class.ts").then(({ classTexts }) => classTexts),
  fr: () => import("./fr/class.ts").then(({ classTexts }) => classTexts),
});
