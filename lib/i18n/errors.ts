import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/errors.ts")["errors"];

export const errorsTexts: Translated<Texts> = await translated({
  en: () => import("./en/errors.ts").then(({ errors }) => errors),
  fr: () => import("./fr/errors.ts").then(({ errors }) => errors),
});
