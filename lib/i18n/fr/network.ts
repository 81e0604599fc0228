import type { network as en } from "../en/network.ts";
import { fr } from "../typography.ts";

export const network: typeof en = {
  title: fr`Réseau`,
};
