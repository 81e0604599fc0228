import assert from "node:assert/strict";
import { systemClock } from "../../lib/adapters/clock.ts";
import { plainClient } from "../../lib/adapters/plain_client.ts";
import { listenHttp } from "../../lib/adapters/http_listener.ts";
import { httpPeerClient } from "../../lib/adapters/http_peer_client.ts";
import { memberClient } from "../../lib/adapters/member_client.ts";
import { EventStreams } from "../../lib/app/event_streams.ts";
import { Bitfield } from "../../lib/core/bitfield.ts";
import type { Caller } from "../../lib/core/permission.ts";
import type { StreamEvent, StreamId } from "../../lib/core/stream_events.ts";
import type { Address, PeerClient } from "../../lib/ports.ts";
import { peerEventStream } from "../../routes/api/event_stream.ts";
import { CLASS_ID, codeOf, fileId } from "../fakes.ts";
import { until } from "../fakes_download.ts";
import { answer, encoder, Hostile, send } from "./hostile.ts";
import { listenAs } from "./members.ts";
import { TestClass } from "./test_class.ts";

const FILE = fileId(1);
const HEAD =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
/** Of the transfer encoding; the empty one is the last. */
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** A peer that pushes, as it is reached over one of the two ways. */
interface Pushing extends AsyncDisposable {
  readonly streams: EventStreams;
  readonly client: PeerClient;
  readonly at: Address;
  /** Callers seen, in order. */
  readonly callers: Caller[];
  /** Whoever is connected may not be any more. */
  cutOff?(): void;
}

const here = new Bitfield(100);
here.add(3);

function source() {
  const callers: Caller[] = [];
  const streams = new EventStreams({ clock: systemClock, visible: (file) => file === FILE ? here : undefined });
  const handle = (caller: Caller) => {
    callers.push(caller);
    return peerEventStream(streams.open(caller));
  };
  return { callers, streams, handle };
}

async function plain(): Promise<Pushing> {
  const { handle, ...pushing } = source();
  const listener = await listenHttp({
    hostname: "127.0.0.1",
    ports: [0],
    handler: (_, { remoteAddress }) => handle({ kind: "anonymous", address: remoteAddress }),
  });
  const http = plainClient();
  return {
    ...pushing,
    client: httpPeerClient({ http }),
    at: { host: "127.0.0.1", port: listener.port },
    async [Symbol.asyncDispose]() {
      await listener.close(100);
      http[Symbol.dispose]();
    },
  };
}

async function mutualTls(): Promise<Pushing> {
  const { handle, ...pushing } = source();
  const class_ = await TestClass.make();
  const [alice, bob] = [await class_.member(), await class_.member()];
  const listener = await listenAs(alice, {
    handler: (_, { remoteAddress: address, member }) =>
      handle({ kind: "member", address, class: CLASS_ID, peer: member!.peerId, user: member!.user }),
  });
  const members = memberClient({ credentials: bob.credentials });
  const http = plainClient();
  return {
    ...pushing,
    client: httpPeerClient({ http, members }),
    at: { host: "127.0.0.1", port: listener.port, secure: alice.peerId },
    cutOff: () => listener.closeWhere(({ peerId }) => peerId === bob.peerId),
    async [Symbol.asyncDispose]() {
      members[Symbol.dispose]();
      http[Symbol.dispose]();
      await listener.close(100);
    },
  };
}

/** A stream that is listened to. */
class Listening {
  readonly events: StreamEvent[] = [];
  readonly stop = new AbortController();
  readonly ended: Promise<string | undefined>;

  constructor({ client, at }: Pick<Pushing, "client" | "at">) {
    const listening = client.events(at, (event) => void this.events.push(event), this.stop.signal);
    this.ended = codeOf(listening).catch((error) => error.name);
  }

  async id(): Promise<StreamId> {
    await until(() => this.events.length > 0, "the stream is open");
    const [first] = this.events;
    assert.equal(first?.kind, "stream");
    return first.id;
  }
}

for (const [over, make] of [["plain HTTP", plain], ["mutual TLS", mutualTls]] as const) {
  Deno.test(`over ${over} what is pushed arrives at once`, async () => {
    await using pushing = await make();
    const listening = new Listening(pushing);
    const stream = pushing.streams.of(await listening.id(), pushing.callers[0]!)!;
    stream.follow(FILE);
    pushing.streams.verified(FILE, 3);
    const chunks = [{ first: 3, last: 3 }];
    await until(() => listening.events.length === 2, "the chunk is told");
    stream.tell({ kind: "unchoke" });
    await until(() => listening.events.length === 3, "the slot is told");
    assert.deepEqual(listening.events.slice(1), [{ kind: "have", file: FILE, chunks }, { kind: "unchoke" }]);
    stream.close();
    assert.equal(await listening.ended, undefined);
  });

  Deno.test(`over ${over} a stream whose asker goes away is closed`, async () => {
    await using pushing = await make();
    const listening = new Listening(pushing);
    const id = await listening.id();
    listening.stop.abort();
    assert.equal(await listening.ended, "AbortError");
    await until(() => pushing.streams.of(id, pushing.callers[0]!) === undefined, "the stream is closed");
  });

  Deno.test(`over ${over} past the most streams one is told to come later`, async () => {
    await using pushing = await make();
    const open = [];
    for (let n = 0; n < 32; n++) {
      open.push(pushing.streams.open(pushing.callers[0] ?? { kind: "anonymous", address: "127.0.0.1" }));
    }
    assert.notEqual(await new Listening(pushing).ended, undefined);
    open[0]!.close();
    const listening = new Listening(pushing);
    await listening.id();
    listening.stop.abort();
    await listening.ended;
  });
}

Deno.test("who does not belong to the class any more is told nothing more", async () => {
  await using pushing = await mutualTls();
  const listening = new Listening(pushing);
  const id = await listening.id();
  pushing.cutOff!();
  assert.equal(await listening.ended, "unreachable");
  await until(() => pushing.streams.of(id, pushing.callers[0]!) === undefined, "the stream is closed");
});

const BAD: [string, string][] = [
  ["an event that never ends", "data: x".padEnd(40_000, "x")],
  ["an event of very many lines", "data: x\n".repeat(10_000)],
  ["an event that is no JSON", "event: have\ndata: {\n\n"],
  ["an event of impossible chunks", `event: have\ndata: {"file":"${FILE}","chunks":"0-9999999"}\n\n`],
  ["a stream without a proper id", `event: stream\ndata: {"id":"1"}\n\n`],
];
for (const [what, text] of BAD) {
  Deno.test(`${what} ends the stream`, async () => {
    await using hostile = new Hostile(async (connection) => {
      await send(connection, encoder.encode(HEAD + chunk(text)));
      await connection.read(new Uint8Array(1));
    });
    assert.equal(await new Listening(hostile).ended, "bad-content");
  });
}

Deno.test("unknown events and comments are passed over", async () => {
  await using hostile = new Hostile(async (connection) => {
    const text = ": hello\n\nevent: gossip\ndata: ?\n\nevent: choke\ndata: {}\n\n";
    await send(connection, encoder.encode(HEAD + chunk(text) + chunk("")));
  });
  const listening = new Listening(hostile);
  assert.equal(await listening.ended, undefined);
  assert.deepEqual(listening.events, [{ kind: "choke" }]);
});

const FLOODS: [string, string, number][] = [
  ["short events", "event: choke\ndata: {}\n\n", 1_024],
  ["events of very many chunks", `event: have\ndata: {"file":"${FILE}","chunks":"0-1048575"}\n\n`, 1024 * 1024],
];
for (const [what, text, weight] of FLOODS) {
  Deno.test(`a flood of ${what} is read no faster than they can be meant`, async () => {
    await using hostile = new Hostile(async (connection) => {
      await send(connection, encoder.encode(HEAD));
      for (const event = encoder.encode(chunk(text));;) await send(connection, event);
    });
    const since = performance.now();
    const listening = new Listening(hostile);
    await until(() => listening.events.length > 0 && performance.now() - since > 500, "it is read for a while");
    const seconds = (performance.now() - since) / 1_000;
    const most = 512 * 1024 * (seconds + 0.5) / weight + 1;
    assert.ok(listening.events.length <= most, `${listening.events.length} events, at most ${most}`);
    listening.stop.abort();
    await listening.ended;
  });
}

Deno.test("what is no event stream, or not there, is said so", async () => {
  await using page = new Hostile(answer("<html>", { "content-type": "text/html" }));
  assert.equal(await new Listening(page).ended, "bad-content");
  await using old = new Hostile(answer("", {}, "404 Not Found"));
  assert.equal(await new Listening(old).ended, "not-found");
});

Deno.test("a stream of which nothing comes any more is unreachable", async () => {
  await using silent = new Hostile(async (connection) => {
    await send(connection, encoder.encode(HEAD + chunk(":\n\n")));
    await connection.read(new Uint8Array(1));
  });
  using http = plainClient();
  const client = httpPeerClient({ http }, undefined, { bytes: 1, ms: 100 });
  assert.equal(await new Listening({ client, at: silent.at }).ended, "unreachable");
});
