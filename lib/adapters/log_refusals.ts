import type { ErrorCode, EssaimError } from "../core/errors.ts";
import type { Log } from "../ports.ts";

/** What only the owner of this computer can mend; every other refusal is the asker's affair. */
const OWNERS_AFFAIR: ReadonlySet<ErrorCode> = new Set(["internal", "database-damaged", "disk-full"]);

/** Notes each request that was answered with an error. */
export function logRefusals(log: Log): (error: EssaimError, request: Request) => void {
  return (error, request) => {
    const about = { method: request.method, path: new URL(request.url).pathname, code: error.code };
    if (OWNERS_AFFAIR.has(error.code)) {
      log.error(error.code, error.message, { ...about, cause: String(error.cause ?? "") });
    } else log.debug("request-refused", error.message, about);
  };
}
