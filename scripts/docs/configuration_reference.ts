import { CONFIG_KEYS, CONFIG_SECTIONS, type ConfigKey, type Plain } from "../../lib/core/config.ts";
import { userFolders } from "../../lib/core/user_folders.ts";
import { anchor, code, table } from "./markdown.ts";

/** `docs/configuration.md`: every key as the program's own table of keys describes it. */
export function configurationReference(): string {
  return [
    "# Configuration",
    "Made from the program by `deno task docs`; a test compares. `essaim config` prints every key with its effective value and where that comes from.",
    `Each source is stronger than the one before: the defaults, \`./config.yaml\`, \`config.yaml\` in the data folder (the one that *Settings* and \`essaim join\` write),
variables of the environment, flags. What is wrong is shown with its line, column and the nearest valid key, and nothing starts before it is put right.`,
    table(["kind of value", "written as"], KINDS),
    `The repository's own [config.yaml](../config.yaml) has every key with its default. Where the program is started without a \`./config.yaml\`,
some defaults are the user's own: \`peer.data\` is ${code(own("linux"))} (or \`$XDG_DATA_HOME/essaim\`) on Linux, ${
      code(own("darwin"))
    } on macOS,
${
      code(own("windows"))
    } on Windows, and \`tracker.data\` is the folder \`tracker\` in it; files are shared from and downloaded to the folders *Essaim* in the user's documents and downloads;
\`peer.tracker\` is \`""\`, which joining a class changes.`,
    [...CONFIG_SECTIONS.keys()].map((section) => `[${section}](#${anchor(section)})`).join(" · "),
    ...[...CONFIG_SECTIONS].flatMap(([section, about]) => [
      `## ${section}`,
      about,
      ...CONFIG_KEYS.filter((key) => key.section === section).map(entry),
    ]),
  ].join("\n\n") + "\n";
}

const KINDS = [
  ["size", '`"10 MB"` (10⁷ bytes), `"1 MiB"` (2²⁰ bytes), or a number of bytes'],
  ["duration", '`"500 ms"`, `"10 s"`, `"2 min"`, `"1 h"`, `"7 days"`'],
  ["rate", '`"5 MB/s"`, or `unlimited`'],
  ["ports", '`5001`, `"5001-5100"`, `"8001,8101"`; the first free one is taken; `0`: any free one'],
  ["list", '`["*.tmp", "Thumbs.db"]`; in a variable with commas between: `*.tmp,Thumbs.db`'],
];

function own(os: string): string {
  return userFolders({ os, home: "~", env: { LOCALAPPDATA: "%LOCALAPPDATA%" } }).data;
}

function entry({ key, accepts, default: standard, about, env, flag }: ConfigKey): string {
  const rows = [
    ["default", code(yaml(standard))],
    ["takes", accepts],
    ["variable", code(env)],
    ...(flag === "" ? [] : [["flag", code(flag)]]),
  ];
  return `### ${key}\n\n${about}\n\n${table(["", ""], rows)}`;
}

/** As in config.yaml, which is read by the same rules as JSON. */
function yaml(value: Plain): string {
  return typeof value === "string" ? JSON.stringify(value) : Array.isArray(value) ? listed(value) : String(value);
}

function listed(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
}
