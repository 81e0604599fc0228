import { basename, delimiter, dirname, sep } from "node:path";
import { ownFile } from "./own_file.ts";

/** Commands that are tasks of their own. */
const TASKS = /^(start|peer|tracker)\b/;

/**
 * What the user types to run a command of Essaim: "essaim get x --data y", through deno task when this run is (its tasks
 * begin the arguments with --paths-from), or by the file that it is.
 */
export function commandLine(words: string, data?: string): string {
  const byTask = Deno.args[0] === "--paths-from";
  const program = !byTask ? programName() : TASKS.test(words) ? "deno task" : "deno task -q essaim";
  return `${program} ${words}${data === undefined ? "" : ` --data ${quoted(data)}`}`;
}

function programName(): string {
  const file = ownFile();
  return file === undefined ? "essaim" : calledAs(file, Deno.cwd(), Deno.env.get("PATH") ?? "");
}

/** How a shell in `folder` finds a program: by its name alone where the search path has it. */
export function calledAs(file: string, folder: string, searchPath: string): string {
  const [place, name] = [dirname(file), basename(file)];
  if (searchPath.split(delimiter).includes(place)) return quoted(name);
  return quoted(place === folder ? `.${sep}${name}` : file);
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /[\s"'$&;|<>()*?`!\\]/.test(word) ? `"${word}"` : word;
}
