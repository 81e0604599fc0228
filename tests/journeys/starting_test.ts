import assert from "node:assert/strict";
import { MB, namesIn, overwrite, randomBytes, randomFile, sha256 } from "./files.ts";
import { Classroom, essaim, type Program } from "./processes.ts";
import { until } from "./until.ts";

const NO_PORTS = ["--port", "0", "--member-port", "0"];

/** Starts a second process that is expected to refuse. */
function refused(folder: string, ...args: string[]) {
  return essaim(args, folder);
}

Deno.test("a second peer or tracker on the same data folder is refused and leaves the first alone", async () => {
  await using room = await Classroom.with("alice");
  for (const { args, data, pid } of [room.peer("alice"), room.tracker] as Program[]) {
    const { code, err } = await refused(room.folder, args[0]!, ...NO_PORTS, "--data", data);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`already runs with the data folder ${data} \\(process ${pid}\\)`));
    assert.equal(JSON.parse(await Deno.readTextFile(`${data}/run.json`)).pid, pid);
  }
  assert.equal((await room.peer("alice").cli("status")).code, 0);
});

Deno.test("a port that is taken is named, with what to do", async () => {
  await using room = await Classroom.open();
  using listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = listener.addr;
  for (const option of ["--port", "--ui-port"]) {
    const args = ["peer", ...NO_PORTS, "--ui-port", "0", "--udp-port", "0", option, String(port)];
    const { code, err } = await refused(room.folder, ...args, "--data", `${room.folder}/alice`);
    assert.equal(code, 1, option);
    assert.match(err, new RegExp(`essaim: .*${port}.*(set|choose) another`, "si"), option);
  }
  const args = ["tracker", "--port", String(port), "--member-port", "0", "--data", `${room.folder}/tracker`];
  const { code, err } = await refused(room.folder, ...args);
  assert.equal(code, 1);
  assert.match(err, new RegExp(`port ${port} is already in use`));
});

/** Ports that nobody uses now, in ascending order. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "0.0.0.0", port: 0 }));
  const ports = listeners.map(({ addr }) => addr.port).sort((a, b) => a - b);
  for (const listener of listeners) listener.close();
  return ports;
}

Deno.test("two peers of one computer choose free ports by themselves when some of their range are taken", async () => {
  await using room = await Classroom.with();
  const [taken, ...free] = freePorts(6);
  using _listener = Deno.listen({ hostname: "0.0.0.0", port: taken! });
  const [ports, uiPorts] = [free.slice(0, 2), free.slice(2)];
  const settings = { peer: { port: [taken, ...ports].join(","), ui_port: [taken, ...uiPorts].join(",") } };
  const place = { settings, ports: ["--member-port", "0", "--udp-port", "0"] };
  const peers = await Promise.all(["alice", "bob"].map((name) => room.startPeer(name, place)));
  const [alice, bob] = peers;
  assert.deepEqual(peers.map(({ port }) => port).sort((a, b) => a - b), ports);
  const shared = await alice!.share(await randomFile(`${room.folder}/notes.txt`, 5_000));
  assert.equal((await bob!.get(shared.id)).status, "complete");
});

/** Stops a program and ruins one of its databases. */
async function ruin(program: Program, name: string): Promise<void> {
  await program.stop();
  await overwrite(`${program.data}/${name}`, 0, randomBytes(100_000));
}

function setAside({ data }: Program): string[] {
  return namesIn(data).filter((name) => /\.db\.damaged-/.test(name));
}

Deno.test("a peer whose database is damaged sets it aside, keeps every file and shares them again", async () => {
  await using room = await Classroom.with("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const inside = await randomFile(`${alice.data}/shared_files/inside.bin`, 1 * MB);
  const [before] = await until("it is shared", async () => {
    const found = await bob.search("inside");
    return found.length === 1 && found;
  });
  const { peer } = await (await alice.api()).status();
  await ruin(alice, "peer.db");
  await alice.start();
  assert.deepEqual(setAside(alice).length, 1);
  await until("the log says so", async () => (await alice.log("database-damaged")).length === 1);
  assert.equal((await (await alice.api()).status()).peer.peerId, peer.peerId);
  const [own] = await until("it is shared again", async () => {
    const shares = await (await alice.api()).shares();
    return shares.length === 1 && shares;
  });
  const [after] = await until("it is found again, once", async () => {
    const found = await bob.search("inside");
    return found.length === 1 && found[0]?.peers === 1 && found[0].shareId === own?.shareId && found;
  });
  assert.equal(after?.id, before?.id);
  assert.equal(await sha256((await bob.get("inside.bin")).path), await sha256(inside));
});

Deno.test("a tracker whose database is damaged sets it aside and is told everything again", async () => {
  await using room = await Classroom.with("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const shared = await alice.share(await randomFile(`${room.folder}/notes.txt`, 5_000));
  const { tracker } = room;
  const { port } = tracker;
  await ruin(tracker, "tracker.db");
  await tracker.start(["--port", String(port), "--member-port", "0"]);
  assert.deepEqual(setAside(tracker).length, 1);
  const [found] = await until("it is found again", async () => {
    const results = await (await bob.api()).search("notes").then(({ results }) => results, () => []);
    return results.length === 1 && results;
  });
  assert.deepEqual([found?.id, found?.shareId], [shared.id, shared.shareId]);
  assert.equal((await bob.get(shared.id)).status, "complete");
});
