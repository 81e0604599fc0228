import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/transfers.ts")["transfers"];

export const transfersTexts: Translated<Texts> = await translated({
  en: () => import("./en/transfers.ts").then(({ transfers }) => transfers),
  fr: () => import("./fr/transfers.ts").then(({ transfers }) => transfers),
});
