import assert from "node:assert/strict";
import { TRACKER_SERVER_NAME } from "../../lib/core/class_messages.ts";
import { MB, randomFile, sha256 } from "./files.ts";
import { Classroom, type Found, type Peer } from "./processes.ts";
import {
  type Answer,
  type Asked,
  askPlainly,
  askSecurely,
  credentialsOf,
  peerIdOf,
  questionsAbout,
  serverOf,
} from "./strangers.ts";
import { until } from "./until.ts";

const UNKNOWN_FILE = "ab".repeat(32);
const UNKNOWN_SHARE = "cd".repeat(16);
const CANARY = "kanari-7f3a";
const SLOW = { limits: { download_rate: "1 MB/s" } };

type Ask = (asked: Asked) => Promise<Answer>;

/** Asks the same about the file and about one that does not exist; the answers must not differ. */
async function learnsNothing(who: string, ask: Ask, { id, shareId }: Found, owner: string): Promise<void> {
  const real = questionsAbout(id, owner, shareId);
  for (const [index, unreal] of questionsAbout(UNKNOWN_FILE, owner, UNKNOWN_SHARE).entries()) {
    const answer = await ask(real[index]!);
    const { body } = answer;
    assert.ok(![id, shareId, CANARY].some((secret) => body.includes(secret)), `${who}: ${real[index]!.path}`);
    assert.deepEqual(masked(answer), masked(await ask(unreal)), `${who}: ${real[index]!.path}`);
  }
}

/** Without signatures and times, which differ at any two moments. */
function masked({ status, headers, body }: Answer): Answer {
  return { status, headers, body: body.replace(/"lease":"[^"]+"/, '"lease"') };
}

async function asMember(holder: Peer, asker: Peer): Promise<Ask> {
  const [server, credentials] = [await serverOf(holder), await credentialsOf(asker)];
  return (asked) => askSecurely(holder, server, credentials, asked);
}

/** Text in any file below a folder. */
async function holdsText(folder: string, text: string): Promise<boolean> {
  const { code } = await new Deno.Command("grep", { args: ["-rqaF", text, folder], stderr: "null" }).output();
  return code === 0;
}

Deno.test("a file for some people reaches them, and nobody else learns that it exists", async () => {
  await using room = await Classroom.ofMembers("alice", "bob", "carl");
  const [alice, bob, carl] = [room.peer("alice"), room.peer("bob"), room.peer("carl")];
  const eve = await room.startPeer("eve");
  const original = await randomFile(`${room.folder}/${CANARY}.bin`, 3 * MB);
  const shared = await alice.share(original, "--private", "--allow", "Bob");
  const owner = await peerIdOf(alice);

  assert.deepEqual((await bob.search(CANARY)).map(({ id }) => id), [shared.id]);
  assert.deepEqual([await carl.search(CANARY), await eve.search(CANARY)], [[], []]);
  const { path } = await bob.get(shared.id);
  assert.equal(await sha256(path), await sha256(original));
  for (const stranger of [carl, eve]) assert.equal((await stranger.cli("get", shared.id)).code, 1);

  for (const [name, holder] of [["the owner", alice], ["a secondary seeder", bob]] as const) {
    await learnsNothing(`carl asks ${name}`, await asMember(holder, carl), shared, owner);
    await learnsNothing(`an outsider asks ${name}`, (asked) => askPlainly(holder.port, asked), shared, owner);
    assert.equal((await (await asMember(holder, bob))({ path: `/v1/files/${shared.id}` })).status, 200);
  }
  const tracker = (file: string, share: string): Asked[] => [
    { path: `/api/search?q=${CANARY}` },
    { path: `/api/search?q=${file.slice(0, 12)}` },
    { path: `/api/files/${file}/peers` },
    { path: `/api/files/${file}/peers?owner=${owner}&share=${share}` },
    { path: "/api/counts", body: { refs: [{ owner, shareId: share }] } },
    { path: "/api/lease", body: { owner, shares: [share] } },
    { path: "/api/activity" },
    { path: "/api/stats" },
    { path: "/metrics" },
  ];
  const carls = await credentialsOf(carl);
  const asks: [string, Ask][] = [
    ["carl", (asked) => askSecurely(room.tracker, TRACKER_SERVER_NAME, carls, asked)],
    ["an outsider", (asked) => askPlainly(room.tracker.port, asked)],
  ];
  for (const [who, ask] of asks) {
    const unreal = tracker(UNKNOWN_FILE, UNKNOWN_SHARE);
    for (const [index, asked] of tracker(shared.id, shared.shareId).entries()) {
      const answer = masked(await ask(asked));
      assert.ok(!answer.body.includes(CANARY) && !answer.body.includes(shared.id), `${who}: ${asked.path}`);
      if (!/stats|metrics|activity/.test(asked.path)) {
        assert.deepEqual(answer, masked(await ask(unreal[index]!)), `${who}: ${asked.path}`);
      }
    }
  }

  // Whoever has the same content and shares it learns of no other holder, and gets none to answer.
  await Deno.copyFile(original, `${room.folder}/mine.bin`);
  const mine = await carl.share(`${room.folder}/mine.bin`);
  assert.equal(mine.id, shared.id);
  const known = await until("the tracker lists carl", async () => {
    const { status, body } = await asks[0]![1]({ path: `/api/files/${shared.id}/peers` });
    return status === 200 && JSON.parse(body);
  });
  assert.deepEqual(known.peers.map(({ peerId }: { peerId: string }) => peerId), [await peerIdOf(carl)]);
  for (const holder of [alice, bob]) {
    assert.equal((await (await asMember(holder, carl))({ path: `/v1/files/${shared.id}` })).status, 404);
    assert.equal((await askPlainly(holder.port, { path: `/v1/files/${shared.id}` })).status, 404);
  }

  for (const folder of [`${room.tracker.data}/logs`, carl.data, eve.data, `${alice.data}/logs`, `${bob.data}/logs`]) {
    assert.ok(!await holdsText(folder, CANARY), folder);
  }
});

Deno.test("a file for some people goes on among them while owner and tracker are dead", async () => {
  await using room = await Classroom.ofMembers("alice", "bob", "dora");
  const [alice, bob, dora] = [room.peer("alice"), room.peer("bob"), room.peer("dora")];
  await dora.stop();
  await Deno.writeTextFile(
    `${dora.data}/config.yaml`,
    JSON.stringify({ ...JSON.parse(await Deno.readTextFile(`${dora.data}/config.yaml`)), ...SLOW }),
  );
  await dora.start();
  const original = await randomFile(`${room.folder}/${CANARY}.bin`, 16 * MB);
  const shared = await alice.share(original, "--private", "--allow", "bob,dora");
  await bob.get(shared.id);
  await until("the tracker knows both", async () => (await dora.search(CANARY))[0]?.peers === 2);
  const id = await dora.begin(shared);
  await dora.reaches(id, ["fetching"], 0.2);
  await Promise.all([alice.kill(), room.tracker.kill()]);
  const { path } = await dora.completes(id);
  assert.equal(await sha256(path), await sha256(original));
});

Deno.test("who is no longer allowed gets nothing more, from the owner and from others, and is told so", async () => {
  await using room = await Classroom.ofMembers("alice", "bob", "carl");
  const [alice, bob, carl] = [room.peer("alice"), room.peer("bob"), room.peer("carl")];
  const original = await randomFile(`${room.folder}/${CANARY}.bin`, 16 * MB);
  const shared = await alice.share(original, "--class");
  await bob.get(shared.id);
  const about = { path: `/v1/files/${shared.id}` };
  assert.equal((await (await asMember(bob, carl))(about)).status, 200);
  await carl.stop();
  await Deno.writeTextFile(
    `${carl.data}/config.yaml`,
    JSON.stringify({ ...JSON.parse(await Deno.readTextFile(`${carl.data}/config.yaml`)), ...SLOW }),
  );
  await carl.start();
  await until("the tracker answers carl", async () => (await carl.search(CANARY)).length === 1);
  const id = await carl.begin(shared);
  await carl.reaches(id, ["fetching"], 0.1);

  await alice.share(original, "--private", "--allow", "bob");
  assert.equal((await (await asMember(alice, carl))(about)).status, 404);
  await until(
    "the secondary seeder has heard of it",
    async () => (await (await asMember(bob, carl))(about)).status === 404,
  );
  assert.equal((await (await asMember(bob, bob))(about)).status, 200);
  const ended = await until("the download has ended", async () => {
    const [download] = await (await carl.api()).downloads();
    return download?.id === id && download.status === "failed" && download;
  });
  assert.equal(ended.why?.code, "access-ended");
  assert.deepEqual([...Deno.readDirSync(`${carl.data}/downloads`)].filter(({ name }) => !name.startsWith(".")), []);
});
