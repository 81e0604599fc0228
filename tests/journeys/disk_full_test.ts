import assert from "node:assert/strict";
import { MB, randomFile, sha256 } from "./files.ts";
import { Classroom } from "./processes.ts";

/** A small disk of its own; undefined where that is not allowed. */
async function smallDisk(folder: string): Promise<AsyncDisposable | undefined> {
  await Deno.mkdir(folder);
  const run = async (program: string, ...args: string[]) => {
    const { success, stderr } = await new Deno.Command(program, { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  };
  try {
    await run("mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", folder);
  } catch (error) {
    console.log(`skipped: no small disk can be mounted here (${(error as Error).message.trim()})`);
    return undefined;
  }
  return { [Symbol.asyncDispose]: () => run("umount", "-l", folder) };
}

Deno.test("with a full disk the download waits and says so, and completes by itself once there is room", async () => {
  await using room = await Classroom.with("alice");
  const disk = `${room.folder}/disk`;
  await using mounted = await smallDisk(disk);
  if (!mounted) return;
  const ballast = await randomFile(`${disk}/ballast.bin`, 12 * MB);
  const film = await randomFile(`${room.folder}/film.bin`, 14 * MB);
  const shared = await room.peer("alice").share(film);
  const bob = await room.startPeer("bob", { settings: { peer: { download_folder: disk } } });
  const id = await bob.begin(shared);
  const { reason } = await bob.reaches(id, ["waiting"]);
  assert.match(reason ?? "", /full|space|room|free/i);
  assert.equal((await bob.cli("status")).code, 0, "the peer goes on meanwhile");
  await Deno.remove(ballast);
  const { path } = await bob.completes(id);
  assert.equal(await sha256(path), await sha256(film));
});
