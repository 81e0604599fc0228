import assert from "node:assert/strict";
import { randomFile, sha256 } from "./files.ts";
import { Classroom } from "./processes.ts";

Deno.test("a proxy that is set for the internet does not stand in the way", async () => {
  // `env` stays in front of each program; port 9 answers nobody
  const within = ["env", "http_proxy=http://127.0.0.1:9", "HTTP_PROXY=http://127.0.0.1:9"];
  await using room = await Classroom.with();
  const alice = await room.startPeer("alice", { within });
  const bob = await room.startPeer("bob", { within });
  const original = await randomFile(`${room.folder}/notes.bin`, 100_000);
  const { id } = await alice.share(original);
  const { path } = await bob.get(id);
  assert.equal(await sha256(path), await sha256(original));
});
