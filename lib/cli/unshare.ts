import { EssaimError } from "../core/errors.ts";
import { printable } from "../core/safe_path.ts";
import { choose } from "./choose.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";

/**
 * Stops sharing what is named, each by a share id, a file id, its path, or a name that only one share has; those that
 * can be are, whatever happens to the others. The files stay.
 */
export async function unshare(context: Context, typed: readonly string[]): Promise<ExitCode> {
  const { terminal, json } = context;
  const api = await context.connect();
  const items = (await api.shares()).map((share) => ({ name: share.name, ids: [share.shareId, share.id], share }));
  const gone: { id: string; shareId: string; name: string; size: number }[] = [];
  let failures = 0;
  for (const one of typed) {
    try {
      const path = context.absolute(one);
      const { share } = items.find(({ share }) => share.path === path) ??
        choose(
          one,
          items,
          "share",
          ({ share }) => `${share.shareId}  ${share.name}  (${share.path})`,
          context.hint("shares"),
        );
      await api.unshare(share.shareId);
      const { id, shareId, name, size } = share;
      gone.push({ id, shareId, name, size });
      if (!json) terminal.line(`No longer shared: ${printable(name)}`);
    } catch (error) {
      if (!(error instanceof EssaimError) || error.code === "not-running" || typed.length === 1) throw error;
      failures++;
      terminal.remark(`essaim: ${printable(one)} is still as it was. ${printable(error.message)}`);
    }
  }
  if (json) await printJson(terminal, typed.length === 1 ? gone[0] : gone);
  return failures === 0 ? EXIT.done : EXIT.failed;
}
