import { isAbsolute, resolve } from "node:path";
import { commandLine } from "./command_line.ts";
import { connectLocalPeer, type LocalApi } from "./local_api.ts";
import { systemTerminal, type Terminal } from "./terminal.ts";

/** What every command that talks to the local peer is given. */
export interface Context {
  readonly terminal: Terminal;
  /** Whether the result is to be one JSON document. */
  readonly json: boolean;
  /** A path as the user typed it, made absolute: the peer runs in another folder. */
  absolute(path: string): string;
  /** A command for the user to type, about the same peer: "essaim get x --data y". */
  hint(words: string): string;
  /** The folder of `--data`. */
  dataFolder(): Promise<string>;
  /** The local peer of `--data`. Throws `not-running`. */
  connect(): Promise<LocalApi>;
}

/** `from`: the folder in which the user typed the command, when it is not the working directory. */
export function makeContext(
  options: { readonly json?: boolean; readonly data?: string },
  from: string | undefined,
): Context {
  const absolute = (path: string) => isAbsolute(path) ? path : resolve(from ?? Deno.cwd(), path);
  const dataFolder = async () =>
    options.data === undefined
      ? absolute(await (await import("./load_config.ts")).defaultDataFolder())
      : absolute(options.data);
  return {
    terminal: systemTerminal(),
    json: options.json ?? false,
    absolute,
    hint: (words) => commandLine(words, options.data),
    dataFolder,
    async connect() {
      const data = options.data === undefined
        ? await (await import("./load_config.ts")).defaultDataFolder()
        : absolute(options.data);
      return connectLocalPeer(data);
    },
  };
}

/** Prints one JSON document. Control characters that JSON leaves alone are made printable, which JSON reads back. */
export async function printJson(terminal: Terminal, value: unknown): Promise<void> {
  const { printable } = await import("../core/safe_path.ts");
  terminal.line(JSON.stringify(value, undefined, 2).split("\n").map(printable).join("\n"));
}
