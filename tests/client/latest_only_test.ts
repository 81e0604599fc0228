import assert from "node:assert/strict";
import fc from "fast-check";
import { type Answer, LatestOnly, sleep } from "../../lib/client/latest_only.ts";

type Told = Answer<string, string>;

/** A search whose answers arrive when the test says. */
class Asked {
  readonly told: Told[] = [];
  readonly waiting = new Map<string, PromiseWithResolvers<string>>();
  readonly signals = new Map<string, AbortSignal>();
  readonly delays: { ms: number; pass: () => void }[] = [];

  readonly search = new LatestOnly<string, string>({
    ask: (question, signal) => {
      this.signals.set(question, signal);
      const answer = Promise.withResolvers<string>();
      this.waiting.set(question, answer);
      return answer.promise;
    },
    tell: (outcome) => this.told.push(outcome),
    sleep: (ms) => new Promise((pass) => this.delays.push({ ms, pass })),
  });

  answer(question: string): void {
    this.waiting.get(question)!.resolve(`found ${question}`);
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("an answer that comes after a newer question is dropped", async () => {
  const asked = new Asked();
  asked.search.ask("l");
  asked.search.ask("le");
  asked.answer("le");
  asked.answer("l");
  await settled();
  assert.deepEqual(asked.told, [{ kind: "answer", question: "le", answer: "found le" }]);
});

Deno.test("a newer question aborts the one under way", () => {
  const asked = new Asked();
  asked.search.ask("l");
  asked.search.ask("le");
  assert.ok(asked.signals.get("l")!.aborted);
  assert.ok(!asked.signals.get("le")!.aborted);
});

Deno.test("keys pressed one soon after the other ask once", async () => {
  const asked = new Asked();
  for (const question of ["l", "le", "leç"]) asked.search.ask(question, 40);
  assert.deepEqual(asked.delays.map(({ ms }) => ms), [40, 40, 40]);
  asked.delays.at(-1)!.pass();
  await settled();
  assert.deepEqual([...asked.waiting.keys()], ["leç"]);
});

Deno.test("an error is told with its question, unless a newer one was asked", async () => {
  const asked = new Asked();
  const error = new Error("the tracker is away");
  asked.search.ask("l");
  asked.search.ask("le");
  asked.waiting.get("l")!.reject(new Error("aborted"));
  asked.waiting.get("le")!.reject(error);
  await settled();
  assert.deepEqual(asked.told, [{ kind: "error", question: "le", error }]);
});

Deno.test("nothing is told after a stop", async () => {
  const asked = new Asked();
  asked.search.ask("l");
  asked.search.stop();
  asked.answer("l");
  await settled();
  assert.deepEqual(asked.told, []);
});

Deno.test("whatever the order of the answers, only the newest question is told of, and it is", async () => {
  await fc.assert(fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 8 }), async (scheduler, questions) => {
    const told: Answer<number, number>[] = [];
    const search = new LatestOnly<number, number>({
      ask: (question) => scheduler.schedule(Promise.resolve(question)),
      tell: (outcome) => told.push(outcome),
      sleep: () => scheduler.schedule(Promise.resolve()),
    });
    for (let question = 0; question < questions; question++) search.ask(question, question % 2);
    await scheduler.waitIdle();
    assert.deepEqual(told.map(({ question }) => question), [questions - 1]);
  }));
});

Deno.test("a wait ends at once when nobody needs it any more", async () => {
  const controller = new AbortController();
  const wait = sleep(60_000, controller.signal);
  controller.abort(new Error("no longer"));
  await assert.rejects(wait, /no longer/);
  await assert.rejects(sleep(60_000, controller.signal), /no longer/);
  await sleep(0, new AbortController().signal);
});
