import { asEssaimError } from "../core/errors.ts";
import type { DownloadRow } from "../store_ports.ts";

/** What is not public is never named in a log. */

export function loggedName({ restricted, name }: DownloadRow): string {
  return restricted ? "A download" : name;
}

/** Errors may name files. */
export function loggedError({ restricted }: DownloadRow, error: unknown): string {
  const { code, message } = asEssaimError(error);
  return restricted ? code : message;
}
