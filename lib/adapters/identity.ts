import { createPublicKey } from "node:crypto";
import { join } from "node:path";
import { CompactSign, exportPKCS8, importPKCS8 } from "jose";
import { EssaimError } from "../core/errors.ts";
import { type PublicKey, publicKeySchema } from "../core/messages.ts";
import type { Identity } from "../ports.ts";
import { removeIfThere, syncFolder, writeAll } from "./files.ts";
import { ALGORITHM, ANNOUNCE_TYPE, peerIdOfKey, RECORD_TYPE } from "./signatures.ts";

const OTHERS_MAY = 0o077;
const MAX_PEM_BYTES = 4096; // a P-256 key has 240

/**
 * The key pair kept in `DIR/key.pem` (PKCS #8, mode 0600, in a folder of mode 0700), made at the first call. It is
 * complete under that name or not there at all. Throws `unreadable` when it is no P-256 key or others may read it,
 * `unwritable` when it cannot be stored. `dir`: `DATA/identity`, used by one process (see data_lock.ts).
 */
export async function openIdentity(dir: string): Promise<Identity> {
  const path = join(dir, "key.pem");
  const pem = await readKey(dir, path) ?? await makeKey(dir, path);
  try {
    return await identity(pem);
  } catch (cause) {
    throw new EssaimError(
      "unreadable",
      `${path} is not a P-256 private key. Put back a copy of it, or move it away to begin as a new peer.`,
      { cause },
    );
  }
}

async function identity(pem: string): Promise<Identity> {
  const publicKey: PublicKey = publicKeySchema.parse(createPublicKey(pem).export({ format: "jwk" }));
  const peerId = peerIdOfKey(publicKey);
  const privateKey = await importPKCS8(pem, ALGORITHM);
  const sign = (content: unknown, header: { typ: string; kid?: string; jwk?: PublicKey }) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(content)))
      .setProtectedHeader({ alg: ALGORITHM, ...header })
      .sign(privateKey);
  return {
    peerId,
    publicKey,
    async signRecord(record) {
      return { record, jws: await sign(record, { typ: RECORD_TYPE, kid: peerId }) };
    },
    signAnnounce: (announce) => sign(announce, { typ: ANNOUNCE_TYPE, jwk: publicKey }),
  };
}

async function readKey(dir: string, path: string): Promise<string | undefined> {
  try {
    const found = await Deno.stat(path);
    refuseOpenMode(dir, (await Deno.stat(dir)).mode, "700");
    refuseOpenMode(path, found.mode, "600");
    if (!found.isFile || found.size > MAX_PEM_BYTES) return "";
    return await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    if (cause instanceof EssaimError) throw cause;
    throw new EssaimError("unreadable", `Cannot read this peer's key ${path}. Check its permissions.`, { cause });
  }
}

/** `mode` is null on Windows, where a user's folder is closed to others by itself. */
function refuseOpenMode(path: string, mode: number | null, wanted: string): void {
  if (mode === null || Deno.build.os === "windows" || (mode & OTHERS_MAY) === 0) return;
  throw new EssaimError(
    "unreadable",
    `Others on this computer may read ${path}, which holds this peer's identity. Run: chmod ${wanted} '${path}' ` +
      `(on a disk without permissions, such as a USB stick, choose another data folder).`,
  );
}

async function makeKey(dir: string, path: string): Promise<string> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const pem = await exportPKCS8(pair.privateKey);
  const temporary = `${path}.new`;
  try {
    await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
    await removeIfThere(temporary);
    {
      using file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
      await writeAll(file, new TextEncoder().encode(pem));
      await file.sync();
    }
    await Deno.rename(temporary, path);
    await syncFolder(dir);
  } catch (cause) {
    throw new EssaimError("unwritable", `Cannot store this peer's key in ${dir}. Check permissions and free space.`, {
      cause,
    });
  }
  const stored = await readKey(dir, path);
  if (stored !== pem) throw new EssaimError("unwritable", `This peer's key was not stored in ${path}.`);
  return pem;
}
