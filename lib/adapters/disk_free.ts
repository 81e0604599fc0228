import { statfs } from "node:fs/promises";

/** Bytes that this user may still write on the disk of a folder; undefined where the system does not say. */
export async function diskFree(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
