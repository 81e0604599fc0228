import assert from "node:assert/strict";
import type { Download } from "../../lib/core/local_messages.ts";
import { exists, MB, namesIn, randomFile, sha256 } from "./files.ts";
import { Classroom, essaim } from "./processes.ts";
import { until } from "./until.ts";

Deno.test("downloads are paused, resumed and cancelled, and asking for one twice follows the same", async () => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const bob = await room.startPeer("bob", { settings: { limits: { download_rate: "4 MB/s" } } });
  const [film, draft] = await Promise.all(
    ["film.bin", "draft.bin"].map((name) => randomFile(`${room.folder}/${name}`, 12 * MB)),
  );
  const [shared, other] = [await alice.share(film!), await alice.share(draft!)];
  const id = await bob.begin(shared);
  await bob.reaches(id, ["fetching"], 0.1);

  assert.match((await bob.cli("downloads", "pause", "film.bin")).out, /^Paused: film\.bin\n/);
  const paused = await bob.reaches(id, ["paused"]);
  const cancelled = await bob.begin(other);
  await bob.reaches(cancelled, ["fetching"], 0.1);
  assert.deepEqual((await bob.reaches(id, ["paused"])).done, paused.done);
  const [gone] = await bob.json<Download[]>("downloads", "cancel", cancelled);
  assert.equal(gone?.id, cancelled);
  assert.deepEqual((await bob.json<Download[]>("downloads")).map(({ id }) => id), [id]);
  assert.ok(!await exists(bob.partPath(cancelled)));

  await bob.stop();
  await bob.start();
  assert.equal((await bob.reaches(id, ["paused"])).done, paused.done);
  const [resumed] = await bob.json<Download[]>("downloads", "resume", id.slice(0, 8));
  assert.equal(resumed?.id, id);
  const [first, second] = await Promise.all([bob.get("film.bin"), bob.get(shared.id)]);
  assert.deepEqual([first.id, second.id], [id, id]);
  assert.equal(await sha256(first.path), await sha256(film!));
  assert.equal((await bob.get(shared.id)).path, first.path);
  assert.deepEqual(namesIn(`${bob.data}/downloads`), ["film.bin"]);
});

Deno.test("what is no longer shared is not found, and a file that is here already is not fetched", async () => {
  await using room = await Classroom.with("alice", "bob");
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const shared = await alice.share(await randomFile(`${room.folder}/notes.txt`, 5_000));
  const own = await alice.cli("get", shared.id);
  assert.equal(own.code, 0);
  assert.equal(own.out, `already here: ${room.folder}/notes.txt\n`);
  assert.equal((await alice.cli("unshare", shared.shareId)).code, 0);
  await until("it is gone from the search", async () => (await bob.search("notes")).length === 0);
  const { code, err } = await bob.cli("get", shared.id);
  assert.equal(code, 1);
  assert.match(err, /Nobody shares/);
  assert.ok(await exists(`${room.folder}/notes.txt`));
});

Deno.test("every command ends with the exit code that its help promises", async () => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const file = await randomFile(`${room.folder}/notes.txt`, 5_000);
  const expected: [number, string[], RegExp][] = [
    [0, ["share", file], /^$/],
    [0, ["shares"], /^$/],
    [0, ["search", "notes"], /^$/],
    [0, ["search", "nothing"], /Nothing found/],
    [0, ["peers"], /./],
    [0, ["status"], /^$/],
    [0, ["downloads"], /No downloads yet/],
    [1, ["share", `${room.folder}/missing`], /missing is not shared/],
    [1, ["get", "nothing"], /Nothing called "nothing" is shared/],
    [1, ["get", "0".repeat(64)], /Nobody shares/],
    [1, ["unshare", "nothing"], /There is no share "nothing" here\. See what there is: .*\bshares\b/],
    [1, ["downloads", "pause", "nothing"], /There is no download "nothing" here\. See what there is: .*\bdownloads\b/],
    [2, ["get"], /missing required argument/],
    [2, ["downloads", "destroy", "x"], /Unknown action/],
  ];
  for (const [code, args, err] of expected) {
    const ran = await alice.cli(...args);
    assert.equal(ran.code, code, `${args.join(" ")}: ${ran.err}`);
    assert.match(ran.err, err, args.join(" "));
  }
  const nobody = await essaim(["get", "x", "--data", `${room.folder}/nobody`], room.folder);
  assert.equal(nobody.code, 3);
  await alice.kill();
  const { code, err } = await alice.cli("status");
  assert.equal(code, 3, "run.json of a killed peer is no peer");
  assert.match(err, /No peer runs/);
});
