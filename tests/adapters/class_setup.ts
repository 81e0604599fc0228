import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { type CompactJWSHeaderParameters, CompactSign, importPKCS8 } from "jose";
import { openClass } from "../../lib/adapters/class_folder.ts";
import { ALGORITHM, JOIN_TYPE, peerIdOfKey, RENEW_TYPE } from "../../lib/adapters/signatures.ts";
import type { ClassId, JoinRequest } from "../../lib/core/class_messages.ts";
import type { PeerId } from "../../lib/core/ids.ts";
import { certificateSpan, type Member } from "../../lib/core/membership.ts";
import { type PublicKey, publicKeySchema } from "../../lib/core/messages.ts";
import { hexId } from "../fakes.ts";
import { tempDir } from "../temp.ts";

/** Computers that would join a class, and what they sign. */

export const NOW = Date.parse("2026-01-02T03:04:05Z");

export interface Computer {
  readonly peerId: PeerId;
  readonly key: PublicKey;
  readonly pem: string;
  sign(content: unknown, header: Partial<CompactJWSHeaderParameters>): Promise<string>;
  join(request: Partial<JoinRequest> & { class: ClassId }): Promise<string>;
  renew(id: ClassId, at?: number): Promise<string>;
}

export function newComputer(): Promise<Computer> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return computer(
    String(privateKey.export({ type: "pkcs8", format: "pem" })),
    publicKeySchema.parse(publicKey.export({ format: "jwk" })),
  );
}

export async function computer(pem: string, key: PublicKey): Promise<Computer> {
  const privateKey = await importPKCS8(pem, ALGORITHM);
  const peerId = peerIdOfKey(key);
  const sign = (content: unknown, header: Partial<CompactJWSHeaderParameters>) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(content)))
      .setProtectedHeader({ alg: ALGORITHM, jwk: key, ...header }).sign(privateKey);
  const at = (ms: number) => new Date(ms).toISOString();
  return {
    ...{ peerId, key, pem, sign },
    join: (request) => sign({ name: "alice", secret: "", at: at(NOW), ...request }, { typ: JOIN_TYPE }),
    renew: (id, ms = NOW) => sign({ class: id, peerId, at: at(ms) }, { typ: RENEW_TYPE }),
  };
}

export async function newClass(dir?: string, now = NOW) {
  const folder = dir ?? join(await tempDir(), "class");
  return { dir: folder, ...await openClass({ dir: folder, name: "6e B", now }) };
}

export const memberOn = ({ peerId, key }: Computer, changes: Partial<Member> = {}): Member => ({
  ...{ peerId, key, user: hexId(7, 32), name: "Zoé", ...certificateSpan(NOW) },
  ...changes,
});
