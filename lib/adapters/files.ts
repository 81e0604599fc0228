export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}

/** What a file system answers that cannot sync a folder; then there is nothing to wait for. */
const CANNOT_SYNC = ["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/** Names made or changed in the folder survive power loss afterwards. Windows cannot open a folder, and needs nothing. */
export async function syncFolder(dir: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(dir);
  try {
    await folder.sync();
  } catch (error) {
    if (!CANNOT_SYNC.includes(String((error as { code?: unknown }).code))) throw error;
  }
}

export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
