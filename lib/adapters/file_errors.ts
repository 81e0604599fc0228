import { EssaimError } from "../core/errors.ts";

/** An error of the file system, with what to do about it. */
export function asFileError(error: unknown, path: string, folder: string): unknown {
  if (error instanceof EssaimError || !(error instanceof Error)) return error;
  const cause = { cause: error };
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new EssaimError("disk-full", `The disk of ${folder} is full. Free some space: it goes on by itself.`, cause);
  }
  if (code === "EEXIST" || code === "ENOTDIR" || error instanceof Deno.errors.NotADirectory) {
    return new EssaimError("unwritable", `${path} is a file, not a folder. Choose another folder.`, cause);
  }
  if (error instanceof Deno.errors.NotFound) return new EssaimError("not-found", `${path} does not exist.`, cause);
  if (code === "EROFS" || error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return new EssaimError("unwritable", `${folder} cannot be written to. Allow it, or choose another folder.`, cause);
  }
  return error;
}
