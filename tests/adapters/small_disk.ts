import assert from "node:assert/strict";

/** Only root can mount; elsewhere such tests are left out, which is said. */
export const canMount = Deno.build.os === "linux" && Deno.uid() === 0 &&
  new Deno.Command("sh", {
    args: ["-c", "d=$(mktemp -d) && mount -t tmpfs tmpfs $d && umount $d; e=$?; rmdir $d; exit $e"],
  })
    .outputSync().success;
if (!canMount) console.log("Tests on a small or read-only disk are left out: only root on Linux can mount one.");

/** A disk in memory at an empty folder, until disposed. `options`: as of mount, such as "size=8m". */
export async function mount(folder: string, options: string): Promise<AsyncDisposable> {
  const run = async (command: string, ...args: string[]) => {
    const { success, stderr } = await new Deno.Command(command, { args }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  };
  await run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder);
  return { [Symbol.asyncDispose]: () => run("umount", folder) };
}
