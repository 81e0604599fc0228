import { printable } from "../core/safe_path.ts";
import { plainly } from "./plainly.ts";

/** What is needed of a log entry. */
interface Entry {
  readonly level: string;
  readonly code: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Tells warnings and errors to the person in front of a tracker or peer: a sentence each; the rest is in the log. */
export function watchedConsole(trackerUrl: string, say: (line: string) => void): (entry: Entry) => void {
  let trackerAway = false;
  return ({ level, code, message, data }) => {
    if (code === "tracker-online") {
      if (trackerAway) say(`The tracker at ${printable(trackerUrl)} answers again.`);
      trackerAway = false;
    } else if (code === "tracker-offline") {
      trackerAway = true;
      say(
        data["code"] === "unreachable"
          ? `The tracker at ${printable(trackerUrl)} does not answer; trying again.`
          : printable(plainly(message)),
      );
    } else if (level === "warning" || level === "error") say(printable(plainly(message)));
  };
}
