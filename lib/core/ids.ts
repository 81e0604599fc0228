import { z } from "zod";
import { EssaimError } from "./errors.ts";

/** SHA-256 over size, chunk size and chunk hashes (see manifest.ts); 64 lower-case hex digits. */
export type FileId = string & z.$brand<"FileId">;
/** First 32 hex digits of the SHA-256 of the peer's public key (SPKI). */
export type PeerId = string & z.$brand<"PeerId">;
/** 128 random bits given when joining a class. */
export type UserId = string & z.$brand<"UserId">;
/** 128 random bits, stable over rename and edit. */
export type ShareId = string & z.$brand<"ShareId">;
/** SHA-256 of the certificate (DER) of a class's authority; 64 lower-case hex digits. */
export type ClassId = string & z.$brand<"ClassId">;
/** SHA-256 of a content; 64 lower-case hex digits. */
export type Sha256 = string & z.$brand<"Sha256">;

/** SHA-256 of the parts in order, 32 bytes. Passed in, because the core runs anywhere. */
export type Hash = (...parts: readonly Uint8Array[]) => Uint8Array;

export const fileIdSchema = z.string().regex(/^[0-9a-f]{64}$/).brand<"FileId">();
export const peerIdSchema = z.string().regex(/^[0-9a-f]{32}$/).brand<"PeerId">();
export const userIdSchema = z.string().regex(/^[0-9a-f]{32}$/).brand<"UserId">();
export const shareIdSchema = z.string().regex(/^[0-9a-f]{32}$/).brand<"ShareId">();
export const classIdSchema = z.string().regex(/^[0-9a-f]{64}$/).brand<"ClassId">();
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/).brand<"Sha256">();

function parser<S extends z.ZodType>(schema: S, what: string, shape: string): (text: string) => z.infer<S> {
  return (text) => {
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new EssaimError(
      "bad-input",
      `This is not a ${what}: ${JSON.stringify(text.slice(0, 80))}. Expected ${shape}.`,
    );
  };
}

export const parseFileId = parser(fileIdSchema, "file id", "64 hexadecimal digits");
export const parsePeerId = parser(peerIdSchema, "peer id", "32 hexadecimal digits");
export const parseShareId = parser(shareIdSchema, "share id", "32 hexadecimal digits");

export function toHex(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** The bytes of an even number of hex digits; throws SyntaxError on anything else. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex);
}

/** PeerId of a public key. `spki`: its DER SubjectPublicKeyInfo. */
export function peerIdOf(spki: Uint8Array, hash: Hash): PeerId {
  return toHex(hash(spki)).slice(0, 32) as PeerId;
}

/** A ShareId from 16 random bytes. */
export function shareIdFrom(random: Uint8Array): ShareId {
  return toHex(random.subarray(0, 16)) as ShareId;
}
