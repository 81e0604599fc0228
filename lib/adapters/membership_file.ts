import { join } from "node:path";
import { z } from "zod";
import type { KeptMembership, MembershipStore } from "../class_ports.ts";
import { certificateSchema, MAX_REVOCATIONS_BYTES } from "../core/class_messages.ts";
import { EssaimError } from "../core/errors.ts";
import { displayNameSchema } from "../core/messages.ts";
import { removeIfThere } from "./files.ts";
import { readPrivate, writePrivate } from "./key_files.ts";

const WHAT = "this computer's membership of the class";
export const MAX_MEMBERSHIP_BYTES = 2 * MAX_REVOCATIONS_BYTES;

export const keptSchema = z.object({
  name: displayNameSchema,
  ca: z.string().max(8_192),
  certificate: certificateSchema,
  revocations: z.string().max(MAX_REVOCATIONS_BYTES),
  tracker: z.string().max(500),
  memberPort: z.number().int().min(1).max(65_535),
});

/** `DIR/class.json`, beside the key that it is about. Throws `unreadable` when it is damaged, or others may read it. */
export async function openMembership(dir: string): Promise<MembershipStore> {
  const path = join(dir, "class.json");
  const text = await readPrivate(path, WHAT, MAX_MEMBERSHIP_BYTES);
  let kept = text === undefined ? undefined : parse(text, path);
  return {
    get kept() {
      return kept;
    },
    async keep(membership) {
      if (membership === undefined) await removeIfThere(path);
      else await writePrivate(path, `${JSON.stringify(membership, null, 2)}\n`, WHAT);
      kept = membership;
    },
  };
}

function parse(text: string, path: string): KeptMembership {
  try {
    return keptSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new EssaimError(
      "unreadable",
      `${path} cannot be read. Put back a copy of it, or remove it and join the class again.`,
      { cause },
    );
  }
}
