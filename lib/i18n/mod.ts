import { classTexts } from "./class.ts";
import { dashboardTexts } from "./dashboard.ts";
import { doctorTexts } from "./doctor.ts";
import { errorsTexts } from "./errors.ts";
import { filesTexts } from "./files.ts";
import { frameTexts } from "./frame.ts";
import type { Language } from "./language.ts";
import { networkTexts } from "./network.ts";
import { settingsTexts } from "./settings.ts";
import { trackerTexts } from "./tracker.ts";
import { trackerClassTexts } from "./tracker_class.ts";
import { transfersTexts } from "./transfers.ts";
import { welcomeTexts } from "./welcome.ts";

export { counted, type Formats, formats, NBSP, NNBSP } from "./formats.ts";
export { isLanguage, type Language, LANGUAGES, pickLanguage } from "./language.ts";

/** Every text of the pages. For the server; an island imports only its areas (`filesTexts`…), to stay small. */
export type Texts = ReturnType<typeof texts>;

export function texts(lang: Language) {
  return {
    frame: frameTexts(lang),
    class: classTexts(lang),
    dashboard: dashboardTexts(lang),
    files: filesTexts(lang),
    network: networkTexts(lang),
    transfers: transfersTexts(lang),
    settings: settingsTexts(lang),
    tracker: trackerTexts(lang),
    trackerClass: trackerClassTexts(lang),
    doctor: doctorTexts(lang),
    errors: errorsTexts(lang),
    welcome: welcomeTexts(lang),
  };
}
