import assert from "node:assert/strict";
import { join } from "node:path";
import { AdminPassword } from "../../lib/adapters/admin_password.ts";
import { codeOf } from "../fakes.ts";
import { tempDir } from "../temp.ts";

const GOOD = "correct horse é";

async function setup() {
  const folder = join(await tempDir(), "class");
  await Deno.mkdir(folder, { mode: 0o700 });
  return { folder, path: join(folder, "admin.json"), password: new AdminPassword(folder) };
}

Deno.test("the teacher's password is kept as a salted hash that only the tracker's user can read", async () => {
  const { folder, path, password } = await setup();
  assert.equal(password.mark(), undefined);
  assert.equal(await password.matches(GOOD), false);
  await password.set(GOOD);
  const text = await Deno.readTextFile(path);
  assert.ok(!text.includes("horse"));
  if (Deno.build.os !== "windows") {
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  }
  for (
    const [shown, expected] of [
      [GOOD, true],
      [GOOD.normalize("NFD"), true],
      ["correct horse e", false],
      ["Correct horse é", false],
      [`${GOOD} `, false],
      ["", false],
      ["x".repeat(100_000), false],
    ] as const
  ) assert.equal(await password.matches(shown), expected, shown.slice(0, 20));
  const mark = password.mark();
  await password.set(GOOD);
  assert.notEqual(password.mark(), mark);
  assert.notEqual(JSON.parse(await Deno.readTextFile(path)).salt, JSON.parse(text).salt);
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["admin.json"]);
});

Deno.test("a password that another process set counts at once", async () => {
  const { folder, password } = await setup();
  await password.set(GOOD);
  await new AdminPassword(folder).set("another horse");
  assert.equal(await password.matches(GOOD), false);
  assert.equal(await password.matches("another horse"), true);
});

Deno.test("where no tracker has made a class, no password is left that would be taken for the rest of one", async () => {
  const folder = join(await tempDir(), "class");
  assert.equal(await codeOf(new AdminPassword(folder).set(GOOD)), "not-found");
  await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
});

Deno.test("a short password is refused, and the one before stays", async () => {
  const { password } = await setup();
  await password.set(GOOD);
  assert.equal(await codeOf(password.set("123456789")), "bad-input");
  assert.equal(await codeOf(password.set("x".repeat(201))), "bad-input");
  assert.equal(await password.matches(GOOD), true);
});

Deno.test("a damaged, costly or readable file opens nothing, and says what to do", async () => {
  const { path, password } = await setup();
  await password.set(GOOD);
  const good = await Deno.readTextFile(path);
  for (
    const text of [
      "",
      "{",
      good.replace("32768", "1073741824"),
      good.replace("32768", "40000"),
      good.replace('"p":3', '"p":900'),
      good.replace(/"hash":"[^"]*"/, '"hash":""'),
      good + " ".repeat(2_000),
    ]
  ) {
    await Deno.writeTextFile(path, text);
    assert.equal(await codeOf(password.matches(GOOD)), "unreadable", text.slice(0, 60));
  }
  await Deno.writeTextFile(path, good);
  assert.equal(await password.matches(GOOD), true);
  if (Deno.build.os === "windows") return;
  await Deno.chmod(path, 0o644);
  await assert.rejects(password.matches(GOOD), /chmod 600/);
});
