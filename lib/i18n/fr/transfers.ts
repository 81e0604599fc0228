import type { transfers as en } from "../en/transfers.ts";
import { fr } from "../typography.ts";

export const transfers: typeof en = {
  title: fr`Transferts`,
};
