import assert from "node:assert/strict";
import { fileMoves } from "../../lib/adapters/file_moves.ts";
import { Trash } from "../../lib/app/trash.ts";
import { FakeClock, FakeLog } from "../fakes.ts";

/** Real files, time that moves when told. The trash itself never sleeps: what is too old is swept when the test says so. */
async function inFolder(work: (folder: string, open: () => Trash<string>, clock: FakeClock) => Promise<void>) {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "essaim-trash-" }));
  const clock = new FakeClock();
  clock.sleep = (_ms, signal) =>
    new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));
  let ids = 0;
  const open = () =>
    new Trash<string>({
      ...{ moves: fileMoves(), clock, log: new FakeLog(), folder: `${folder}/trash`, onMoved: () => {} },
      newId: () => String(++ids),
    });
  try {
    await work(folder, open, clock);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const namesIn = async (folder: string) => (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();

Deno.test("however many things are deleted, each can come back for ten minutes, and then none", async () => {
  await inFolder(async (folder, open, clock) => {
    await using trash = open();
    await trash.start();
    for (let index = 0; index < 1_200; index++) {
      await Deno.writeTextFile(`${folder}/${index}.txt`, String(index));
      await trash.put(String(index), `${folder}/${index}.txt`, "note");
    }
    clock.advance(9 * 60_000);
    await trash.sweep();
    for (const index of [0, 599, 1_199]) {
      const kept = trash.take(String(index));
      assert.equal(await Deno.readTextFile(kept.place!), String(index));
    }
    clock.advance(2 * 60_000);
    await trash.sweep();
    assert.throws(() => trash.take("5"), { code: "not-found" });
    assert.equal((await namesIn(`${folder}/trash`)).length, 3, "only what was taken out is still there");
  });
});

Deno.test("what lay in the trash when the program was killed stays for a day, and is deleted by a start after it", async () => {
  await inFolder(async (folder, open, clock) => {
    {
      await using trash = open();
      await trash.start();
      await Deno.writeTextFile(`${folder}/a.txt`, "mine");
      await trash.put("a", `${folder}/a.txt`, "note");
    }
    const [kept] = await namesIn(`${folder}/trash`);
    {
      await using trash = open();
      await trash.start();
    }
    assert.equal(await Deno.readTextFile(`${folder}/trash/${kept}/a.txt`), "mine");
    clock.advance(25 * 3_600_000);
    {
      await using trash = open();
      await trash.start();
    }
    assert.deepEqual(await namesIn(`${folder}/trash`), []);
  });
});
