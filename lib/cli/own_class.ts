import { codePrefixOf, writeJoinLink } from "../core/class_code.ts";
import type { ClassId } from "../core/ids.ts";

/**
 * The link by which others join the class of a tracker on this computer. `tracker`: its data folder, which only its owner
 * may read; `url`: where it is reached.
 */
export async function ownJoinLink(tracker: string, url: string): Promise<string> {
  const [pem, json] = await Promise.all(
    ["ca.pem", "class.json"].map((name) => Deno.readTextFile(`${tracker}/class/${name}`)),
  );
  const der = Uint8Array.fromBase64(pem!.replace(/-----[A-Z ]+-----|\s/g, ""));
  const id = new Uint8Array(await crypto.subtle.digest("SHA-256", der)).toHex() as ClassId;
  const { secret } = JSON.parse(json!) as { readonly secret: string };
  return writeJoinLink(url, { prefix: codePrefixOf(id), secret });
}
