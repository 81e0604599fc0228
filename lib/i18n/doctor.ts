import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/doctor.ts")["doctor"];

export const doctorTexts: Translated<Texts> = await translated({
  en: () => import("./en/doctor.ts").then(({ doctor }) => doctor),
  fr: () => import("./fr/doctor.ts").then(({ doctor }) => doctor),
});
