import type { z } from "zod";
import { ERROR_CODES, type ErrorCode, EssaimError } from "../core/errors.ts";
import type { FileId, ShareId } from "../core/ids.ts";
import type {
  ChosenVisibility,
  ClassView,
  Download,
  Group,
  GroupChange,
  JoinClass,
  LocalPeer,
  LocalShare,
  NewDevice,
  PageLink,
  Setting,
  SettingsChange,
  Status,
} from "../core/local_messages.ts";
import type { DoctorView } from "../core/doctor_messages.ts";
import type { KnownAddressView } from "../core/known_address.ts";
import type { FoundShare } from "../core/messages.ts";
import { findLocalPeer, type LocalPeerAddress, noPeer } from "./data_folder.ts";
import { plainly } from "./plainly.ts";
import { ignoreProxies } from "./no_proxy.ts";

/** One page of what a search found; `cache` when no tracker answered. */
export interface SearchPage {
  readonly results: FoundShare[];
  readonly cursor?: string | undefined;
  readonly from: "tracker" | "cache";
}

export type ConnectedPeer = Omit<LocalPeer, "lastSeen">;

/** The local API (see DESIGN.md) of one running peer. Throws what the peer answers as EssaimErrors, `not-running` when it is gone. */
export interface LocalApi {
  status(): Promise<Status>;
  shares(): Promise<LocalShare[]>;
  share(path: string, chosen?: Partial<ChosenVisibility>): Promise<LocalShare>;
  unshare(id: ShareId): Promise<void>;
  search(query: string, cursor?: string): Promise<SearchPage>;
  downloads(): Promise<Download[]>;
  download(request: { fileId: FileId; shareId?: ShareId; out?: string }): Promise<Download>;
  steer(id: string, action: "pause" | "resume"): Promise<Download>;
  cancel(id: string): Promise<void>;
  peers(): Promise<LocalPeer[]>;
  connectTo(address: string): Promise<ConnectedPeer>;
  knownAddresses(): Promise<KnownAddressView[]>;
  forgetAddress(address: string): Promise<void>;
  startDoctor(): Promise<DoctorView>;
  doctorView(): Promise<DoctorView>;
  pageLink(): Promise<PageLink>;
  /** All settings, once these are saved. */
  changeSettings(change: SettingsChange): Promise<Setting[]>;
  class(): Promise<ClassView>;
  join(request: JoinClass): Promise<ClassView>;
  leave(): Promise<ClassView>;
  deviceCode(): Promise<NewDevice>;
  exportIdentity(passphrase: string): Promise<Uint8Array>;
  addGroup(group: GroupChange): Promise<Group>;
  changeGroup(id: string, change: Partial<GroupChange>): Promise<Group>;
  removeGroup(id: string): Promise<void>;
  /** States of downloads from now on, as they change; ends when the peer stops. */
  downloadEvents(signal: AbortSignal): Promise<AsyncIterableIterator<Download>>;
}

const QUICK_MS = 20_000; // a search may ask a tracker that does not answer
const JOIN_MS = 60_000; // the tracker may be slow when all of a class join at once
const SHARE_MS = 12 * 3_600_000; // hashing a disk full of files
const MAX_REPLY_BYTES = 64 * 1024 * 1024;
const MAX_EVENT_CHARS = 4 * 1024 * 1024;

/** Reads where the peer is; the first request shows whether it is really there. */
export async function connectLocalPeer(data: string): Promise<LocalApi> {
  ignoreProxies();
  return localApi(await findLocalPeer(data));
}

type Schemas = typeof import("../core/local_messages.ts");

export function localApi(peer: LocalPeerAddress): LocalApi {
  /** Loaded while the first request is under way. */
  const schemas = (): Promise<Schemas> => import("../core/local_messages.ts");

  async function send(method: string, path: string, signal: AbortSignal, body?: unknown): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`http://127.0.0.1:${peer.uiPort}${path}`, {
        method,
        signal,
        redirect: "error",
        headers: {
          authorization: `Bearer ${peer.token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      if (signal.aborted) throw timeout(peer, cause);
      throw await noPeer(peer.data);
    }
    if (response.ok) return response;
    throw await refusal(response, peer);
  }

  async function ask<T>(
    method: string,
    path: string,
    shape: (schemas: Schemas) => z.ZodType<T> | Promise<z.ZodType<T>>,
    body?: unknown,
    ms = QUICK_MS,
  ): Promise<T> {
    const signal = AbortSignal.timeout(ms);
    const [response, schema] = await Promise.all([send(method, path, signal, body), schemas().then(shape)]);
    const parsed = schema.safeParse(await readJson(response, peer));
    if (parsed.success) return parsed.data;
    throw notUnderstood(peer, `${path.split("?")[0]}: ${parsed.error.issues[0]?.path.join(".")}`);
  }

  async function remove(path: string): Promise<void> {
    await (await send("DELETE", path, AbortSignal.timeout(QUICK_MS))).body?.cancel();
  }

  return {
    status: () => ask("GET", "/api/status", (s) => s.statusSchema),
    shares: () => ask("GET", "/api/shares", (s) => s.localShareSchema.array()),
    share: (path, chosen) => ask("POST", "/api/shares", (s) => s.localShareSchema, { path, ...chosen }, SHARE_MS),
    unshare: (id) => remove(`/api/shares/${id}`),
    search: (query, cursor) =>
      ask<SearchPage>(
        "GET",
        `/api/search?${new URLSearchParams({ q: query, ...(cursor === undefined ? {} : { cursor }) })}`,
        searchPageSchema,
      ),
    downloads: () => ask("GET", "/api/downloads", (s) => s.downloadSchema.array()),
    download: (request) => ask("POST", "/api/downloads", (s) => s.downloadSchema, request),
    changeSettings: (change) => ask("PATCH", "/api/settings", (s) => s.settingSchema.array(), change),
    steer: (id, action) => ask("POST", `/api/downloads/${id}/${action}`, (s) => s.downloadSchema),
    cancel: (id) => remove(`/api/downloads/${id}`),
    peers: () => ask("GET", "/api/peers", (s) => s.knownPeerSchema.array()),
    connectTo: (address) =>
      ask("POST", "/api/peers/connect", (s) => s.knownPeerSchema.omit({ lastSeen: true }), { address }),
    knownAddresses: () =>
      ask(
        "GET",
        "/api/peers/known",
        async () => (await import("../core/known_address.ts")).knownAddressSchema.array(),
      ),
    forgetAddress: (address) => remove(`/api/peers/known/${encodeURIComponent(address)}`),
    startDoctor: () => ask("POST", "/api/doctor", doctorSchema),
    doctorView: () => ask("GET", "/api/doctor", doctorSchema),
    pageLink: () => ask("POST", "/api/page-link", (s) => s.pageLinkSchema),
    class: () => ask("GET", "/api/class", (s) => s.classViewSchema),
    join: (request) => ask("POST", "/api/class/join", (s) => s.classViewSchema, request, JOIN_MS),
    leave: () => ask("POST", "/api/class/leave", (s) => s.classViewSchema),
    deviceCode: () => ask("POST", "/api/class/device-code", (s) => s.newDeviceSchema),
    async exportIdentity(passphrase) {
      const response = await send("POST", "/api/identity/export", AbortSignal.timeout(QUICK_MS), { passphrase });
      return await response.bytes();
    },
    addGroup: (group) => ask("POST", "/api/groups", (s) => s.groupSchema, group),
    changeGroup: (id, change) => ask("PATCH", `/api/groups/${id}`, (s) => s.groupSchema, change, SHARE_MS),
    removeGroup: (id) => remove(`/api/groups/${id}`),
    async downloadEvents(signal) {
      const [response, { downloadSchema }, { EventSourceParserStream }] = await Promise.all([
        send("GET", "/api/events", signal),
        schemas(),
        import("eventsource-parser/stream"),
      ]);
      const events = (response.body ?? new ReadableStream<Uint8Array<ArrayBuffer>>())
        .pipeThrough(new TextDecoderStream(), { signal }) // an aborted fetch alone leaves a pending read of its body pending, now and then
        .pipeThrough(new EventSourceParserStream({ maxBufferSize: MAX_EVENT_CHARS }));
      return (async function* () {
        for await (const { event, data } of events) {
          if (event !== "download") continue;
          const parsed = downloadSchema.safeParse(JSON.parse(data));
          if (parsed.success) yield parsed.data;
        }
      })();
    },
  };
}

async function doctorSchema(): Promise<z.ZodType<DoctorView>> {
  return (await import("../core/doctor_messages.ts")).doctorViewSchema;
}

async function searchPageSchema(): Promise<z.ZodType<SearchPage>> {
  const [{ searchReplySchema }, { z }] = await Promise.all([import("../core/messages.ts"), import("zod")]);
  return searchReplySchema.extend({ from: z.enum(["tracker", "cache"]) });
}

async function readJson(response: Response, peer: LocalPeerAddress): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  try {
    for await (const part of response.body ?? []) {
      length += part.length;
      if (length > MAX_REPLY_BYTES) throw notUnderstood(peer, `more than ${MAX_REPLY_BYTES} bytes`);
      text += decoder.decode(part, { stream: true });
    }
  } catch (error) {
    if (error instanceof EssaimError) throw error;
    throw await noPeer(peer.data); // it stopped in the middle of its answer
  }
  try {
    return JSON.parse(text);
  } catch {
    throw notUnderstood(peer, "not JSON");
  }
}

async function refusal(response: Response, peer: LocalPeerAddress): Promise<EssaimError> {
  const body = await readJson(response, peer).catch(() => ({}));
  const { code, detail } = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  if (response.status === 401) {
    return new EssaimError(
      "unauthorized",
      `The program at port ${peer.uiPort} refuses the token of ${peer.data}/api-token; it may be another peer. Check --data, or start the peer again.`,
    );
  }
  const known = typeof code === "string" && Object.hasOwn(ERROR_CODES, code) && code !== "not-running";
  const said = typeof detail === "string" ? plainly(detail) : `The peer answered with HTTP status ${response.status}.`;
  return new EssaimError(known ? code as ErrorCode : "internal", said);
}

function notUnderstood(peer: LocalPeerAddress, what: string): EssaimError {
  return new EssaimError(
    "bad-content",
    `The answer of the peer at port ${peer.uiPort} is not understood (${what}). Is it the same version of Essaim?`,
  );
}

function timeout(peer: LocalPeerAddress, cause: unknown): EssaimError {
  return new EssaimError(
    "busy",
    `The peer at port ${peer.uiPort} does not answer. Wait a little and try again; its logs are in ${peer.data}/logs.`,
    { cause },
  );
}
