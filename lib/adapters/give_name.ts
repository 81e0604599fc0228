/**
 * Gives a file or a whole folder another name on the same disk, in one step, if nothing has that name; false when it is
 * taken. Throws what the file system says.
 */
export async function giveName(part: string, path: string): Promise<boolean> {
  if ((await Deno.lstat(part)).isDirectory) return await reserve(part, path, () => Deno.mkdir(path));
  try {
    await Deno.link(part, path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    if (!(error instanceof Deno.errors.AlreadyExists)) return await giveNameWithoutLinks(part, path);
    if (!await isSameFile(part, path)) return false; // else a crash left both names
  }
  await Deno.remove(part);
  return true;
}

/** For file systems without hard links (FAT, some network disks). */
function giveNameWithoutLinks(part: string, path: string): Promise<boolean> {
  return reserve(part, path, async () => (await Deno.open(path, { write: true, createNew: true })).close());
}

/** The name is taken by something empty, which is then replaced: for a folder too that is atomic. */
async function reserve(part: string, path: string, make: () => Promise<void>): Promise<boolean> {
  try {
    await make();
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
  try {
    await Deno.rename(part, path);
    return true;
  } catch (error) {
    await Deno.remove(path).catch(() => {});
    throw error;
  }
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([Deno.lstat(one), Deno.lstat(other)]);
  return a.ino !== null && a.ino !== 0 && a.ino === b.ino && a.dev === b.dev;
}
