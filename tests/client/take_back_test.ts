import assert from "node:assert/strict";
import { Notices } from "../../lib/client/notices.ts";
import { offerToTakeBack } from "../../lib/client/take_back.ts";

/** Notices whose time passes when the test says, and one offer among them. */
function offer() {
  const timers: { ms: number; run: () => void }[] = [];
  const notices = new Notices((ms, run) => {
    const timer = { ms, run };
    timers.push(timer);
    return () => {
      if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
    };
  });
  const did: string[] = [];
  offerToTakeBack(notices, {
    text: "leçon.pdf is cancelled.",
    label: "Undo",
    undo: () => void did.push("undone"),
    finish: () => void did.push("finished"),
  });
  return { notices, timers, did, id: notices.list.value[0]!.id };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("nothing is final while the notice is there", async () => {
  const { did, timers } = offer();
  await settled();
  assert.deepEqual(did, []);
  assert.deepEqual(timers.map(({ ms }) => ms), [10_000]);
});

Deno.test("after ten seconds it is done for good", async () => {
  const { did, timers } = offer();
  timers[0]!.run();
  await settled();
  assert.deepEqual(did, ["finished"]);
});

Deno.test("closing the notice does it at once", async () => {
  const { notices, id, did } = offer();
  notices.close(id);
  await settled();
  assert.deepEqual(did, ["finished"]);
});

Deno.test("undo takes it back, and it is not done later", async () => {
  const { notices, id, did } = offer();
  await notices.act(id);
  await settled();
  notices.info("something else");
  await settled();
  assert.deepEqual(did, ["undone"]);
});

Deno.test("a notice that has to make room for others counts as closed", async () => {
  const { notices, did } = offer();
  for (let more = 0; more < 5; more++) notices.undoable(`file ${more}`, "Undo", () => {});
  await settled();
  assert.deepEqual(did, ["finished"]);
});
