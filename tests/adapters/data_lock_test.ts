import assert from "node:assert/strict";
import { join } from "node:path";
import { lockData } from "../../lib/adapters/data_lock.ts";
import { openIdentity } from "../../lib/adapters/identity.ts";
import { announceBy, codeOf, hexId, recordBy } from "../fakes.ts";
import { tempDir } from "../temp.ts";

/** A tracker process on `data`, killed without warning when disposed of. */
async function trackerProcess(data: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(import.meta.dirname!, "tracker_child.ts"), data],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  return {
    url: `http://127.0.0.1:${new TextDecoder().decode(value).trim()}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await reader.cancel();
      await child.status;
    },
  };
}

Deno.test("a folder is one process's own until it is released", async () => {
  const dir = join(await tempDir(), "data");
  const lock = await lockData(dir);
  await lock.publish({ pid: 4711, port: 5000, startedAt: "2026-01-02T03:04:05Z" });
  assert.deepEqual(JSON.parse(await Deno.readTextFile(join(dir, "run.json"))).pid, 4711);
  await assert.rejects(lockData(dir), /already runs .*\(process 4711\)/);
  await lock.release();
  await lock.release();
  await assert.rejects(Deno.stat(join(dir, "run.json")), Deno.errors.NotFound);
  await (await lockData(dir)).release();
});

Deno.test("a folder that cannot be made says so", async () => {
  const file = await Deno.makeTempFile();
  assert.equal(await codeOf(lockData(join(file, "data"))), "unwritable");
});

Deno.test("a tracker killed at any moment frees its data and has lost nothing that it acknowledged", async () => {
  const data = await tempDir();
  const alice = await openIdentity(join(await tempDir(), "identity"));
  const announce = async (url: string, serial: number) => {
    const { jws } = await alice.signRecord(recordBy(alice.peerId, { name: "kept.txt" }));
    const body = await alice.signAnnounce(announceBy(alice.peerId, {
      serial,
      records: [jws],
      index: { epoch: hexId(1, 32), from: 0, to: 1 },
    }));
    const response = await fetch(`${url}/api/announce`, {
      method: "POST",
      body,
      headers: { "content-type": "application/jose" },
    });
    return [response.status, await response.json()];
  };
  {
    await using tracker = await trackerProcess(data);
    assert.equal(await codeOf(lockData(data)), "already-running");
    assert.equal((await announce(tracker.url, 1))[0], 200);
  }
  assert.ok((await Deno.stat(join(data, "run.json"))).isFile);
  await using tracker = await trackerProcess(data);
  const { results } = await fetch(`${tracker.url}/api/search?q=kept`).then((r) => r.json());
  assert.equal(results.length, 1);
  assert.equal((await announce(tracker.url, 1))[0], 409);
  assert.equal((await announce(tracker.url, 2))[0], 200);
});
