import { type Api, ClientError } from "./api.ts";

/**
 * Opens the folder that a download lies in. Where there is no desktop to open it on: its path, "" when it is not told.
 */
export async function reveal(api: Pick<Api, "post">, downloadId: string): Promise<string | undefined> {
  try {
    await api.post(`/api/downloads/${downloadId}/reveal`);
    return undefined;
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== "no-desktop") throw error;
    return typeof error.details.path === "string" ? error.details.path : "";
  }
}
