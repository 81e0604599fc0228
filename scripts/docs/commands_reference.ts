import type { Argument, Command, Option } from "commander";
import { GROUPS } from "../../lib/cli/commands.ts";
import { EXIT_CODES_HELP } from "../../lib/cli/exit_codes.ts";
import { rootHelp } from "../../lib/cli/root_help.ts";
import { describedProgram } from "../described_program.ts";
import { anchor, block, code, table } from "./markdown.ts";

/** `docs/commands.md`: every command as the program itself describes it. */
export function commandsReference(): string {
  const program = describedProgram();
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== "help");
  const groups = Object.values(GROUPS).map((group) => ({
    group,
    members: commands.filter((command) => command.helpGroup() === group),
  }));
  const visible = (command: Command) => help.visibleOptions(command).filter(({ long }) => long !== "--help");
  const row = (option: Option) => [code(option.flags), help.optionDescription(option)];
  const common = shared(commands.map(visible), (option) => row(option).join());
  const isCommon = (option: Option) => common.some((other) => row(other).join() === row(option).join());
  return [
    "# Commands",
    "Made from the program by `deno task docs`; a test compares. In a checkout `essaim` stands for `deno task -q essaim`.",
    block(rootHelp(program).trimEnd()),
    table(
      ["to", "commands"],
      groups.map(({ group, members }) => [
        group,
        members.map((command) => `[${command.name()}](#${anchor(`essaim ${command.name()}`)})`).join(" · "),
      ]),
    ),
    "## What all have in common",
    table(["exit code", "meaning"], exitCodes()),
    "Those that ask the local peer, which are most, have these options:",
    table(["option", "meaning"], common.map(row)),
    "With `--json` a command prints its result as JSON and nothing else on standard output; what went wrong is on standard error.",
    ...groups.flatMap(({ group, members }) => [`## ${group}`, ...members.map(section)]),
  ].join("\n\n") + "\n";

  function section(command: Command): string {
    const options = visible(command);
    const own = options.filter((option) => !isCommon(option));
    const args = command.registeredArguments;
    return [
      `### essaim ${command.name()}`,
      `${capital(command.description())}.`,
      block(`essaim ${command.name()} ${command.usage()}`),
      ...(args.some(hasChoices) ? [table(["argument", "one of"], args.filter(hasChoices).map(choices))] : []),
      ...(own.length > 0 ? [table(["option", "meaning"], own.map(row))] : []),
      ...(own.length < options.length
        ? [`And ${options.filter(isCommon).map(({ flags }) => code(flags)).join(", ")}.`]
        : []),
      ...notes(command),
    ].join("\n\n");
  }
}

/** What a command's help says below its options, without what all of them say. */
function notes(command: Command): string[] {
  let printed = "";
  command.configureOutput({ writeOut: (text) => printed += text, getOutHelpWidth: () => 120 });
  command.outputHelp();
  const after = printed.slice(command.helpInformation().length).replace(EXIT_CODES_HELP, "").trim();
  if (after === "") return [];
  return [/^ {2}/m.test(after) ? block(after) : after];
}

/** The lines of the help that name an exit code. */
function exitCodes(): string[][] {
  return [...EXIT_CODES_HELP.matchAll(/^ {2}(\d) {2}(.+)$/gm)].map(([, number, meaning]) => [number!, meaning!]);
}

/** What more than half of the lists have, by `key`. */
function shared<T>(lists: readonly (readonly T[])[], key: (item: T) => string): T[] {
  const counts = Map.groupBy(lists.flat(), key);
  return [...counts.values()].filter((same) => same.length * 2 > lists.length).map(([first]) => first!);
}

function hasChoices({ argChoices }: Argument): boolean {
  return argChoices !== undefined;
}

function choices(argument: Argument): string[] {
  return [code(argument.name()), argument.argChoices!.map(code).join(", ")];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
