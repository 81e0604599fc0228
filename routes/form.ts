import { EssaimError } from "../lib/core/errors.ts";
import { readBody } from "./http.ts";

/** A form without files; the longest is Settings with a full list of ignored names. */
const MAX_FORM = 256 * 1024;
const URLENCODED = "application/x-www-form-urlencoded";

/** The fields of a form of the pages. Throws `bad-input` for another kind of body, `too-large` past 256 KiB. */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== URLENCODED) throw new EssaimError("bad-input", `This form must be sent as ${URLENCODED}.`);
  return new URLSearchParams(new TextDecoder().decode(await readBody(request, MAX_FORM)));
}
