import type { DoctorView } from "../../lib/core/doctor_messages.ts";
import type { KnownAddressView } from "../../lib/core/known_address.ts";
import type { ClassView, Download, LocalShare } from "../../lib/core/local_messages.ts";
import type { FoundShare } from "../../lib/core/messages.ts";

/** A local API with invented contents, for tests of the command line alone. */
export interface FakeLocalPeer extends AsyncDisposable {
  readonly data: string;
  /** "POST /api/shares {…}" of every request so far, without the reads of lists and events. */
  readonly asked: string[];
  readonly searches: FoundShare[];
  readonly shares: LocalShare[];
  readonly downloads: Download[];
  searchedIn: "tracker" | "cache";
  class: ClassView;
  /** What each look at the network answers, the last one again and again. */
  doctor: DoctorView[];
  known: KnownAddressView[];
  /** Refuses to send events. */
  eventsBusy: boolean;
  /** Changes the download and tells whoever follows. */
  progress(change: Partial<Download>): void;
  /** The whole answer to every request, when set. */
  instead: (() => Response) | undefined;
}

const TOKEN = "test-token";
export const PEER_ID = "a".repeat(32) as Download["sources"][number]["peerId"];

export function found(name: string, idDigit: string, more: Partial<FoundShare> = {}): FoundShare {
  return {
    id: idDigit.repeat(64) as FoundShare["id"],
    shareId: idDigit.repeat(32) as FoundShare["shareId"],
    ownerId: PEER_ID,
    owner: "alice",
    name,
    kind: "file",
    size: 12_000_000,
    visibility: "public",
    peers: 2,
    at: "2026-09-01T08:00:00.000Z",
    ...more,
  };
}

export function localShare(name: string, idDigit: string, path: string): LocalShare {
  const { id, shareId, at } = found(name, idDigit);
  return {
    id,
    shareId,
    name,
    kind: "file",
    size: 5,
    files: 1,
    visibility: "public",
    version: 1,
    at,
    path,
    allow: [],
    users: [],
    groups: [],
  };
}

export async function fakeLocalPeer(): Promise<FakeLocalPeer> {
  const data = await Deno.makeTempDir({ prefix: "essaim-cli-" });
  const asked: string[] = [];
  const followers = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const encode = (text: string) => new TextEncoder().encode(text);

  const peer: FakeLocalPeer = {
    data,
    asked,
    searches: [],
    shares: [],
    downloads: [],
    searchedIn: "tracker",
    class: { joined: null, removedFrom: null, tracker: "", heard: [] },
    doctor: [],
    known: [],
    eventsBusy: false,
    instead: undefined,
    progress(change) {
      const [download] = peer.downloads;
      if (!download) return;
      Object.assign(download, change);
      for (const follower of followers) {
        follower.enqueue(encode(`event: download\ndata: ${JSON.stringify(download)}\n\n`));
      }
    },
    async [Symbol.asyncDispose]() {
      for (const follower of followers) follower.close();
      await server.shutdown();
      await Deno.remove(data, { recursive: true });
    },
  };

  function events(): Response {
    let mine: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        followers.add(mine = controller);
        controller.enqueue(encode("event: status\ndata: {}\n\n"));
      },
      cancel: () => void followers.delete(mine),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    if (request.headers.get("authorization") !== `Bearer ${TOKEN}`) return new Response(null, { status: 401 });
    if (peer.instead) return peer.instead();
    const { pathname, searchParams } = new URL(request.url);
    const body = request.method === "POST" || request.method === "PATCH" ? await request.text() : "";
    if (request.method !== "GET") asked.push(`${request.method} ${pathname}${body ? ` ${body}` : ""}`);
    const json = body ? JSON.parse(body) : {};
    switch (`${request.method} ${pathname.replace(/[0-9a-f]{16,}/, "ID")}`) {
      case "GET /api/events":
        if (peer.eventsBusy) return Response.json({ code: "busy", detail: "Too many." }, { status: 503 });
        return events();
      case "GET /api/search": {
        const query = searchParams.get("q") ?? "";
        const results = peer.searches.filter(({ name, id }) =>
          name.toLowerCase().includes(query.toLowerCase()) || (query.length >= 8 && id.startsWith(query))
        );
        return Response.json({ results, from: peer.searchedIn });
      }
      case "GET /api/shares":
        return Response.json(peer.shares);
      case "POST /api/shares":
        if (json.path.includes("missing")) {
          return Response.json({ code: "not-found", detail: `There is no ${json.path}.` }, { status: 404 });
        }
        return Response.json({
          ...localShare(json.path.split("/").at(-1), "5", json.path),
          ...{ visibility: json.visibility ?? "public", users: json.allow ?? [], groups: json.groups ?? [] },
        });
      case "GET /api/class":
      case "POST /api/class/join":
      case "POST /api/class/leave":
        return Response.json(peer.class);
      case "POST /api/peers/connect":
        if (json.address === "10.0.0.9") {
          return Response.json({ code: "unreachable", detail: "10.0.0.9:5001 does not answer." }, { status: 502 });
        }
        return Response.json({ peerId: PEER_ID, name: "bob", host: "fd00::2", port: 5001 });
      case "GET /api/peers/known":
        return Response.json(peer.known);
      case "DELETE /api/peers/known/10.0.0.2%3A5001":
        return new Response(null, { status: 204 });
      case "GET /api/doctor":
      case "POST /api/doctor":
        return Response.json(peer.doctor.length > 1 ? peer.doctor.shift() : peer.doctor[0]);
      case "POST /api/groups":
        return Response.json({ id: "0123456789abcdef", ...json }, { status: 201 });
      case "PATCH /api/groups/ID":
        return Response.json({ ...peer.class.joined?.groups[0], ...json });
      case "DELETE /api/groups/ID":
      case "DELETE /api/shares/ID":
        return new Response(null, { status: 204 });
      case "GET /api/downloads":
        return Response.json(peer.downloads);
      case "POST /api/downloads": {
        if (peer.shares.some(({ id }) => id === json.fileId)) {
          return Response.json({ code: "conflict", detail: "It is already here." }, { status: 409 });
        }
        const download: Download = peer.downloads[0] ?? {
          id: "0123456789abcdef",
          fileId: json.fileId,
          shareId: json.shareId ?? "c".repeat(32),
          owner: "alice",
          name: "photos.bin",
          kind: "file",
          status: "finding",
          size: 12_000_000,
          done: 0,
          rate: 0,
          sources: [],
          out: json.out ?? `${data}/downloads`,
          createdAt: new Date().toISOString(),
        };
        peer.downloads[0] = download;
        return Response.json(download, { status: 201 });
      }
      case "POST /api/downloads/ID/pause":
      case "POST /api/downloads/ID/resume":
        return Response.json(peer.downloads[0]);
      case "DELETE /api/downloads/ID":
        return new Response(null, { status: 204 });
      default:
        return Response.json({ code: "not-found", detail: "There is nothing at this address." }, { status: 404 });
    }
  });
  await Deno.writeTextFile(`${data}/api-token`, `${TOKEN}\n`);
  await Deno.writeTextFile(`${data}/run.json`, JSON.stringify({ pid: Deno.pid, uiPort: server.addr.port }));
  return peer;
}
