import { z } from "zod";
import { classIdSchema, type PeerId, peerIdSchema, shareIdSchema, userIdSchema } from "./ids.ts";
import { certificateSchema, compactJwsSchema, displayNameSchema } from "./messages.ts";

export { type ClassId, classIdSchema } from "./ids.ts";
export { type Certificate, certificateSchema } from "./messages.ts";

/** What a class says about itself and its members: over HTTP, in signed statements and in certificates. */

/** Users of one class, and computers removed from it whose certificates are still valid. */
export const MAX_MEMBERS = 5_000;
export const MAX_REVOKED = 10_000;
/** A revocation list of that many. */
export const MAX_REVOCATIONS_BYTES = 512 * 1024;
/** Their records have up to 64 KiB each. */
export const MAX_LEASED_SHARES = 100;
/** Names in the certificate of a class authority's own servers; members' are `PEERID.essaim.internal`. */
export const TRACKER_SERVER_NAME = "tracker.essaim.internal";
/** On every answer to a member: the number of the newest revocation list. */
export const REVOCATIONS_HEADER = "essaim-revocations";
export const serverNameOf = (peer: PeerId): string => `${peer}.essaim.internal`;
/** Undefined for the tracker. */
export function peerOfServer(serverName: string): PeerId | undefined {
  return peerIdSchema.safeParse(serverName.replace(/\.essaim\.internal$/, "")).data;
}

const port = z.number().int().min(1).max(65_535);
const time = z.iso.datetime().max(30);
const safeCount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/**
 * `code`: whoever knows the class code; `open`: whoever compares the first half of it; `roster`: only by the one-time
 * codes that the teacher hands out.
 */
export const enrolmentSchema = z.enum(["code", "open", "roster"]);
export type Enrolment = z.infer<typeof enrolmentSchema>;

/** `GET /api/class`. Only a hint: what is true is proved by the class code and the certificate. */
export const classInfoSchema = z.object({
  class: classIdSchema,
  name: displayNameSchema,
  memberPort: port,
  enrolment: enrolmentSchema,
  software: z.string().max(64),
});
export type ClassInfo = z.infer<typeof classInfoSchema>;

/** A signed request to join or renew; either has under 1,000. */
export const MAX_CLASS_REQUEST_BYTES = 4_096;

/** Signed by the key that asks (JWS with `jwk`, typ `essaim-join+jws`), so that nobody enrols another's key. */
export const joinRequestSchema = z.object({
  class: classIdSchema,
  /** As the user wishes to be called. Ignored where the one-time code says who it is. */
  name: displayNameSchema,
  /** Second half of a class code or one-time code, or "" where the class is open. */
  secret: z.string().regex(/^(?:[0-9A-HJKMNP-TV-Z]{8})?$/),
  at: time,
});
export type JoinRequest = z.infer<typeof joinRequestSchema>;

/** Signed by the enrolled key (JWS with `jwk`, typ `essaim-renew+jws`); the certificate before may have expired. */
export const renewRequestSchema = z.object({ class: classIdSchema, peerId: peerIdSchema, at: time });
export type RenewRequest = z.infer<typeof renewRequestSchema>;

/** Answers `POST /api/join` and `POST /api/renew`. */
export const enrolledSchema = z.object({
  certificate: certificateSchema,
  /** The newest revocation list. */
  revocations: z.string().max(MAX_REVOCATIONS_BYTES),
});
export type Enrolled = z.infer<typeof enrolledSchema>;

/** `GET /api/members`, for members: everybody of the class, present or not. */
export const membersReplySchema = z.object({
  members: z.array(z.object({ user: userIdSchema, name: displayNameSchema })).max(MAX_MEMBERS),
});
export type MembersReply = z.infer<typeof membersReplySchema>;

/** Answers `POST /api/devices`: by this code another computer joins as the same user, once. */
export const deviceCodeSchema = z.object({ code: z.string().max(32), until: time });
export type DeviceCode = z.infer<typeof deviceCodeSchema>;

/** Signed by the class authority (typ `essaim-revocations+jws`). A list takes the place of those with lower numbers. */
export const revocationListSchema = z.object({
  class: classIdSchema,
  number: safeCount,
  at: time,
  /** Computers whose certificates are no longer valid. */
  revoked: z.array(peerIdSchema).max(MAX_REVOKED),
});
export type RevocationList = z.infer<typeof revocationListSchema>;

/**
 * Signed by an owner (typ `essaim-lease+jws`, `kid` = PeerId): whoever has applied all changes of its index up to
 * `revision` may serve its shares that are not public until `until`.
 */
export const leaseSchema = z.object({
  class: classIdSchema,
  owner: peerIdSchema,
  revision: safeCount,
  at: time,
  until: time,
});
export type Lease = z.infer<typeof leaseSchema>;

/** `POST /v1/lease` to the owner, or `POST /api/lease` to the tracker: of which shares a holder has a record. */
export const leaseRequestSchema = z.object({
  owner: peerIdSchema,
  shares: z.array(shareIdSchema).min(1).max(MAX_LEASED_SHARES),
});
export type LeaseRequest = z.infer<typeof leaseRequestSchema>;

/** The lease, and of the shares asked for the records that the caller may read, as they are at its revision. */
export const leaseReplySchema = z.object({
  lease: compactJwsSchema,
  certificate: certificateSchema,
  records: z.array(compactJwsSchema).max(MAX_LEASED_SHARES),
});
export type LeaseReply = z.infer<typeof leaseReplySchema>;
