import assert from "node:assert/strict";
import { SESSION_IDLE_MS, SESSION_MS, TeacherSessions } from "../../lib/app/teacher_sessions.ts";
import { FakeClock } from "../fakes.ts";

const MINUTE_MS = 60_000;

function setup(password: string | undefined = "correct horse") {
  const clock = new FakeClock();
  const kept = { password: password as string | undefined, checks: 0, atOnce: 0, most: 0 };
  const sessions = new TeacherSessions({
    clock,
    password: {
      mark: () => kept.password,
      async matches(shown) {
        kept.checks++;
        kept.most = Math.max(kept.most, ++kept.atOnce);
        await Promise.resolve();
        kept.atOnce--;
        return shown === kept.password;
      },
      set(password) {
        kept.password = password;
        return Promise.resolve();
      },
    },
  });
  const signIn = async (shown = kept.password!, address = "10.0.0.1") => await sessions.signIn(shown, address);
  const token = async () => {
    const result = await signIn();
    assert.ok(result.kind === "signed-in");
    return result.token;
  };
  return { clock, kept, sessions, signIn, token };
}

Deno.test("the password opens a session of its own each time, and nothing else does", async () => {
  const { sessions, signIn, token } = setup();
  assert.deepEqual(await signIn("correct hors"), { kind: "wrong" });
  const [first, second] = [await token(), await token()];
  assert.match(first, /^[0-9a-f]{64}$/);
  assert.notEqual(first, second);
  assert.ok(sessions.isValid(first) && sessions.isValid(second));
  for (const guess of ["", "0".repeat(64), "__proto__", first.toUpperCase()]) {
    assert.ok(!sessions.isValid(guess) || guess === first);
  }
  sessions.signOut(first);
  assert.ok(!sessions.isValid(first) && sessions.isValid(second));
});

Deno.test("while no password is set, none is right", async () => {
  const { signIn, kept } = setup("");
  kept.password = undefined;
  assert.deepEqual(await signIn(""), { kind: "unset" });
  assert.equal(kept.checks, 0);
});

Deno.test("a session ends after half an hour without use, after eight hours in any case, and with the password", async () => {
  const { clock, sessions, token, kept } = setup();
  const idle = await token();
  clock.advance(SESSION_IDLE_MS - 1);
  assert.ok(sessions.isValid(idle));
  clock.advance(SESSION_IDLE_MS);
  assert.ok(!sessions.isValid(idle));

  const long = await token();
  for (let used = 0; used < SESSION_MS - MINUTE_MS; used += MINUTE_MS) {
    clock.advance(MINUTE_MS);
    assert.ok(sessions.isValid(long));
  }
  clock.advance(MINUTE_MS);
  assert.ok(!sessions.isValid(long));

  const before = await token();
  kept.password = "another horse";
  assert.ok(!sessions.isValid(before));
  assert.ok(sessions.isValid(await token()));
});

Deno.test("there are so many sessions, and the one used least lately gives way", async () => {
  const { clock, sessions, token } = setup();
  const tokens: string[] = [];
  for (let n = 0; n < 16; n++) {
    clock.advance(1_000);
    tokens.push(await token());
  }
  clock.advance(1_000);
  assert.ok(sessions.isValid(tokens[0]!));
  tokens.push(await token());
  assert.deepEqual(tokens.map((one) => sessions.isValid(one)), tokens.map((_, place) => place !== 1));
});

Deno.test("five wrong tries a minute from one address, thirty from all, then not even the right password is looked at", async () => {
  const { clock, kept, signIn } = setup();
  for (let n = 0; n < 5; n++) {
    assert.equal((await signIn("wrong")).kind, "wrong");
    clock.advance(1_000);
  }
  assert.deepEqual(await signIn(), { kind: "limited", retryAfterMs: MINUTE_MS - 5_000 });
  assert.equal(kept.checks, 5);
  assert.equal((await signIn(undefined, "10.0.0.2")).kind, "signed-in");
  clock.advance(MINUTE_MS - 5_000);
  assert.equal((await signIn()).kind, "signed-in");

  clock.advance(MINUTE_MS);
  for (let n = 0; n < 30; n++) assert.equal((await signIn("wrong", `10.0.1.${n}`)).kind, "wrong");
  assert.deepEqual(await signIn(undefined, "10.0.2.1"), { kind: "limited", retryAfterMs: MINUTE_MS });
  clock.advance(MINUTE_MS);
  assert.equal((await signIn(undefined, "10.0.2.1")).kind, "signed-in");
});

Deno.test("tries that come at once count like others, and are checked one after the other", async () => {
  const { kept, signIn } = setup();
  const all = await Promise.all(Array.from({ length: 200 }, (_, n) => signIn("wrong", `10.0.0.${n % 2}`)));
  assert.equal(all.filter(({ kind }) => kind === "wrong").length, 4);
  assert.equal(kept.checks, 4);
  assert.equal(kept.most, 1);
  const again = await Promise.all(Array.from({ length: 3 }, () => signIn()));
  assert.deepEqual(again.map(({ kind }) => kind), ["signed-in", "signed-in", "signed-in"]);
});
