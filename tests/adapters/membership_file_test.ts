import assert from "node:assert/strict";
import { join } from "node:path";
import { openMembership } from "../../lib/adapters/membership_file.ts";
import type { KeptMembership } from "../../lib/class_ports.ts";
import { codeOf } from "../fakes.ts";
import { tempDir } from "../temp.ts";

const KEPT: KeptMembership = {
  name: "Terminale S2",
  ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  certificate: "AAAA" as KeptMembership["certificate"],
  revocations: "a.b.c",
  tracker: "http://10.0.0.1:5000",
  memberPort: 5443,
};

async function setup() {
  const dir = join(await tempDir(), "identity");
  await Deno.mkdir(dir, { mode: 0o700 });
  return { dir, path: join(dir, "class.json") };
}

Deno.test("a membership is there again after a restart, readable by its user only, until it is forgotten", async () => {
  const { dir, path } = await setup();
  const first = await openMembership(dir);
  assert.equal(first.kept, undefined);
  await first.keep(KEPT);
  assert.deepEqual([first.kept, (await openMembership(dir)).kept], [KEPT, KEPT]);
  if (Deno.build.os !== "windows") assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  await first.keep({ ...KEPT, name: "Première S1" });
  assert.equal((await openMembership(dir)).kept?.name, "Première S1");
  await first.keep(undefined);
  await first.keep(undefined);
  assert.deepEqual([first.kept, (await openMembership(dir)).kept], [undefined, undefined]);
  assert.deepEqual([...Deno.readDirSync(dir)], []);
});

Deno.test("a membership that is damaged, or that others can read, is refused and left as it is", async (t) => {
  const whole = JSON.stringify(KEPT);
  for (
    const [name, text] of [
      ["empty", ""],
      ["cut", whole.slice(0, 50)],
      ["no JSON", "hello"],
      ["something else", "[]"],
      ["with a wrong port", whole.replace("5443", "0")],
      ["without certificate", JSON.stringify({ ...KEPT, certificate: undefined })],
    ] as const
  ) {
    await t.step(name, async () => {
      const { dir, path } = await setup();
      await Deno.writeTextFile(path, text, { mode: 0o600 });
      assert.equal(await codeOf(openMembership(dir)), "unreadable");
      assert.equal(await Deno.readTextFile(path), text);
    });
  }
  await t.step({
    name: "open to others",
    ignore: Deno.build.os === "windows",
    async fn() {
      const { dir, path } = await setup();
      await Deno.writeTextFile(path, whole);
      await Deno.chmod(path, 0o644);
      assert.equal(await codeOf(openMembership(dir)), "unreadable");
    },
  });
});
