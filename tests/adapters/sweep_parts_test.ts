import assert from "node:assert/strict";
import { sweepParts } from "../../lib/adapters/sweep_parts.ts";
import { FakeLog } from "../fakes.ts";

Deno.test("at the start what no download needs is deleted from the downloads folder, and nothing else", async () => {
  const folder = await Deno.makeTempDir({ prefix: "essaim-sweep-" });
  try {
    const [known, unknown] = ["0123456789abcdef", "fedcba9876543210"];
    const kept = [`.essaim-${known}.part`, ".essaim-notes.txt", ".essaim-.part", `essaim-${unknown}.part`, "film.part"];
    const swept = [`.essaim-${unknown}.part`, `.essaim-${unknown}.listing`, `.essaim-${crypto.randomUUID()}.room`];
    for (const name of [...kept, ...swept]) await Deno.writeTextFile(`${folder}/${name}`, "x");
    await Deno.mkdir(`${folder}/.essaim-${unknown}.folder/a`, { recursive: true });
    await Deno.mkdir(`${folder}/.essaim-${known}.folder`);
    const log = new FakeLog();
    await sweepParts(folder, new Set([known]), Date.now(), log);
    assert.deepEqual(log.codes, [], "what is new is left alone");
    await sweepParts(folder, new Set([known]), Date.now() + 25 * 60 * 60_000, log);
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    assert.deepEqual(names.sort(), [...kept, `.essaim-${known}.folder`].sort());
    assert.deepEqual(log.codes, Array(4).fill("leftover-deleted"));
    await sweepParts(`${folder}/none`, new Set(), Date.now(), log);
    assert.equal(log.codes.at(-1), "leftovers-kept");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
