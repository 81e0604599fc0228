import type { Command } from "commander";
import { GROUPS } from "./commands.ts";

/** What `essaim --help` says: on one screen of 24 lines of 80 characters. */
export function rootHelp(program: Command): string {
  const commands = program.createHelp().visibleCommands(program);
  const groups = Object.values(GROUPS).map((group) => {
    const names = commands.filter((command) => command.helpGroup() === group).map((command) => command.name());
    return `  ${group.padEnd(25)}${names.join(", ")}`;
  });
  return `Essaim shares files in a class, from computer to computer.

Usage: essaim                   start this computer's peer and open its pages
       essaim COMMAND --help    explain one of these:

${groups.join("\n")}

Examples:
  essaim join "http://192.168.1.10:5000/join#ABCD-EFGH-JKMN-PQRS" --name Alice
  essaim share "Lesson 4.pdf" --class
  essaim get "Lesson 4.pdf"

With every command, --data FOLDER says which local peer or tracker is meant.
Exit codes: 0 done, 1 failed (why is on standard error), 2 not understood,
3 no local peer runs in the data folder (start one: essaim).
`;
}
