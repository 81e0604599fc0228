import type { tracker as en } from "../en/tracker.ts";
import { fr } from "../typography.ts";

export const tracker: typeof en = {
  title: fr`Le tracker de la classe`,
};
