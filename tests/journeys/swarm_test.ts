import assert from "node:assert/strict";
import { plainClient } from "../../lib/adapters/plain_client.ts";
import { httpPeerClient } from "../../lib/adapters/http_peer_client.ts";
import { memberClient } from "../../lib/adapters/member_client.ts";
import { type Bitfield } from "../../lib/core/bitfield.ts";
import type { FileId } from "../../lib/core/ids.ts";
import type { Manifest } from "../../lib/core/manifest.ts";
import type { StreamEvent, StreamId } from "../../lib/core/stream_events.ts";
import type { Address, PeerClient } from "../../lib/ports.ts";
import { codeOf } from "../fakes.ts";
import { assertSameFile, randomFile } from "./files.ts";
import { Classroom, type Found, type Peer } from "./processes.ts";
import { credentialsOf, peerIdOf } from "./strangers.ts";
import { until } from "./until.ts";

const CHUNK = 256 * 1024;
const SIZE = 16 * CHUNK;
const never = new AbortController().signal;
const manifestOf = ({ id, size }: Found): Manifest => ({ id: id as FileId, size, chunkSize: CHUNK });

Deno.test("pupils whose teacher goes away after having sent each chunk once have the file from each other", async () => {
  await using room = await Classroom.with();
  const teacher = await room.startPeer("teacher", { settings: { limits: { upload_rate: "1 MB/s" } } });
  const slow = { settings: { limits: { upload_rate: "50 kB/s" } } };
  const pupils = [await room.startPeer("ana", slow), await room.startPeer("bea", slow)];
  const film = await randomFile(`${room.folder}/film.bin`, SIZE);
  const shared = await teacher.share(film);
  using http = plainClient();
  const client = httpPeerClient({ http });
  const have = (pupil: Peer) =>
    client.have({ host: "127.0.0.1", port: pupil.port }, manifestOf(shared), never).catch(() => undefined);
  const ids = await Promise.all(pupils.map((pupil) => pupil.begin(shared)));
  const missing = await until("each chunk is with a pupil", async () => {
    const [a, b] = await Promise.all(pupils.map(have)) as [Bitfield?, Bitfield?];
    if (!a || !b) return false;
    for (const chunk of a.missing()) if (!b.has(chunk)) return false;
    return [a, b].map((field) => field.length - field.count);
  });
  await teacher.kill();
  assert.ok(missing.every((count) => count > 0), `they were not done yet: ${missing}`);
  for (const pupil of pupils) assert.equal((await pupil.cli("config", "limits.upload_rate", "unlimited")).code, 0);
  for (const [n, pupil] of pupils.entries()) {
    await assertSameFile((await pupil.completes(ids[n]!)).path, film);
  }
});

/** Somebody who listens to what a peer pushes of a file. */
class Listener {
  readonly told: StreamEvent[] = [];
  #stream: StreamId | undefined;

  constructor(readonly client: PeerClient, readonly at: Address, stop: AbortSignal) {
    void client.events(at, (event) => {
      if (event.kind === "stream") this.#stream = event.id;
      else if (event.kind === "have" || event.kind === "offer") this.told.push(event);
    }, stop).catch(() => {});
  }

  /** The code of the refusal; undefined when it is told what is there. */
  async ask(shared: Found): Promise<string | undefined> {
    const stream = await until("the stream is open", () => this.#stream);
    return await codeOf(this.client.have(this.at, manifestOf(shared), never, stream));
  }
}

Deno.test("what is not for somebody any more is pushed to nobody else, and never was to those whom it was not for", async () => {
  await using room = await Classroom.ofMembers("alice", "carl", "dora");
  const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "800 kB/s" } } });
  await room.join("bob");
  const [alice, carl, dora] = [room.peer("alice"), room.peer("carl"), room.peer("dora")];
  const film = await randomFile(`${room.folder}/film.bin`, SIZE);
  const shared = await alice.share(film, "--private", "--allow", "bob,carl");
  using http = plainClient();
  using asCarl = memberClient({ credentials: await credentialsOf(carl) });
  using asDora = memberClient({ credentials: await credentialsOf(dora) });
  const stop = new AbortController();
  const secure = { host: "127.0.0.1", port: bob.memberPort, secure: await peerIdOf(bob) };
  const [member, stranger, outsider] = [
    new Listener(httpPeerClient({ http, members: asCarl }), secure, stop.signal),
    new Listener(httpPeerClient({ http, members: asDora }), secure, stop.signal),
    new Listener(httpPeerClient({ http }), { host: "127.0.0.1", port: bob.port }, stop.signal),
  ];
  for (const listener of [member, stranger, outsider]) assert.equal(await listener.ask(shared), "not-found");
  const id = await bob.begin(shared);
  await until("carl is told what bob has", () => member.told.length >= 2);
  assert.equal(await member.ask(shared), undefined);

  await alice.share(film, "--private", "--allow", "bob");
  await until("bob knows that carl may not have it any more", async () => await member.ask(shared) === "not-found");
  const before = member.told.length;
  const { done } = await bob.reaches(id, ["fetching"]);
  await bob.reaches(id, ["fetching"], done / SIZE + 0.1);
  await assertSameFile((await bob.completes(id, 60_000)).path, film);
  assert.equal(member.told.length, before);
  assert.deepEqual([stranger.told, outsider.told], [[], []]);
  stop.abort();
});

type Lie = (path: string, shared: Found) => Response | undefined;

/** What a peer says that shares nothing and answers `respond` to all but a hello. */
function liar(number: number, respond: Lie, shared: Found, signal: AbortSignal) {
  const peerId = `${number}`.padStart(32, "0");
  const index = { epoch: "0".repeat(32), version: 0 };
  return Deno.serve({ hostname: "127.0.0.1", port: 0, signal, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/v1/hello") return Response.json({ peerId, name: "eve", software: "essaim/0", index });
    return respond(pathname, shared) ?? new Response(null, { status: 404 });
  });
}

const STREAM = { headers: { "content-type": "text/event-stream" } };
const BITS = new Uint8Array(SIZE / CHUNK / 8).fill(0xff);
const encoder = new TextEncoder();
const event = (kind: string, data: unknown) => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
const opening = event("stream", { id: "1".repeat(32) });

/** Sends the texts, and then the last one again and again, or nothing. */
function pushes(texts: string[], again?: () => string): Response {
  const left = [...texts];
  return new Response(
    new ReadableStream({
      pull(controller) {
        const text = left.shift() ?? again?.();
        if (text !== undefined) controller.enqueue(encoder.encode(text));
        else return new Promise(() => {});
      },
    }),
    STREAM,
  );
}

const all = ({ id }: Found) => event("have", { file: id, chunks: "0-15" });
const LIES: Record<string, Lie> = {
  "has all, offers nothing and is always busy": (path, shared) => {
    if (path === "/v1/events") {
      return pushes([opening, all(shared), event("offer", { file: shared.id, chunks: "" }), event("choke", {})]);
    }
    if (path.endsWith("/have")) return new Response(BITS);
    return path.includes("/chunks/")
      ? new Response(null, { status: 503, headers: { "essaim-retry-ms": "0" } })
      : undefined;
  },
  "says to have more and more": (path, shared) =>
    path === "/v1/events" ? pushes([opening], () => all(shared) + opening) : undefined,
  "unchokes for ever and sends nothing": (path, shared) => {
    if (path === "/v1/events") return pushes([opening, all(shared)], () => event("unchoke", {}));
    return path.includes("/chunks/") ? pushes([]) : undefined;
  },
  "talks nonsense": (path) => path === "/v1/events" ? pushes([opening], () => event("have", { file: 1 })) : undefined,
  "hangs up at once": (path) => path === "/v1/events" ? new Response(opening, STREAM) : undefined,
  "never says what its stream is called": (path) => path === "/v1/events" ? pushes([":\n\n"]) : undefined,
};

Deno.test("streams that lie stop nobody", async () => {
  await using room = await Classroom.with("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const film = await randomFile(`${room.folder}/film.bin`, SIZE);
  const shared = await alice.share(film);
  const stop = new AbortController();
  const liars = Object.values(LIES).map((lie, n) => liar(n + 1, lie, shared, stop.signal));
  for (const { addr } of liars) await (await bob.api()).connectTo(`127.0.0.1:${addr.port}`);
  await assertSameFile((await bob.get(shared.id)).path, film);
  stop.abort();
  await Promise.all(liars.map(({ finished }) => finished));
});
