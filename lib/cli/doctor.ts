import type { DoctorLine, DoctorState } from "../core/doctor.ts";
import { type DoctorView } from "../core/doctor_messages.ts";
import { EssaimError } from "../core/errors.ts";
import { printable } from "../core/safe_path.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";

const LOOK_EVERY_MS = 200;
/** The peer promises ten seconds. */
const WITHIN_MS = 20_000;
const MARKS: Readonly<Record<DoctorState, string>> = { good: "ok  ", warn: "look", bad: "BAD ", unknown: "?   " };

/** Has the local peer look at the network, and prints what it found. 1 when something is wrong. */
export async function doctor(context: Context): Promise<ExitCode> {
  const { terminal, json } = context;
  const api = await context.connect();
  const end = Date.now() + WITHIN_MS;
  let view: DoctorView = await api.startDoctor();
  if (!json) terminal.remark("Looking at the network; this takes up to ten seconds.");
  while (view.state === "running") {
    if (Date.now() > end) throw new EssaimError("busy", "The peer does not come to an end. Try again later.");
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    view = await api.doctorView();
  }
  const [{ worst }, { sayLine }] = await Promise.all([
    import("../core/doctor.ts"),
    import("../i18n/doctor_words.ts"),
  ]);
  const state = worst(view.lines);
  if (json) {
    const lines = view.lines.map((line) => ({ ...line, ...sayLine("en", line) }));
    await printJson(terminal, { state, at: view.at, lines });
  } else {
    for (const line of view.lines) for (const text of describe(line, sayLine)) terminal.line(printable(text));
  }
  return state === "bad" ? EXIT.failed : EXIT.done;
}

function describe(
  line: DoctorLine,
  sayLine: typeof import("../i18n/doctor_words.ts").sayLine,
): string[] {
  const { title, says, todo } = sayLine("en", line);
  return [`${MARKS[line.state]}  ${title}: ${says}`, ...todo === undefined ? [] : [`      -> ${todo}`]];
}
