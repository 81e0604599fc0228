import type { settings as en } from "../en/settings.ts";
import { fr } from "../typography.ts";

export const settings: typeof en = {
  title: fr`Réglages`,
};
