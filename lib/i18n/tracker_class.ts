import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/tracker_class.ts")["trackerClass"];

export const trackerClassTexts: Translated<Texts> = await translated({
  en: () => import("./en/tracker_class.ts").then(({ trackerClass }) => trackerClass),
  fr: () => import("./fr/tracker_class.ts").then(({ trackerClass }) => trackerClass),
});
