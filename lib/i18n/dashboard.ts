import { type Translated, translated } from "./translated.ts";

type Texts = typeof import("./en/dashboard.ts")["dashboard"];

export const dashboardTexts: Translated<Texts> = await translated({
  en: () => import("./en/dashboard.ts").then(({ dashboard }) => dashboard),
  fr: () => import("./fr/dashboard.ts").then(({ dashboard }) => dashboard),
});
