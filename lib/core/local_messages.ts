import { z } from "zod";
import type { Plain } from "./config_kinds.ts";
import { classIdSchema } from "./class_messages.ts";
import { type FileId, fileIdSchema, type PeerId, peerIdSchema, shareIdSchema, userIdSchema } from "./ids.ts";
import { displayNameSchema, type FoundShare } from "./messages.ts";
import { type Visibility, visibilitySchema } from "./share_record.ts";

/** What the local API (interface and command line) says. Sizes in bytes, rates in bytes a second, times ISO 8601. */

const amount = z.number().min(0);

export const scanStateSchema = z.union([
  z.object({ kind: z.literal("idle") }),
  z.object({ kind: z.literal("scanning"), seen: amount, toHash: amount, hashedBytes: amount, totalBytes: amount }),
]);
export type ScanState = z.infer<typeof scanStateSchema>;

export const problemSchema = z.object({ code: z.string(), message: z.string(), path: z.string() });
export type Problem = z.infer<typeof problemSchema>;

export const statusSchema = z.object({
  peer: z.object({ peerId: peerIdSchema, name: z.string() }),
  tracker: z.object({ url: z.string(), state: z.enum(["online", "offline", "none"]) }),
  mode: z.enum(["normal", "degraded"]),
  /** The class that this computer belongs to. */
  class: z.object({ name: z.string(), user: userIdSchema, removed: z.boolean() }).nullable(),
  /** Other peers known to be present. */
  peers: amount,
  shares: amount,
  /** Downloads neither complete nor cancelled. */
  downloads: amount,
  scan: scanStateSchema,
  /** What could not be read or shared at the last scan. `code` is one of lib/core/errors.ts, `message` is English. */
  problems: z.array(problemSchema),
  /** Files added on the page whose visibility was not chosen yet. */
  pending: amount,
});
export type Status = z.infer<typeof statusSchema>;

/** Chosen at random when a group is made. */
export const groupIdSchema = z.string().regex(/^[0-9a-f]{16}$/);
const groupNameSchema = displayNameSchema;

/** People of the class under one name, on this computer only. A share that names it is signed again when it changes. */
export const groupSchema = z.object({
  id: groupIdSchema,
  name: groupNameSchema,
  users: z.array(userIdSchema).max(1_000),
});
export type Group = z.infer<typeof groupSchema>;
export const groupChangeSchema = groupSchema.omit({ id: true });
export type GroupChange = z.infer<typeof groupChangeSchema>;

/** `GET /api/class`: the class that this computer belongs to, or that its tracker could be joined. */
export const classViewSchema = z.object({
  joined: z.object({
    class: classIdSchema,
    name: z.string(),
    user: userIdSchema,
    /** How this user is called in the class. */
    me: z.string(),
    /** When the certificate ends unless the tracker renews it. */
    until: z.string(),
    /** Everybody else in the class, as last heard from the tracker. */
    people: z.array(z.object({ id: userIdSchema, name: z.string() })),
    groups: z.array(groupSchema),
  }).nullable(),
  /** Name of the class from which the teacher has removed this computer: it can only be joined again. */
  removedFrom: z.string().nullable(),
  /** Address of the tracker, where a class can be joined; "" when none is set. */
  tracker: z.string(),
  /** In no class, trackers heard on this network. Nothing of it is proved before the code is compared. */
  heard: z.array(z.object({
    /** Of the class. */
    name: z.string(),
    tracker: z.string(),
    /** First half of the code of its class, to be compared with what the teacher shows: "XXXX-XXXX". */
    fingerprint: z.string(),
  })),
});
export type ClassView = z.infer<typeof classViewSchema>;

/** `POST /api/class/join`: a whole join link, or a code of the class whose tracker is set or given. */
export const joinClassSchema = z.object({
  /** "http://HOST:5000/join#CODE" or "ABCD-EFGH-JKMN-PQRS". */
  link: z.string().trim().min(1, "it is empty").max(500, "it is far too long"),
  tracker: z.string().max(500).optional(),
  /** "TRACKER/join#FINGERPRINT" of a tracker that was heard, when `link` is a code, or its second half. */
  heard: z.string().max(500).optional(),
  name: displayNameSchema,
});
export type JoinClass = z.infer<typeof joinClassSchema>;

/** `POST /api/identity/export`. */
export const exportIdentitySchema = z.object({ passphrase: z.string().min(8).max(1_000) });

/** By `code`, or opening `link`, one more computer joins as the same user, once, before `until`. */
export const newDeviceSchema = z.object({ code: z.string(), link: z.string(), until: z.string() });
export type NewDevice = z.infer<typeof newDeviceSchema>;

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
  /** Of a private share: who may have it, apart from this user; those of its groups included. */
  allow: z.array(userIdSchema),
  /** Chosen by name, and groups with which it is kept up to date. */
  users: z.array(userIdSchema),
  groups: z.array(groupIdSchema),
});
export type LocalShare = z.infer<typeof localShareSchema>;

/** A row of "My files". */
export const shareRowSchema = localShareSchema.extend({
  chunks: amount,
  /** Whether deleting it also takes the file away: it lies in the shared folder, not elsewhere on the computer. */
  owned: z.boolean(),
});
export type ShareRow = z.infer<typeof shareRowSchema>;

export const shareSortSchema = z.enum(["name", "size", "at", "visibility"]);
export type ShareSort = z.infer<typeof shareSortSchema>;

export const sharePageQuerySchema = z.object({
  /** Words of the name; "" for all. */
  q: z.string().max(200).default(""),
  sort: shareSortSchema.default("at"),
  order: z.enum(["asc", "desc"]).default("desc"),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type SharePageQuery = z.infer<typeof sharePageQuerySchema>;

export const sharePageSchema = z.object({
  /** Shares that fit the query, those of other pages included. */
  total: amount,
  offset: amount,
  shares: z.array(shareRowSchema),
});
export type SharePage = z.infer<typeof sharePageSchema>;

/** What the tracker knows of own shares. Undefined where it does not answer. */
export const shareCountsSchema = z.record(
  shareIdSchema,
  z.object({ /** Present computers that have some of it. */ peers: amount, /** Times fetched. */ fetched: amount }),
);
export type ShareCounts = z.infer<typeof shareCountsSchema>;

/** Who may have something: with `private`, these users and those in these groups. */
export const chosenVisibilitySchema = z.object({
  visibility: visibilitySchema,
  allow: z.array(userIdSchema).max(1_000).optional(),
  groups: z.array(groupIdSchema).max(100).optional(),
});
export type ChosenVisibility = z.infer<typeof chosenVisibilitySchema>;

export const shareChangeSchema = chosenVisibilitySchema.partial().extend({
  name: z.string().min(1).max(255).optional(),
});
export type ShareChange = z.infer<typeof shareChangeSchema>;

/** Where a share can be reached by others on the network; absent where nothing is known to reach it. */
export const shareLinksSchema = z.object({
  /** A page of the tracker that anyone on the network can open. */
  page: z.string().optional(),
  /** The bytes, from this computer. Only files. */
  direct: z.string().optional(),
});
export type ShareLinks = z.infer<typeof shareLinksSchema>;

/** Chosen at random by whoever adds the files. */
export const batchIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

/** Files added together on the page, kept on this computer and shown to nobody until somebody chooses who sees them. */
export const uploadBatchSchema = z.object({
  batch: batchIdSchema,
  files: amount,
  size: amount,
  /** What will become one share each: single files and whole folders. At most 100 are listed. */
  entries: z.array(z.object({ name: z.string(), kind: z.enum(["file", "folder"]), size: amount, files: amount })),
  at: z.string(),
});
export type UploadBatch = z.infer<typeof uploadBatchSchema>;

export const shareRequestSchema = chosenVisibilitySchema.partial().extend({ path: z.string().min(1).max(4_096) });

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

/** Why a download waits or failed, for pages that say it in another language than `reason`. */
export const waitReasonSchema = z.object({
  /** "no-source", "missing-chunks" or a code of lib/core/errors.ts. */
  code: z.string(),
  /** For `missing-chunks`: how many chunks nobody reachable has. */
  missing: amount.optional(),
});
export type WaitReason = z.infer<typeof waitReasonSchema>;

export const downloadSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  fileId: fileIdSchema,
  shareId: shareIdSchema,
  owner: z.string(),
  name: z.string(),
  kind: z.enum(["file", "folder"]),
  /** Of a folder, as its owner signed it; absent when that is not known any more. */
  files: amount.optional(),
  status: downloadStatusSchema,
  reason: z.string().optional(),
  why: waitReasonSchema.optional(),
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
  /** Of the same class as this computer; absent for others. */
  user: userIdSchema.optional(),
  lastSeen: z.string(),
});
export type LocalPeer = z.infer<typeof knownPeerSchema>;

/** The chunks of the file under way, for drawing. */
export interface ChunkMap {
  readonly downloadId: string;
  /** Chunks of the file; a cell stands for `per` of them. At most 2,000 cells. */
  readonly chunks: number;
  readonly per: number;
  /**
   * One byte a cell, base64: 0 missing, 1 asked for, 2 verified without knowing from whom, 3 + i verified, from
   * `sources[i]`. A cell of several chunks is verified when all of them are.
   */
  readonly cells: string;
  readonly sources: readonly { readonly peerId: PeerId; readonly name: string }[];
}

/** Bytes a second over the last minutes, oldest first, one value every `everyMs`. */
export interface Throughput {
  readonly everyMs: number;
  readonly down: readonly number[];
  readonly up: readonly number[];
}

/** What happened on this computer, newest last in a stream and first in a list. */
export const localActivitySchema = z.object({
  id: amount,
  at: z.string(),
  kind: z.enum([
    "shared",
    "changed",
    "revised",
    "removed",
    "downloaded",
    "failed",
    "given",
    "peer-joined",
    "peer-left",
  ]),
  /** Of the file. */
  name: z.string().optional(),
  /** The other computer. */
  peer: z.string().optional(),
  bytes: amount.optional(),
});
export type LocalActivity = z.infer<typeof localActivitySchema>;

/** What `GET /api/events` sends as SSE: `event: KIND`, `data: JSON`. */
export type LocalEvent =
  | { readonly kind: "download"; readonly download: Download }
  /** A download that is no longer in the list. */
  | { readonly kind: "cancelled"; readonly cancelled: { readonly id: string } }
  | { readonly kind: "status"; readonly status: Status }
  /** Own shares changed; `version` rises. What to show is asked again. */
  | { readonly kind: "shares"; readonly shares: { readonly version: number; readonly total: number } }
  | { readonly kind: "peers"; readonly peers: readonly LocalPeer[] }
  | { readonly kind: "activity"; readonly activity: LocalActivity }
  /** The newest value of `Throughput`. */
  | { readonly kind: "rates"; readonly rates: { readonly down: number; readonly up: number } }
  /** Only of the download asked for with `?map=ID`. */
  | { readonly kind: "map"; readonly map: ChunkMap };

/**
 * What a found share is to this computer: `mine` shared from here; `here` complete in the downloads; `downloading`;
 * `available`; `no-source` nobody present has it.
 */
export type FoundState =
  | { readonly kind: "mine" | "available" | "no-source" }
  | { readonly kind: "here" | "downloading"; readonly downloadId: string; readonly done: number };

export type FoundHere = FoundShare & { readonly state: FoundState };
export interface FoundPage {
  readonly results: readonly FoundHere[];
  readonly cursor?: string | undefined;
  readonly from: "tracker" | "cache";
}

/** Who has a file. */
export interface FileDetails {
  readonly id: FileId;
  readonly sha256: string;
  readonly names: readonly { readonly name: string; readonly owner: string; readonly visibility: Visibility }[];
  readonly sources: readonly {
    readonly peerId: PeerId;
    readonly name: string;
    readonly have: number;
    readonly of: number;
  }[];
  readonly links: ShareLinks;
}

/** Where the pages are. `locked`: the address opens them once. */
export const pageLinkSchema = z.object({ url: z.string(), locked: z.boolean() });
export type PageLink = z.infer<typeof pageLinkSchema>;

/** One key of the configuration as Settings shows it. */
export interface Setting {
  /** "limits.upload_rate" */
  readonly key: string;
  /** As YAML writes it. */
  readonly value: Plain;
  readonly default: Plain;
  /** "default", "config.yaml:12:9", "ESSAIM_…" or "--flag": the last two cannot be changed on the page. */
  readonly origin: string;
  readonly editable: boolean;
  /** "integer", "size", "duration", "rate", "boolean", "a | b | c", "path"… */
  readonly type: string;
  /** Whether a change takes effect at once; else at the next start. */
  readonly live: boolean;
  /** Saved, but the program still runs with another value. */
  readonly pending: boolean;
}

const plainSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

export const settingSchema: z.ZodType<Setting> = z.object({
  key: z.string(),
  value: plainSchema,
  default: plainSchema,
  origin: z.string(),
  editable: z.boolean(),
  type: z.string(),
  live: z.boolean(),
  pending: z.boolean(),
});

export const settingsChangeSchema = z.record(
  z.string().max(64),
  z.union([z.string().max(4_096), z.number(), z.boolean(), z.array(z.string().max(200)).max(200)]),
);
export type SettingsChange = z.infer<typeof settingsChangeSchema>;
