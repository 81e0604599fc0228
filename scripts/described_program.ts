import { Command } from "commander";
import { addCommands, type Wiring } from "../lib/cli/commands.ts";

/** All commands with their options, to be read and not to be run. */
export function describedProgram(): Command {
  const program = new Command("essaim");
  addCommands(program, NEVER_RUN, () => {});
  return program;
}

function never(): never {
  throw new Error("The commands are described, not run.");
}

const NEVER_RUN: Wiring = {
  version: "",
  serve: never,
  setup: never,
  importIdentity: never,
  setTrackerPassword: never,
};
