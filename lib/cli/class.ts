import type { ClassView } from "../core/local_messages.ts";
import { printable } from "../core/safe_path.ts";
import { amount } from "./amount.ts";
import { commandLine } from "./command_line.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { joinedIn } from "./recipients.ts";

const MOST_NAMED = 200;

/** Prints the class of this computer, who it is there, and who else is in it. */
export async function classOf(context: Context): Promise<ExitCode> {
  const view = await (await context.connect()).class();
  if (context.json) await printJson(context.terminal, view);
  else for (const line of describe(view, context)) context.terminal.line(printable(line));
  return EXIT.done;
}

/** Joins a class by its link or code. */
export async function join(
  context: Context,
  link: string,
  { name, tracker }: { readonly name: string; readonly tracker?: string | undefined },
): Promise<ExitCode> {
  const api = await context.connect();
  const view = await api.join({ link, name, ...(tracker === undefined ? {} : { tracker }) });
  if (context.json) await printJson(context.terminal, view);
  else {
    const { name: className, me } = joinedIn(view, context.hint("join LINK --name NAME"));
    context.terminal.line(`Joined ${printable(className)} as ${printable(me)}.`);
  }
  return EXIT.done;
}

/** Leaves the class; what was shared in it can then be read by nobody else. */
export async function leave(context: Context): Promise<ExitCode> {
  const api = await context.connect();
  const { name } = joinedIn(await api.class(), context.hint("join LINK --name NAME"));
  const view = await api.leave();
  if (context.json) await printJson(context.terminal, view);
  else {context.terminal.line(
      `Left ${printable(name)}. What was for the class or for some people is shown to nobody now.`,
    );}
  return EXIT.done;
}

/** Prints a code by which one more computer of this user joins. */
export async function deviceCode(context: Context): Promise<ExitCode> {
  const device = await (await context.connect()).deviceCode();
  if (context.json) await printJson(context.terminal, device);
  else {
    context.terminal.line(device.code);
    context.terminal.remark(
      `On the other computer, before ${new Date(device.until).toLocaleTimeString("en-GB")}, once: ` +
        commandLine(`join "${device.link}" --name NAME`),
    );
  }
  return EXIT.done;
}

function describe({ joined, removedFrom, tracker, heard }: ClassView, context: Context): string[] {
  if (!joined) {
    const why = removedFrom === null ? "none" : `none: the teacher has removed this computer from ${removedFrom}`;
    return [
      `Class    ${why}`,
      `Join     ${context.hint("join LINK --name NAME")}`,
      `Tracker  ${tracker || "none"}`,
      ...heard.map((one) =>
        `Heard    ${one.name}, codes begin with ${one.fingerprint}: join CODE --tracker ${one.tracker}`
      ),
    ];
  }
  const names = joined.people.map(({ name }) => name).sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const more = names.length > MOST_NAMED ? ` and ${amount(names.length - MOST_NAMED, "other")}` : "";
  return [
    `Class    ${joined.name}`,
    `Me       ${joined.me}`,
    `Until    ${joined.until.slice(0, 10)}, the tracker renews it before`,
    `People   ${names.length === 0 ? "nobody else" : names.slice(0, MOST_NAMED).join(", ") + more}`,
    ...joined.groups.map(({ name, users }) => `Group    ${name} (${amount(users.length, "person", "people")})`),
  ];
}
