import { useEffect } from "preact/hooks";
import { LazyScript } from "../../lib/client/lazy_script.ts";
import type { Language } from "../../lib/i18n/language.ts";

type Dialogs = typeof import("./dialogs_script.ts");

const script = new LazyScript<Dialogs>(() => import("./dialogs_script.ts"));

/** The dialogs of the page once one `isNeeded`; undefined until their script is there. */
export function useDialogs(isNeeded: boolean, lang: Language): Dialogs | undefined {
  useEffect(() => {
    if (isNeeded) void script.get(lang);
  }, [isNeeded]);
  return script.loaded.value;
}
