import { Command, CommanderError, Option } from "commander";
import { commandLine } from "./command_line.ts";
import { addCommands, type Wiring } from "./commands.ts";
import { EXIT, exitCodeOf, UsageError } from "./exit_codes.ts";
import { plainly } from "./plainly.ts";
import { rootHelp } from "./root_help.ts";
import { systemTerminal } from "./terminal.ts";

/** Runs one command line and gives its exit code. */
export async function runCommandLine(args: readonly string[], wiring: Wiring): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command("essaim")
    .version(wiring.version)
    .addOption(new Option("--paths-from <folder>").hideHelp()) // deno task changes the folder; it says which it was
    .showHelpAfterError(`Help: ${commandLine("--help")}`)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeErr: (text) => systemTerminal().remark(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, "essaim: ")),
    });
  program.helpInformation = () => rootHelp(program);
  addCommands(program, wiring, (result) => code = result);

  try {
    await program.parseAsync(commandFirst(args, optionsWithValue(program)), { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage; // it has printed why
    const message = plainly(error instanceof Error ? error.message : String(error));
    const { printableLines } = await import("./table.ts");
    systemTerminal().remark(printableLines(`essaim: ${message}`));
    if (error instanceof UsageError) systemTerminal().remark(`Help: ${commandLine("--help")}`);
    return exitCodeOf(error);
  }
}

const ABOUT_THE_PROGRAM: ReadonlySet<string> = new Set(["-h", "--help", "-V", "--version"]);

/**
 * Options may stand before the command as well as after it. Where no command is given, the peer of this computer and its
 * pages are meant. `valued`: the options after which the next argument is their value.
 */
export function commandFirst(args: readonly string[], valued: ReadonlySet<string>): string[] {
  const paths = args[0] === "--paths-from" ? 2 : 0; // an option of the program itself
  let at = paths;
  if (ABOUT_THE_PROGRAM.has(args[at]!)) return [...args];
  while (/^-./.test(args[at] ?? "") && args[at] !== "--") at += valued.has(args[at]!) ? 2 : 1;
  const [before, command, after] = [args.slice(paths, at), args[at], args.slice(at + 1)];
  const isGiven = command !== undefined && command !== "--";
  const meant = isGiven ? [command, ...before, ...after] : ["peer", "--open", ...args.slice(paths)];
  return [...args.slice(0, paths), ...meant];
}

/** Of the program and of all commands, sorted. */
export function optionsWithValue(program: Command): ReadonlySet<string> {
  const options = [program, ...program.commands].flatMap(({ options }) => options);
  return new Set(options.filter(({ required }) => required).map(({ long }) => long!).sort());
}
