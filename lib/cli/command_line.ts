/** Commands that are tasks of their own. */
const TASKS = /^(start|peer|tracker)\b/;

/**
 * What the user types to run a command of Essaim: "essaim get x --data y", through deno task when this run is (its tasks
 * begin the arguments with --paths-from).
 */
export function commandLine(words: string, data?: string): string {
  const byTask = Deno.args[0] === "--paths-from";
  const program = !byTask ? "essaim" : TASKS.test(words) ? "deno task" : "deno task -q essaim";
  return `${program} ${words}${data === undefined ? "" : ` --data ${quoted(data)}`}`;
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /[\s"'$&;|<>()*?`!\\]/.test(word) ? `"${word}"` : word;
}
