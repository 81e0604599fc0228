import { createHash, randomBytes } from "node:crypto";
import { secretFrom } from "../core/class_code.ts";
import type { UserId } from "../core/ids.ts";

/** What a class draws by chance, from a source that nobody can guess. */
export const classChance = {
  newSecret: (): string => secretFrom(randomBytes(5)),
  newUser: (): UserId => randomBytes(16).toString("hex") as UserId,
  /** SHA-256, hex. */
  hashOf: (text: string): string => createHash("sha256").update(text).digest("hex"),
};
