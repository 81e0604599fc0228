import assert from "node:assert/strict";
import type { Setting } from "../../lib/core/local_messages.ts";
import { MB, randomFile } from "./files.ts";
import { Classroom, type Peer } from "./processes.ts";

/** At all hours of all days, so also now. */
const ALWAYS = "daily 00:00-24:00";
const SIZE = 40 * MB;

async function change(peer: Peer, settings: Record<string, unknown>): Promise<Setting[]> {
  const token = (await Deno.readTextFile(`${peer.data}/api-token`)).trim();
  const response = await fetch(`${peer.pages}/api/settings`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(settings),
  });
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer;
}

const CASES = [
  ["a quiet time of the giver", "alice", { "limits.quiet_times": [`${ALWAYS} upload 200 kB/s`] }],
  ["a quiet time of the taker", "bob", { "limits.quiet_times": [`${ALWAYS} download 200 kB/s`] }],
  ["the giver's limit for each computer", "alice", { "limits.upload_rate_per_peer": "200 kB/s" }],
  ["the taker's limit for each computer", "bob", { "limits.download_rate_per_peer": "200 kB/s" }],
] as const;
const FREE = {
  "limits.quiet_times": [],
  "limits.upload_rate_per_peer": "unlimited",
  "limits.download_rate_per_peer": "unlimited",
};

for (const [what, who, limit] of CASES) {
  Deno.test(`${what} holds a running transfer, and frees it at once when it is taken away`, async () => {
    await using room = await Classroom.with("alice", "bob");
    const [alice, bob, limited] = [room.peer("alice"), room.peer("bob"), room.peer(who)];
    const film = await alice.share(await randomFile(`${room.folder}/film.mp4`, SIZE));
    const settings = await change(limited, limit);
    assert.ok(settings.every(({ pending }) => !pending), "no restart is needed");
    const id = await bob.begin(film);
    await bob.reaches(id, ["fetching"], 0.001);
    // At 200 kB/s all of it would take over three minutes.
    const { done } = await bob.reaches(id, ["fetching"]);
    assert.ok(done < SIZE / 2, `${done} bytes already`);
    await change(limited, FREE);
    await bob.completes(id, 30_000);
  });
}

Deno.test("essaim config changes a limit of the running peer, shows it, and refuses what is wrong", async () => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  const [key, lessons] = ["limits.quiet_times", "Mon-Fri 8:00-12:00  upload 500 kB/s; sat 0:00-24:00 upload unlimited"];
  const set = await alice.cli("config", key, lessons);
  assert.deepEqual([set.code, set.err], [0, "Saved.\n"]);
  const written = '["mon-fri 08:00-12:00 upload 500 kB/s","sat 00:00-00:00 upload unlimited"]';
  assert.equal(set.out, `${key}: ${written}\n`);
  const { out } = await alice.cli("config", key);
  assert.match(out, /^limits:\n {2}quiet_times: \["mon-fri .*"\] +# .*config\.yaml:\d+:\d+\n$/);
  assert.match((await alice.cli("config", "limits.parallel_downloads", "5")).err, /at the next start/);
  for (
    const [args, code, why] of [
      [[key, "sat 0:00-24:00 upload 5 MB/s; lessons"], 1, /limits\.quiet_times must be .* entry 2 is " lessons"/],
      [["limits.upload_rate", "fast"], 1, /limits\.upload_rate must be "unlimited"/],
      [["peer.name", "bob"], 1, /peer\.name is decided by --name/],
      [["limits.quiet_time", "x"], 2, /Did you mean limits\.quiet_times\?/],
      [["quiet"], 2, /There is no setting "quiet"/],
    ] as const
  ) {
    const refused = await alice.cli("config", ...args);
    assert.equal(refused.code, code, args.join(" "));
    assert.match(refused.err, why);
  }
  await alice.stop();
  assert.equal((await alice.cli("config", "limits.upload_rate", "1 MB/s")).code, 3);
});
