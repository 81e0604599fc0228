import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/tracker.ts")["tracker"];

export const trackerTexts: Translated<Texts> = await translated({
  en: () => import("./en/tracker.ts").then(({ tracker }) => tracker),
  fr: () => import("./fr/tracker.ts").then(({ tracker }) => tracker),
});
