import { renderSVG } from "uqr";
import { EssaimError } from "../lib/core/errors.ts";

/** Longer texts make codes that phones of pupils no longer read from a screen. */
export const MAX_QR_LENGTH = 512;
/** Modules of white around it, as ISO/IEC 18004 asks. */
const QUIET_ZONE = 4;

/** The text as a QR code, dark on white in either theme, since cameras expect that. Throws `bad-input`, `too-large`. */
export function qrImage(text: string): Response {
  if (text === "") throw new EssaimError("bad-input", "Give the text of the QR code as ?text=.");
  if (text.length > MAX_QR_LENGTH) throw new EssaimError("too-large", `At most ${MAX_QR_LENGTH} characters fit.`);
  const svg = renderSVG(text, { border: QUIET_ZONE, ecc: "M", blackColor: "#000", whiteColor: "#fff" });
  return new Response(svg, {
    headers: {
      "content-type": "image/svg+xml",
      "content-security-policy": "default-src 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "private, max-age=3600",
    },
  });
}
