import { z } from "zod";
import { HISTORY_RANGES } from "./history.ts";
import { fileIdSchema, peerIdSchema, shareIdSchema, userIdSchema } from "./ids.ts";
import { chunkSizeSchema } from "./manifest.ts";
import { visibilitySchema } from "./share_record.ts";
import { safeNameSchema } from "./safe_path.ts";

/** Bounds of what is accepted over the network; senders split what is longer. */
export const MAX_RECORDS_PER_ANNOUNCE = 500;
export const MAX_HOLDINGS_PER_ANNOUNCE = 1_000;
export const MAX_COMPLETED_PER_ANNOUNCE = 100;
export const MAX_INDEX_PAGE = 1_000;
export const MAX_BUNDLE_FILES = 256;
/** A record with a thousand allowed users stays below it. */
export const MAX_RECORD_BYTES = 64 * 1024;
export const MAX_QUERY_LENGTH = 200;
export const MAX_CURSOR_LENGTH = 500;
/** Shares whose counts are asked at once. */
export const MAX_COUNTED = 500;
/** A whole announce, as JSON or as a compact JWS (a third longer): senders put fewer records in when it is longer. */
export const MAX_ANNOUNCE_BYTES = 4 * 1024 * 1024;

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const port = z.number().int().min(1).max(65_535);
/** Random hex, 128 bits: one run of a process, or one database. */
const nonce = z.string().regex(/^[0-9a-f]{32}$/);
export const compactJwsSchema = z.string().max(MAX_RECORD_BYTES).regex(/^[\w-]+\.[\w-]+\.[\w-]+$/);
/** How a person is called; display only. Control characters are refused. */
export const displayNameSchema = z.string().trim()
  .min(1, "it is empty")
  .max(64, "it has more than 64 characters")
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u, "it has a line end or another character that cannot be seen");

/** A P-256 public key as a JWK, nothing else in it. */
export const publicKeySchema = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string().regex(/^[\w-]{43}$/),
  y: z.string().regex(/^[\w-]{43}$/),
});
export type PublicKey = z.infer<typeof publicKeySchema>;

/** A share, as other peers refer to it. */
export const shareRefSchema = z.object({ fileId: fileIdSchema, owner: peerIdSchema, shareId: shareIdSchema });
export type ShareRef = z.infer<typeof shareRefSchema>;

/** How much a peer holds of a file that somebody else shares. `of`: chunks in all. */
export const holdingSchema = shareRefSchema.extend({ have: count, of: count });
export type Holding = z.infer<typeof holdingSchema>;

/** A finished download: bytes fetched over the network, seconds it took, number of peers that gave some. */
export const completionSchema = shareRefSchema.extend({
  /** Of the download at its peer: the tracker counts it once, however often it is told. */
  id: z.string().regex(/^[0-9a-f]{16}$/),
  bytes: count,
  seconds: z.number().min(0).max(1e9),
  sources: count,
});
export type Completion = z.infer<typeof completionSchema>;

/** An X.509 certificate: DER in base64, without line breaks. One with a name of 64 characters has under 1,000. */
export const certificateSchema = z.string().max(4_096).regex(/^[A-Za-z0-9+/]+={0,2}$/).brand<"Certificate">();
export type Certificate = z.infer<typeof certificateSchema>;
/** Of the owners of records that are not public. */
export const certificatesSchema = z.record(peerIdSchema, certificateSchema);

/** A place in one peer's own index: versions count changes, an epoch lasts as long as its database. */
export const indexPositionSchema = z.object({ epoch: nonce, version: count });
export type IndexPosition = z.infer<typeof indexPositionSchema>;

export const announceSchema = z.object({
  peerId: peerIdSchema,
  /** Another one at each start of the process. */
  instance: nonce,
  /** Higher in each announce of a peer than in all before, over restarts too: a replay is refused. */
  serial: count,
  event: z.enum(["started", "alive", "completed", "stopped"]),
  name: displayNameSchema,
  port,
  memberPort: port.optional(),
  /** The records are those changed after `from` and up to `to`, oldest first. `from` 0 starts again from nothing. */
  index: z.object({ epoch: nonce, from: count, to: count }),
  records: z.array(compactJwsSchema).max(MAX_RECORDS_PER_ANNOUNCE),
  /** Changes of what it holds for others; `started` forgets all that was held before. */
  holdings: z.array(holdingSchema).max(MAX_HOLDINGS_PER_ANNOUNCE),
  dropped: z.array(shareRefSchema).max(MAX_HOLDINGS_PER_ANNOUNCE),
  completed: z.array(completionSchema).max(MAX_COMPLETED_PER_ANNOUNCE),
  /** Of a member: its newest lease, and the certificate that proves it. */
  lease: z.object({ lease: compactJwsSchema, certificate: certificateSchema }).optional(),
});
export type Announce = z.infer<typeof announceSchema>;

/** A present peer at an address that the asker can reach. */
export const neighbourSchema = z.object({
  peerId: peerIdSchema,
  name: displayNameSchema,
  host: z.string().min(1).max(255),
  port,
  /** Of a member of the asker's class: whose computer it is, and where it answers members. */
  user: userIdSchema.optional(),
  memberPort: port.optional(),
});
export type Neighbour = z.infer<typeof neighbourSchema>;
export const MAX_NEIGHBOURS = 50;

export const announceReplySchema = z.object({
  /** For the next announces of this instance; only in the answer to a signed one. */
  token: z.string().min(16).max(128).optional(),
  /** Announce again after this time. */
  intervalMs: z.number().int().min(100).max(3_600_000),
  chunkSize: chunkSizeSchema.optional(),
  /** How far the tracker knows this peer's index. Other than `to`: send again from here (another epoch: from 0). */
  index: indexPositionSchema,
  /** Ids of completed downloads whose shares are not known here yet: they are to be told again later. */
  later: z.array(completionSchema.shape.id).max(MAX_COMPLETED_PER_ANNOUNCE).optional(),
  /** For a member: what of its class it may have to ask for again. */
  class: z.object({
    name: displayNameSchema,
    /** Number of the newest revocation list. */
    revocations: count,
    /** Another one after people joined, left or were renamed. */
    members: z.string().max(64),
    /** The certificate says something that is no longer so. */
    renew: z.boolean(),
  }).optional(),
  /** Some of the other present peers, chosen by chance when there are more. */
  peers: z.array(neighbourSchema).max(MAX_NEIGHBOURS),
});
export type AnnounceReply = z.infer<typeof announceReplySchema>;

export const foundShareSchema = z.object({
  id: fileIdSchema,
  shareId: shareIdSchema,
  ownerId: peerIdSchema,
  /** Display name of the owner. */
  owner: displayNameSchema,
  /** Whether the owner belongs to the tracker's class, so that the name is proved. */
  member: z.boolean().optional(),
  name: safeNameSchema,
  kind: z.enum(["file", "folder"]),
  size: count,
  visibility: visibilitySchema,
  /** Present peers that hold at least one chunk. */
  peers: count,
  /** Times fetched. */
  downloads: count.optional(),
  at: z.iso.datetime(),
  /** Known from before: when the owner, who is not present, was seen last. */
  seenAt: z.iso.datetime().optional(),
});
export type FoundShare = z.infer<typeof foundShareSchema>;

export const searchReplySchema = z.object({
  results: z.array(foundShareSchema).max(200),
  cursor: z.string().max(MAX_CURSOR_LENGTH).optional(),
});
export type SearchReply = z.infer<typeof searchReplySchema>;

/** Of which shares the counts are asked. */
export const countsRequestSchema = z.object({
  refs: z.array(shareRefSchema.omit({ fileId: true })).max(MAX_COUNTED),
});
export type CountsRequest = z.infer<typeof countsRequestSchema>;

/** In the order asked. `null`: there is no such share, or it is not the caller's to know. */
export const countsReplySchema = z.object({
  counts: z.array(
    z.object({
      /** Present peers that hold at least one chunk. */
      peers: count,
      /** Times fetched. */
      downloads: count,
      /** It is found by nobody: the teacher took its content down. */
      down: z.literal(true).optional(),
    }).nullable(),
  ).max(MAX_COUNTED),
});
export type CountsReply = z.infer<typeof countsReplySchema>;

/** A present peer that holds some of a file, at an address that the asker can reach. */
export const sourceSchema = neighbourSchema.extend({ have: count, of: count });
export type Source = z.infer<typeof sourceSchema>;

export const keysSchema = z.record(peerIdSchema, publicKeySchema);
export type Keys = z.infer<typeof keysSchema>;

export const filePeersReplySchema = z.object({
  records: z.array(compactJwsSchema).max(100),
  keys: keysSchema,
  certificates: certificatesSchema.optional(),
  peers: z.array(sourceSchema).max(100),
});
export type FilePeersReply = z.infer<typeof filePeersReplySchema>;

export const helloSchema = z.object({
  peerId: peerIdSchema,
  name: displayNameSchema,
  software: z.string().max(64),
  index: indexPositionSchema,
  /** Where it answers members of its class, while it is in one. */
  memberPort: port.optional(),
  /** For members of its class: what proves whose computer it is. */
  certificate: certificateSchema.optional(),
});
export type Hello = z.infer<typeof helloSchema>;

export const indexPageSchema = z.object({
  epoch: nonce,
  /** Version reached by this page; ask `since=EPOCH.VERSION` for the next one while `more`. */
  version: count,
  more: z.boolean(),
  keys: keysSchema,
  certificates: certificatesSchema.optional(),
  records: z.array(compactJwsSchema).max(MAX_INDEX_PAGE),
});
export type IndexPage = z.infer<typeof indexPageSchema>;

export const bundleRequestSchema = z.object({ ids: z.array(fileIdSchema).min(1).max(MAX_BUNDLE_FILES) });

export const activitySchema = z.object({
  id: count,
  at: z.iso.datetime(),
  kind: z.enum(["peer-joined", "peer-left", "shared", "removed", "completed"]),
  peer: z.string(),
  /** Only for what anyone may see. */
  name: z.string().optional(),
  fileId: fileIdSchema.optional(),
  bytes: count.optional(),
});
export type Activity = z.infer<typeof activitySchema>;

/** One message of the live WebSocket. */
export const liveEventSchema = activitySchema.omit({ id: true });
export type LiveEvent = z.infer<typeof liveEventSchema>;

export const statsSchema = z.object({
  peers: count,
  files: count,
  bytes: count,
  downloads: count,
  transferred: count,
  /** Since midnight where the tracker is. */
  today: z.object({ downloads: count, transferred: count }),
  since: z.iso.datetime(),
  mostFetched: z.array(
    z.object({
      id: fileIdSchema,
      name: z.string(),
      kind: z.enum(["file", "folder"]),
      size: count,
      downloads: count,
      peers: count,
    }),
  ).max(20),
});
export type Stats = z.infer<typeof statsSchema>;

export const historyReplySchema = z.object({
  range: z.enum(HISTORY_RANGES),
  /** Length of a bucket. */
  everySeconds: count,
  /** When the first one begins; the last one is not over yet. */
  from: z.iso.datetime(),
  buckets: z.array(z.object({ peers: count, downloads: count, bytes: count, shared: count })).max(200),
});
export type HistoryReply = z.infer<typeof historyReplySchema>;

/** Who is here, by name; of very many only some. */
export const presentSchema = z.object({
  total: count,
  peers: z.array(z.object({ peerId: peerIdSchema, name: displayNameSchema })).max(200),
});
export type Present = z.infer<typeof presentSchema>;

/** What a dashboard shows as numbers; `GET /api/live?board` sends it first and after each change. */
export const boardSchema = z.object({ kind: z.literal("board"), stats: statsSchema, present: presentSchema });
export type Board = z.infer<typeof boardSchema>;
