import { commandsReference } from "./commands_reference.ts";
import { configurationReference } from "./configuration_reference.ts";

/** Files of the repository that the program says itself, by path. */
export const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/commands.md": commandsReference,
  "docs/configuration.md": configurationReference,
};
