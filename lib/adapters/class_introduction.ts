import { type ClassInfo, classInfoSchema } from "../core/class_messages.ts";
import { EssaimError } from "../core/errors.ts";
import { briefly, type HttpClient, readBytes, readJson } from "./http_client.ts";

const MAX_ANSWER = 16 * 1024;

/**
 * What a tracker says of its class over plain HTTP, and the certificate (PEM) of the class's authority. Nothing of it is
 * proved, and nothing is sent. Throws `unreachable`, `busy`, `not-found` when no tracker of a class answers there.
 */
export function classIntroduction(http: HttpClient) {
  return (tracker: string, signal: AbortSignal): Promise<{ info: ClassInfo; ca: string }> =>
    briefly(signal, async (signal) => {
      const info = await readJson(
        await http.fetch(`${tracker}/api/class`, { signal }),
        classInfoSchema,
        MAX_ANSWER,
        signal,
      );
      const pem = await readBytes(await http.fetch(`${tracker}/api/ca.pem`, { signal }), MAX_ANSWER, signal);
      return { info, ca: new TextDecoder().decode(pem) };
    }).catch((cause) => {
      signal.throwIfAborted();
      if (!(cause instanceof EssaimError)) throw cause;
      if (cause.code === "busy") throw cause;
      const code = cause.code === "unreachable" ? "unreachable" : "not-found";
      const why = code === "unreachable" ? "does not answer" : "is not the tracker of a class";
      throw new EssaimError(code, `${tracker} ${why}. Compare the address with the one that the teacher shows.`, {
        cause,
      });
    });
}
