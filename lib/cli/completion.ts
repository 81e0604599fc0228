import type { Argument, Command, Option } from "commander";
import {
  bashCompletion,
  type CompletedCommand,
  fishCompletion,
  type Values,
  zshCompletion,
} from "./completion_scripts.ts";
import { SHELLS } from "./commands.ts";
import { EXIT, type ExitCode, UsageError } from "./exit_codes.ts";
import type { Terminal } from "./terminal.ts";

const SCRIPTS: Record<(typeof SHELLS)[number], (commands: readonly CompletedCommand[]) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints what a shell needs to complete the commands of `program`. Throws UsageError for another shell. */
export function printCompletion(terminal: Terminal, shell: string, program: Command): ExitCode {
  const known = SHELLS.find((known) => known === shell);
  if (known === undefined) throw new UsageError(`Give one of: ${SHELLS.map((s) => `completion ${s}`).join(", ")}`);
  terminal.line(SCRIPTS[known](describe(program)).trimEnd());
  return EXIT.done;
}

function describe(program: Command): CompletedCommand[] {
  const help = program.createHelp();
  return help.visibleCommands(program).map((command) => ({
    name: command.name(),
    about: command.description(),
    options: help.visibleOptions(command).flatMap(({ long, description, ...option }) =>
      long ? [{ flag: long, about: description, value: valueOf(option) }] : []
    ),
    args: command.registeredArguments.map(argumentOf),
    isOpen: command.registeredArguments.at(-1)?.variadic ?? false,
  }));
}

function valueOf({ flags, required, argChoices }: Pick<Option, "flags" | "required" | "argChoices">) {
  return required ? valuesOf(argChoices, /<(.*)>/.exec(flags)?.[1] ?? "") : undefined;
}

function argumentOf(argument: Argument): Values {
  return valuesOf(argument.argChoices, argument.name());
}

/** `name`: as the help shows it between < and >. */
function valuesOf(choices: readonly string[] | undefined, name: string): Values {
  if (choices) return { kind: "words", words: choices };
  if (name === "folder") return { kind: "folders" };
  return { kind: name === "path" || name === "file" ? "files" : "anything" };
}
