export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}

/** Names made or changed in the folder survive power loss afterwards. Windows cannot open a folder, and needs nothing. */
export async function syncFolder(dir: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(dir);
  await folder.sync();
}

export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
