import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/files.ts")["files"];

export const filesTexts: Translated<Texts> = await translated({
  en: () => import("./en/files.ts").then(({ files }) => files),
  fr: () => import("./fr/files.ts").then(({ files }) => files),
});
