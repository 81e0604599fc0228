import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/network.ts")["network"];

export const networkTexts: Translated<Texts> = await translated({
  en: () => import("./en/network.ts").then(({ network }) => network),
  fr: () => import("./fr/network.ts").then(({ network }) => network),
});
