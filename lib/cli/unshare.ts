import { printable } from "../core/safe_path.ts";
import { choose } from "./choose.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";

/** Stops sharing what `typed` names: a share id, a file id or a name that only one share has. The file stays. */
export async function unshare(context: Context, typed: string): Promise<ExitCode> {
  const api = await context.connect();
  const items = (await api.shares()).map((share) => ({ name: share.name, ids: [share.shareId, share.id], share }));
  const { share } = choose(typed, items, "share", ({ share }) => `${share.shareId}  ${share.name}  (${share.path})`);
  await api.unshare(share.shareId);
  const { id, shareId, name, size } = share;
  if (context.json) await printJson(context.terminal, { id, shareId, name, size });
  else context.terminal.line(`No longer shared: ${printable(name)}`);
  return EXIT.done;
}
