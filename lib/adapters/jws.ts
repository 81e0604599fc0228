import { compactVerify, type CompactVerifyResult, decodeProtectedHeader } from "jose";
import type { z } from "zod";
import { EssaimError } from "../core/errors.ts";

/** Compact JWS (RFC 7515) as all signed statements are: ES256 only, the right `typ`, payload of the right schema. */

export const ALGORITHM = "ES256";

/** Header of a statement of this type, not verified yet. Throws `bad-record`, `too-large`. */
export function header(jws: string, type: string, maxLength: number) {
  if (jws.length > maxLength) throw new EssaimError("too-large", `A signed message is longer than ${maxLength} bytes.`);
  try {
    const found = decodeProtectedHeader(jws);
    if (found.alg === ALGORITHM && found.typ === type) return found;
  } catch (cause) {
    throw bad("This is not a signed message.", cause);
  }
  throw bad(`This is not an ${ALGORITHM} signature of type ${type}.`);
}

/** `key`: one that is known to be a point of P-256. Throws `bad-record`. */
export async function verified(
  jws: string,
  key: Parameters<typeof compactVerify>[1],
): Promise<CompactVerifyResult> {
  try {
    return await compactVerify(jws, key, { algorithms: [ALGORITHM] });
  } catch (cause) {
    throw bad("The signature is wrong.", cause);
  }
}

/** Throws `bad-record`. */
export function payload<T>({ payload }: CompactVerifyResult, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (cause) {
    throw bad("The signed content is not JSON.", cause);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw bad(`The signed content is malformed at ${issue?.path.join(".") || "its top"}.`, parsed.error);
}

export function bad(message: string, cause?: unknown): EssaimError {
  return new EssaimError("bad-record", message, { cause });
}
