import { EssaimError } from "../core/errors.ts";
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, passwordFault } from "../core/teacher_access.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { askHidden, readHidden } from "./hidden_input.ts";
import { loadConfig } from "./load_config.ts";

/** Stores the password of the teacher's pages of the tracker in `data`; the wiring gives it. */
export type SetTrackerPassword = (data: string, password: string) => Promise<void>;

/** Sets the password that opens the teacher's pages from other computers; the tracker may run meanwhile. */
export async function trackerPassword(
  { terminal, absolute }: Context,
  data: string | undefined,
  fromStdin: boolean,
  set: SetTrackerPassword,
): Promise<ExitCode> {
  const flags = data === undefined ? {} : { "tracker.data": absolute(data) };
  const { config } = await loadConfig("tracker", flags);
  const password = fromStdin
    ? await readHidden()
    : askHidden(`New password (at least ${MIN_PASSWORD_LENGTH} characters): `, "--stdin");
  const fault = passwordFault(password);
  if (fault !== undefined) {
    const bound = fault === "too-short" ? `at least ${MIN_PASSWORD_LENGTH}` : `at most ${MAX_PASSWORD_LENGTH}`;
    throw new EssaimError(
      "bad-input",
      `The password must have ${bound} characters. Nothing was changed; choose another.`,
    );
  }
  if (!fromStdin && askHidden("The same once more: ", "--stdin") !== password) {
    throw new EssaimError("bad-input", "The two passwords differ. Nothing was changed; try again.");
  }
  await set(config.tracker.data, password);
  terminal.line("The password is set. Whoever had signed in with the old one must sign in again.");
  terminal.remark("It opens the teacher's pages from other computers, at the tracker's https address.");
  return EXIT.done;
}
