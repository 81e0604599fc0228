import { z } from "zod";
import { fileIdSchema, peerIdSchema, shareIdSchema } from "./ids.ts";
import { visibilitySchema } from "./share_record.ts";

/** What the local API (interface and command line) says. Sizes in bytes, rates in bytes a second, times ISO 8601. */

const amount = z.number().min(0);

export const scanStateSchema = z.union([
  z.object({ kind: z.literal("idle") }),
  z.object({ kind: z.literal("scanning"), seen: amount, toHash: amount, hashedBytes: amount, totalBytes: amount }),
]);
export type ScanState = z.infer<typeof scanStateSchema>;

export const statusSchema = z.object({
  peer: z.object({ peerId: peerIdSchema, name: z.string() }),
  tracker: z.object({ url: z.string(), state: z.enum(["online", "offline", "none"]) }),
  mode: z.enum(["normal", "degraded"]),
  /** Other peers known to be present. */
  peers: amount,
  shares: amount,
  /** Downloads neither complete nor cancelled. */
  downloads: amount,
  scan: scanStateSchema,
  problems: z.array(z.string()),
});
export type Status = z.infer<typeof statusSchema>;

export const localShareSchema = z.object({
  id: fileIdSchema,
  shareId: shareIdSchema,
  name: z.string(),
  kind: z.enum(["file", "folder"]),
  size: amount,
  files: amount,
  visibility: visibilitySchema,
  version: amount,
  at: z.string(),
  path: z.string(),
});
export type LocalShare = z.infer<typeof localShareSchema>;

export const shareRequestSchema = z.object({
  path: z.string().min(1).max(4_096),
  visibility: visibilitySchema.optional(),
});

export const downloadRequestSchema = z.object({
  fileId: fileIdSchema,
  /** Under which share, when several have this content. */
  shareId: shareIdSchema.optional(),
  /** Folder to put it in; the downloads folder when absent. */
  out: z.string().min(1).max(4_096).optional(),
});

/**
 * `queued`: others go first. `finding`: asking who has it. `fetching`: bytes move or are asked for. `waiting`: cannot
 * go on now, `reason` says why, and goes on by itself. `failed`: will not go on by itself.
 */
export const downloadStatusSchema = z.enum([
  "queued",
  "finding",
  "fetching",
  "waiting",
  "paused",
  "complete",
  "failed",
]);
export type DownloadStatus = z.infer<typeof downloadStatusSchema>;

export const downloadSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  fileId: fileIdSchema,
  shareId: shareIdSchema,
  owner: z.string(),
  name: z.string(),
  kind: z.enum(["file", "folder"]),
  status: downloadStatusSchema,
  reason: z.string().optional(),
  /** Content bytes; for a folder, of all its files. */
  size: amount,
  /** Verified bytes. */
  done: amount,
  rate: amount,
  /** Undefined while unknown. */
  secondsLeft: amount.optional(),
  sources: z.array(z.object({ peerId: peerIdSchema, name: z.string(), bytes: amount, rate: amount })),
  /** Where it lies once complete. */
  path: z.string().optional(),
  out: z.string(),
  createdAt: z.string(),
  finishedAt: z.string().optional(),
});
export type Download = z.infer<typeof downloadSchema>;

export const knownPeerSchema = z.object({
  peerId: peerIdSchema,
  name: z.string(),
  host: z.string(),
  port: amount,
  lastSeen: z.string(),
});
export type LocalPeer = z.infer<typeof knownPeerSchema>;

/** What `GET /api/events` sends as SSE: `event: KIND`, `data: JSON`. */
export type LocalEvent =
  | { readonly kind: "download"; readonly download: Download }
  | { readonly kind: "status"; readonly status: Status };
