import { z } from "zod";
import {
  classIdSchema,
  fileIdSchema,
  type PeerId,
  peerIdSchema,
  sha256Schema,
  type ShareId,
  shareIdSchema,
  userIdSchema,
} from "./ids.ts";
import { fileSizeSchema } from "./manifest.ts";
import { safeNameSchema } from "./safe_path.ts";

export const visibilitySchema = z.enum(["public", "class", "private"]);
export type Visibility = z.infer<typeof visibilitySchema>;

/** A signed record older than this many versions of itself is refused by everyone who saw a newer one. */
const versionSchema = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const MAX_ALLOWED_USERS = 1_000;
const MAX_TIME_LENGTH = 30; // nanoseconds; any number of digits would be valid

const identity = {
  shareId: shareIdSchema,
  owner: peerIdSchema,
  user: userIdSchema.optional(),
  /** The class whose members `visibility` and `allow` mean; there unless it is public. */
  class: classIdSchema.optional(),
  version: versionSchema,
  at: z.iso.datetime().max(MAX_TIME_LENGTH),
};

/** What an owner says about one share. Signed as a JWS (ES256) whose `kid` is the owner's PeerId. */
const liveRecordSchema = z.object({
  ...identity,
  deleted: z.literal(false).default(false),
  kind: z.enum(["file", "folder"]),
  name: safeNameSchema,
  fileId: fileIdSchema,
  size: fileSizeSchema,
  sha256: sha256Schema,
  /** For a folder: bytes and number of the files in its listing; they are what a person calls its size. */
  total: z.object({ size: z.number().int().min(0), files: z.number().int().min(0) }).optional(),
  visibility: visibilitySchema,
  allow: z.array(userIdSchema).max(MAX_ALLOWED_USERS).default([]),
});

const tombstoneSchema = z.object({ ...identity, deleted: z.literal(true) });

export const shareRecordSchema = z.union([liveRecordSchema, tombstoneSchema]);

export type LiveRecord = z.infer<typeof liveRecordSchema>;
export type Tombstone = z.infer<typeof tombstoneSchema>;
export type ShareRecord = LiveRecord | Tombstone;

/** A record with the compact JWS that proves it. */
export interface SignedRecord<R extends ShareRecord = ShareRecord> {
  readonly record: R;
  readonly jws: string;
}

/** One share of one owner; nobody can touch another owner's share by re-using its id. */
export function shareKey(record: { owner: PeerId; shareId: ShareId }): string {
  return `${record.owner}/${record.shareId}`;
}

/** Whether `candidate` takes the place of `known`: same share and a higher version. */
export function supersedes(candidate: ShareRecord, known: ShareRecord | undefined): boolean {
  return known === undefined || (shareKey(candidate) === shareKey(known) && candidate.version > known.version);
}

/** Whether it may only be shown to people of a class, under a lease of its owner. */
export function isRestricted(record: Pick<LiveRecord, "visibility">): boolean {
  return record.visibility !== "public";
}

/** Size that a person expects to read: the content of a folder, not its listing. */
export function visibleSize(record: LiveRecord): number {
  return record.total?.size ?? record.size;
}
