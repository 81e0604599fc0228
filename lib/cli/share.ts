import { EssaimError } from "../core/errors.ts";
import type { ChosenVisibility, ClassView } from "../core/local_messages.ts";
import { printable } from "../core/safe_path.ts";
import { formatBytes } from "../core/units.ts";
import { amount } from "./amount.ts";
import { commandLine } from "./command_line.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode, UsageError } from "./exit_codes.ts";
import type { LocalApi } from "./local_api.ts";
import { joinedIn, recipientsIn } from "./recipients.ts";
import { SHORT_ID } from "./search.ts";
import { whoSees } from "./who.ts";

export interface ShareOptions {
  readonly class?: boolean;
  readonly private?: boolean;
  readonly allow?: string;
}

/** Shares files and folders, one after the other; those that can be shared are, whatever happens to the others. */
export async function share(context: Context, paths: readonly string[], options: ShareOptions): Promise<ExitCode> {
  const isPrivate = options.private || options.allow !== undefined;
  if (options.class && isPrivate) {
    throw new UsageError(
      "--class is for all of the class; --private and --allow are for some of it. Give one of them.",
    );
  }
  const api = await context.connect();
  const view = options.class || isPrivate ? await api.class() : undefined;
  const chosen = view
    ? chosenIn(options, joinedIn(view, context.hint("join LINK --name NAME")), context.hint("class"))
    : {};
  const { terminal } = context;
  const shared: { id: string; shareId: string; name: string; size: number }[] = [];
  let failures = 0;
  for (const path of paths) {
    try {
      const made = await api.share(context.absolute(path), chosen);
      const { id, shareId, name, size, kind, files } = made;
      shared.push({ id, shareId, name, size });
      if (context.json) continue;
      const what = kind === "folder" ? `folder, ${amount(files, "file")}, ${formatBytes(size)}` : formatBytes(size);
      const led = await isLink(context.absolute(path)) ? `, to which ${printable(path)} leads` : "";
      const who = made.visibility === "public" ? "" : ` with ${printable(whoSees(made, view ?? await known(api)))}`;
      terminal.line(`Shared ${printable(name)} (${what})${who}${led}`);
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

function chosenIn(
  { class: toClass, allow }: ShareOptions,
  joined: NonNullable<ClassView["joined"]>,
  hint: string,
): Partial<ChosenVisibility> {
  if (toClass) return { visibility: "class" };
  return { visibility: "private", ...recipientsIn(allow ?? "", joined, hint) };
}

/** Only for names, so nothing is said when it fails. */
async function known(api: LocalApi): Promise<ClassView | undefined> {
  return await api.class().catch(() => undefined);
}

async function isLink(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(({ isSymlink }) => isSymlink, () => false);
}

async function whyMissing(path: string): Promise<string> {
  if (!await isLink(path)) return `There is no file or folder ${path}.`;
  return `It is a link to ${await Deno.readLink(path)}, which does not exist.`;
}
