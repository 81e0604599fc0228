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
    await program.parseAsync(withCommand(args), { from: "user" });
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

/** Where no command is given, the peer of this computer and its pages are meant. */
function withCommand(args: readonly string[]): string[] {
  const words = args[0] === "--paths-from" ? 2 : 0;
  const first = args[words];
  const isGiven = first !== undefined && (!first.startsWith("-") || ABOUT_THE_PROGRAM.has(first));
  return isGiven ? [...args] : [...args.slice(0, words), "peer", "--open", ...args.slice(words)];
}
