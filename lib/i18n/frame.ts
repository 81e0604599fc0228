import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/frame.ts")["frame"];

export const frameTexts: Translated<Texts> = await translated({
  en: () => import("./en/frame.ts").then(({ frame }) => frame),
  fr: () => import("./fr/frame.ts").then(({ frame }) => frame),
});
