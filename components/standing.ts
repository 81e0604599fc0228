import { isolated } from "../lib/core/visible_text.ts";
import type { Download } from "../lib/core/local_messages.ts";
import type { Texts } from "../lib/i18n/mod.ts";

export type StandingTexts = Pick<Texts, "errors"> & { readonly transfers: Pick<Texts["transfers"], "standing"> };

/** Why no bytes come at the moment, what happens next and what to do; undefined while they come or when all are here. */
export function standing(
  { status, why, owner, rate, done }: Pick<Download, "status" | "why" | "owner" | "rate" | "done">,
  { transfers: { standing: t }, errors }: StandingTexts,
): string | undefined {
  switch (status) {
    case "queued":
      return t.queued;
    case "finding":
      return t.finding;
    case "fetching":
      return rate > 0 || done > 0 ? undefined : t.asked;
    case "waiting":
      if (why?.code === "missing-chunks" && why.missing) return t.missing(isolated(owner), why.missing);
      if (why === undefined || why.code === "missing-chunks") return t.waiting;
      return why.code === "no-source" ? t.noSource(isolated(owner)) : errorText(errors, why.code) ?? t.waiting;
    case "paused":
      return t.paused;
    case "failed":
      return why?.code === "conflict" ? t.changed : errorText(errors, why?.code) ?? t.failed;
    case "complete":
      return undefined;
    default:
      return status satisfies never;
  }
}

function errorText(errors: Readonly<Record<string, string>>, code: string | undefined): string | undefined {
  return code !== undefined && Object.hasOwn(errors, code) ? errors[code] : undefined;
}
