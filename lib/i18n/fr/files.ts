import type { files as en } from "../en/files.ts";
import { fr } from "../typography.ts";

export const files: typeof en = {
  title: fr`Mes fichiers`,
};
