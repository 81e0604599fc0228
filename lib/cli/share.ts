import { EssaimError } from "../core/errors.ts";
import { printable } from "../core/safe_path.ts";
import { formatBytes } from "../core/units.ts";
import { commandLine } from "./command_line.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { SHORT_ID } from "./search.ts";

export interface ShareOptions {
  readonly class?: boolean;
  readonly private?: boolean;
  readonly allow?: string;
}

/** Shares files and folders, one after the other; those that can be shared are, whatever happens to the others. */
export async function share(context: Context, paths: readonly string[], options: ShareOptions): Promise<ExitCode> {
  if (options.class || options.private || options.allow !== undefined) {
    throw new EssaimError(
      "unauthorized",
      "Only members of a class can choose who may have a file. Join a class first, or share with everybody on the network: " +
        context.hint("share PATH"),
    );
  }
  const api = await context.connect();
  const { terminal } = context;
  const shared: { id: string; shareId: string; name: string; size: number }[] = [];
  let failures = 0;
  for (const path of paths) {
    try {
      const { id, shareId, name, size, kind, files } = await api.share(context.absolute(path));
      shared.push({ id, shareId, name, size });
      if (context.json) continue;
      const what = kind === "folder" ? `folder, ${files} files, ${formatBytes(size)}` : formatBytes(size);
      const led = await isLink(context.absolute(path)) ? `, to which ${printable(path)} leads` : "";
      terminal.line(`Shared ${printable(name)} (${what})${led}`);
      terminal.line(`  get it on another computer with: ${commandLine(`get ${id.slice(0, SHORT_ID)}`)}`);
    } catch (error) {
      if (!(error instanceof EssaimError) || error.code === "not-running") throw error;
      failures++;
      const why = error.code === "not-found" ? await whyMissing(context.absolute(path)) : error.message;
      terminal.remark(`essaim: ${printable(path)} is not shared. ${printable(why)}`);
    }
  }
  if (context.json) await printJson(context.terminal, shared);
  return failures === 0 ? EXIT.done : EXIT.failed;
}

async function isLink(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(({ isSymlink }) => isSymlink, () => false);
}

async function whyMissing(path: string): Promise<string> {
  if (!await isLink(path)) return `There is no file or folder ${path}.`;
  return `It is a link to ${await Deno.readLink(path)}, which does not exist.`;
}
