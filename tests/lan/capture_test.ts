import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { codePrefixOf } from "../../lib/core/class_code.ts";
import { authorityOf, userOf } from "../journeys/attackers.ts";
import type { Download } from "../../lib/core/local_messages.ts";
import { MB, randomBytes, sha256 } from "../journeys/files.ts";
import { Classroom } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { type Room, skipped, switched } from "./networks.ts";

const CANARY = "Kanarienvögel-geheim-7Q";
const SETTLED_MS = 1_000;

/** Everything that goes over the switch, until it is disposed. */
async function capture({ within }: Room, path: string): Promise<AsyncDisposable> {
  const [program = "", ...args] = [...within, "tcpdump", "-i", "any", "-s", "0", "-B", "65536", "-U", "-w", path];
  const child = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "piped" }).spawn();
  const heard = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("listening on")) {
    const { value, done } = await heard.read();
    if (done) throw new Error(said);
    said += value;
  }
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => setTimeout(resolve, SETTLED_MS)); // packets on their way to the file
      child.kill("SIGINT");
      await child.status;
      while (true) {
        const { value, done } = await heard.read();
        if (done) break;
        said += value;
      }
      assert.match(said, /\b0 packets dropped by kernel/);
    },
  };
}

/** What a text may look like to whoever reads along. */
function spellings(text: string): [string, Uint8Array][] {
  const utf8 = new TextEncoder().encode(text);
  const base64 = [0, 1, 2].map((at): [string, Uint8Array] => {
    const shifted = Buffer.concat([Buffer.alloc(at), utf8]).toString("base64");
    return [`base64 + ${at}`, Buffer.from(shifted.slice(at === 0 ? 0 : 4, -4))];
  });
  return [
    ["utf8", utf8],
    ["utf16le", Buffer.from(text, "utf16le")],
    ["utf16be", Buffer.from(text, "utf16le").swap16()],
    ["latin1", Buffer.from(text, "latin1")],
    ["percent", Buffer.from(encodeURIComponent(text))],
    ["upper case", Buffer.from(text.toUpperCase())],
    ["lower case", Buffer.from(text.toLowerCase())],
    ["JSON", Buffer.from(JSON.stringify(text).replace(/[^\x20-\x7e]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`))],
    ...base64,
  ];
}

function hexSpellings(id: string): [string, Uint8Array][] {
  const bytes = Buffer.from(id, "hex");
  return [["hex", Buffer.from(id)], ["bytes", bytes], [
    "base64 of bytes",
    Buffer.from(bytes.toString("base64").slice(0, 20)),
  ], ...spellings(id).filter(([how]) => how.startsWith("base64"))];
}

Deno.test("who reads along sees no name, id or byte of what is for some people or for the class", async () => {
  await using network = await switched(4);
  if (!network) return;
  const tool = await new Deno.Command("tcpdump", { args: ["--version"] }).output().catch(() => undefined);
  if (!tool?.success) return skipped("no tcpdump here");
  const [school, ...desks] = network.computers;
  await using room = await Classroom.open();
  const tracker = await room.startTracker({ within: school!.within });
  const url = `http://${school!.address}:${tracker.port}`;
  const settings = { limits: { download_rate: "4 MB/s" } };
  const start = (name: string, desk: number) => room.startPeer(name, { within: desks[desk]!.within, settings }, url);
  const [alice, bob, carl] = [await start("alice", 0), await start("bob", 1), await start("carl", 2)];
  const pcap = `${room.folder}/all.pcap`;
  const authority = await authorityOf(room);
  const { secret } = JSON.parse(await Deno.readTextFile(`${tracker.data}/class/class.json`));
  const seen: [string, [string, Uint8Array][]][] = [["class code", spellings(secret)]];
  const readable: string[] = [];
  const content = Buffer.concat([Buffer.from(CANARY), randomBytes(2 * MB)]);
  {
    await using _capture = await capture(network, pcap);
    for (const [peer, name] of [[alice, "alice"], [bob, "bob"], [carl, "carl"]] as const) {
      const { code, err } = await peer.cli(
        "join",
        `${url}/join#${codePrefixOf(authority.classId)}${secret}`,
        "--name",
        name,
      );
      assert.equal(code, 0, err);
      await peer.answersMembers();
      seen.push([`user of ${name}`, hexSpellings(await userOf(peer, authority))]);
    }
    const kinds = [["private", "--private", "--allow", "bob,carl"], ["class", "--class"]] as const;
    for (const [kind, ...how] of kinds) {
      const path = `${room.folder}/${CANARY} ${kind}.bin`;
      await Deno.writeFile(path, Buffer.concat([Buffer.from(kind), content]));
      const shared = await alice.share(path, ...how);
      await until("bob finds it", async () => (await bob.search(`${CANARY} ${kind}`))[0]?.id === shared.id);
      assert.equal(await sha256((await bob.get(shared.id)).path), await sha256(path));
      seen.push([`file of ${kind}`, hexSpellings(shared.id)], [`share of ${kind}`, hexSpellings(shared.shareId)]);
      // From both, and under bob's lease when alice is away.
      await alice.stop();
      assert.equal(await sha256((await carl.get(shared.id)).path), await sha256(path));
      await alice.start();
      // Gone again, and then told by a tombstone.
      await until(
        "alice is back",
        async () => (await bob.search(CANARY)).some(({ id, peers }) => id === shared.id && peers > 1),
      );
      assert.equal((await alice.cli("unshare", shared.id)).code, 0);
      await until("it is gone", async () => !(await bob.search(CANARY)).some(({ id }) => id === shared.id));
    }
    // One leaves while something private is still coming.
    const path = `${room.folder}/${CANARY} long.bin`;
    await Deno.writeFile(path, Buffer.concat([content, randomBytes(30 * MB)]));
    const long = await alice.share(path, "--private", "--allow", "bob,carl");
    seen.push(["file of long", hexSpellings(long.id)], ["share of long", hexSpellings(long.shareId)]);
    await until("bob finds it", async () => (await bob.search(CANARY))[0]?.id === long.id);
    const coming = bob.cli("get", long.id);
    const part = async () => (await bob.json<Download[]>("downloads")).find(({ fileId }) => fileId === long.id);
    await until("some of it is here", async () => ((await part())?.done ?? 0) > MB);
    for (const peer of [bob, alice]) assert.equal((await peer.cli("leave")).code, 0);
    await alice.cli("shares");
    await bob.cli("downloads");
    await new Promise((resolve) => setTimeout(resolve, 3 * SETTLED_MS)); // for what would go wrong
    // What is for everybody shows that one can read along at all.
    await Deno.writeTextFile(`${room.folder}/Offener Spatz.txt`, "Spatzeninhalt");
    const open = await alice.share(`${room.folder}/Offener Spatz.txt`);
    await carl.get(open.id);
    await bob.stop();
    await coming;
    readable.push("Spatzeninhalt", open.id);
  }
  const bytes = await Deno.readFile(pcap);
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  console.log(`captured ${(all.length / MB).toFixed(1)} MB`);
  assert.ok(all.length > 10 * MB);
  for (const text of [CANARY, CANARY.slice(0, 12), "geheim-7Q"]) seen.push([text, spellings(text)]);
  for (let at = 0; at < content.length - 64; at += 50_000) {
    seen.push([`content at ${at}`, [["bytes", content.subarray(at, at + 32)]]]);
  }
  for (const [what, ways] of seen) {
    for (const [how, wanted] of ways) assert.equal(all.indexOf(wanted), -1, `${what} as ${how}`);
  }
  for (const text of readable) assert.ok(all.includes(text), text);
});
