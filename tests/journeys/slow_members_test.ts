import assert from "node:assert/strict";
import { TRACKER_SERVER_NAME } from "../../lib/core/class_messages.ts";
import { memberWire, plainWire, requestOf, statusOf, type Wire } from "./attackers.ts";
import { MB, randomFile } from "./files.ts";
import { residentBytes } from "./flood.ts";
import { Classroom, type Program } from "./processes.ts";
import { Slow, type Way } from "./slow.ts";
import { credentialsOf, serverOf } from "./strangers.ts";
import { until } from "./until.ts";

const CONNECTIONS = 400;
const ANSWERED_MS = 2_000; // promised, as what follows
const MOST_GROWTH = 200 * MB;
const RECOVERED_MS = 10_000;
const GOOD_QUESTIONS = 15;
const FEW = { within: ["prlimit", "--nofile=256:256"] };

const announceOf = (length: number) => ({
  begin: requestOf("POST /api/announce", {
    headers: { "content-type": "application/jose", "content-length": `${length + 1_000}` },
    body: " ",
  }),
  filler: length,
  trickle: " ",
  reads: true,
});
const HEADERS = { begin: "GET /v1/hello HTTP/1.1\r\nHost: a\r\nX: ", trickle: "x", reads: true };
const SILENT = { begin: "", trickle: "", reads: true };
const unread = (path: string) => ({ begin: requestOf(`GET ${path}`), trickle: "", reads: false });
const bundle = {
  begin: "POST /v1/bundle HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7000\r\n",
  filler: 0x6000,
  trickle: " ",
  reads: true,
};

/** Milliseconds until it is answered, asked again whenever it is refused a connection. */
async function answeredMs(wire: Wire, request: string): Promise<number> {
  const began = performance.now();
  await until("it is answered", async () => statusOf(await within(wire(request))) === 200, 20_000);
  return performance.now() - began;
}

async function within(answer: Promise<string>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(""), 1_000);
  const first = await Promise.race([answer, promise]);
  clearTimeout(timer);
  return first;
}

async function survives(what: string, program: Program, wire: Wire, good: string, ways: readonly Way[]): Promise<void> {
  await answeredMs(wire, good);
  const before = await residentBytes(program);
  let most = before;
  const times: number[] = [];
  let open = 0;
  {
    await using slow = await Slow.start({ port: portOf(what, program), connections: CONNECTIONS, ways });
    open = slow.open;
    for (let time = 0; time < GOOD_QUESTIONS; time++) {
      times.push(await answeredMs(wire, good));
      most = Math.max(most, await residentBytes(program));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const began = performance.now();
  await Promise.all(Array.from({ length: 8 }, () => answeredMs(wire, good)));
  const recovered = performance.now() - began;
  const worst = Math.max(...times);
  console.log(
    `${what}: ${open} of ${CONNECTIONS} stayed open; answered after ${worst.toFixed(0)} ms at most; ` +
      `${((most - before) / MB).toFixed(0)} MB more; as before after ${recovered.toFixed(0)} ms`,
  );
  assert.ok(worst < ANSWERED_MS, `answered after ${worst} ms`);
  assert.ok(most - before < MOST_GROWTH, `${(most - before) / MB} MB more`);
  assert.ok(recovered < RECOVERED_MS);
}

const portOf = (what: string, { port, memberPort }: Program) => what.includes("members") ? memberPort : port;

Deno.test({
  name:
    "400 slow connections at any listener of a peer or tracker of 256 descriptors do not keep it from answering others",
  ignore: Deno.build.os !== "linux",
  async fn(t) {
    await using room = await Classroom.open();
    const tracker = await room.startTracker(FEW);
    const alice = await room.startPeer("alice", FEW);
    const [bob, mallory] = [await room.startPeer("bob"), await room.startPeer("mallory")];
    await room.join("alice", "bob", "mallory");
    const open = await alice.share(await randomFile(`${room.folder}/open.bin`, 40 * MB));
    const closed = await alice.share(await randomFile(`${room.folder}/closed.bin`, 40 * MB), "--class");
    await until("all is found", async () => (await bob.search("bin")).length === 2);
    const [alices, mallorys] = [await serverOf(alice), await credentialsOf(mallory)];
    await mallory.stop();
    const { ca } = mallorys;
    const toTracker = { ...mallorys, servername: TRACKER_SERVER_NAME };
    const nobody = { ca, servername: TRACKER_SERVER_NAME };
    const toAlice = { ...mallorys, servername: alices };
    const chunk = (id: string) => requestOf(`GET /v1/files/${id}/chunks/3`);
    const search = requestOf("GET /api/search?q=bin");
    const trackerBody = 4 * 1024 * 1024 - 2_000;
    const cases: [string, Program, Wire, string, Way[]][] = [
      ["a peer", alice, plainWire(alice), chunk(open.id), [
        SILENT,
        HEADERS,
        bundle,
        unread(`/v1/files/${open.id}/content`),
      ]],
      ["a peer, to members", alice, await memberWire(bob, alice), chunk(closed.id), [
        SILENT,
        { ...HEADERS, tls: toAlice },
        { ...bundle, tls: toAlice },
        { ...unread(`/v1/files/${closed.id}/content`), tls: toAlice },
      ]],
      ["the tracker", tracker, plainWire(tracker), search, [
        SILENT,
        HEADERS,
        announceOf(trackerBody),
        unread("/assets/style.css"),
      ]],
      ["the tracker, to members", tracker, await memberWire(bob, tracker), search, [
        SILENT,
        { ...HEADERS, tls: nobody },
        { ...announceOf(trackerBody), tls: toTracker },
        { ...unread("/api/search?q=bin"), tls: toTracker },
      ]],
      ["the tracker, long announces", tracker, plainWire(tracker), search, [announceOf(trackerBody)]],
      ["the tracker, long announces of members", tracker, await memberWire(bob, tracker), search, [
        { ...announceOf(trackerBody), tls: toTracker },
      ]],
    ];
    for (const [what, program, wire, good, ways] of cases) {
      await t.step(what, () => survives(what, program, wire, good, ways));
    }
  },
});
