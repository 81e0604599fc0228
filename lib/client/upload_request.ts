import { ClientError, problemOf } from "./api.ts";
import type { Upload } from "./upload_queue.ts";

/** Without a byte for this long the program is taken to be gone; the file is sent again when it is back. */
const SILENT_MS = 60_000;

/**
 * Sends one file as the body of its own request, streamed by the browser. By XMLHttpRequest, because fetch does not tell
 * how far it is. Throws `ClientError`: `unreadable` when the browser can no longer read the file, `lost` when nothing
 * answers; or the reason of the signal.
 */
export async function sendFile(
  { batch, name, folder, file }: Upload<Blob>,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  await refuseUnreadable(file);
  const query = new URLSearchParams({ batch, name, ...folder !== "" && { folder } });
  const response = await request(`/api/uploads?${query}`, file, onSent, signal);
  if (response === undefined) {
    await refuseUnreadable(file);
    throw new ClientError("lost", `Sending ${name} was broken off.`);
  }
  if (!response.ok) throw await problemOf(response);
}

/** Undefined when the connection broke. */
function request(
  path: string,
  body: Blob,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Response | undefined> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let silence: ReturnType<typeof setTimeout> | undefined;
    const watch = () => {
      clearTimeout(silence);
      silence = setTimeout(() => xhr.abort(), SILENT_MS);
    };
    const stop = () => xhr.abort();
    signal.addEventListener("abort", stop);
    xhr.upload.onprogress = ({ loaded }) => {
      watch();
      onSent(loaded);
    };
    xhr.onloadend = () => {
      clearTimeout(silence);
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(signal.reason);
      else if (xhr.status === 0) resolve(undefined);
      else resolve(new Response(xhr.responseText, { status: xhr.status, statusText: xhr.statusText }));
    };
    xhr.open("POST", path);
    xhr.setRequestHeader("content-type", "application/octet-stream");
    xhr.setRequestHeader("accept", "application/json");
    watch();
    xhr.send(body);
  });
}

/** A file that was moved, changed or locked since it was chosen makes a request fail without saying why. */
async function refuseUnreadable(file: Blob): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch (error) {
    throw new ClientError("unreadable", String(error));
  }
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
const BUSY_ATTEMPTS = 5;

/** After which pause a file that failed like this is sent again by itself; undefined: it needs a person. */
export function pauseBefore(error: unknown, attempt: number): number | undefined {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
  if (!(error instanceof ClientError)) return undefined;
  if (error.code === "lost") return pause;
  return (error.code === "busy" || error.code === "limited") && attempt < BUSY_ATTEMPTS ? pause : undefined;
}
