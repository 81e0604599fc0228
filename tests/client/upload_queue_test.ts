import assert from "node:assert/strict";
import { type Upload, UploadQueue, type UploadQueueOptions } from "../../lib/client/upload_queue.ts";

interface Sending {
  readonly name: string;
  readonly signal: AbortSignal;
  sent(bytes: number): void;
  arrive(): Promise<void>;
  fail(message?: string): Promise<void>;
}

const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

const upload = (name: string, { batch = "a", size = 100, folder = "" } = {}): Upload<string> => {
  return { batch, name, folder, size, file: name };
};

/** A queue whose sends are in the hands of the test. */
function queue(options: Partial<UploadQueueOptions<string>> = {}) {
  const sends: Sending[] = [];
  const over: string[] = [];
  const pauses: { ms: number; end(): Promise<void> }[] = [];
  const clock = { now: 0 };
  const uploads = new UploadQueue<string>({
    parallel: 2,
    send: ({ name }, sent, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => reject(signal.reason));
      sends.push({
        ...{ name, signal, sent },
        arrive: () => (resolve(), settled()),
        fail: (message = "no") => (reject(new Error(message)), settled()),
      });
      return promise;
    },
    pause: () => undefined,
    sleep: (ms, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => reject(signal.reason));
      pauses.push({ ms, end: () => (resolve(), settled()) });
      return promise;
    },
    now: () => clock.now,
    onChange: () => {},
    onSettled: (batch) => over.push(batch),
    ...options,
  });
  return { uploads, sends, over, pauses, clock };
}

Deno.test("two files go at a time, the others follow in order", async () => {
  const { uploads, sends } = queue();
  uploads.add("a", ["1", "2", "3", "4"].map((name) => upload(name)));
  assert.deepEqual(sends.map(({ name }) => name), ["1", "2"]);
  await sends[1]!.arrive();
  assert.deepEqual(sends.map(({ name }) => name), ["1", "2", "3"]);
});

Deno.test("progress counts files and bytes, those under way included", async () => {
  const { uploads, sends } = queue();
  uploads.add("a", [upload("1"), upload("2", { size: 1_000 }), upload("3")]);
  sends[1]!.sent(400);
  await sends[0]!.arrive();
  const { files, done, bytes, sent, active } = uploads.progress("a");
  assert.deepEqual({ files, done, bytes, sent }, { files: 3, done: 1, bytes: 1_200, sent: 500 });
  assert.deepEqual(active.map(({ upload, sent }) => [upload.name, sent]), [["2", 400], ["3", 0]]);
});

Deno.test("the rate is measured over all that is sent", () => {
  const { uploads, sends, clock } = queue();
  uploads.add("a", [upload("1", { size: 10_000 }), upload("2", { size: 10_000 })]);
  clock.now = 1_000;
  sends[0]!.sent(3_000);
  sends[1]!.sent(2_000);
  assert.equal(uploads.progress().rate, 3_000);
  clock.now = 2_000;
  sends[1]!.sent(5_000);
  assert.ok(uploads.progress().rate > 3_000);
  clock.now = 60_000;
  assert.equal(uploads.progress().rate, 0);
});

Deno.test("an addition is over when it was wholly read and every file has arrived or failed", async () => {
  const { uploads, sends, over } = queue();
  uploads.add("a", [upload("1"), upload("2")]);
  await sends[0]!.arrive();
  await sends[1]!.fail();
  assert.deepEqual(over, []);
  assert.ok(uploads.isBusy);
  uploads.close("a");
  assert.deepEqual(over, ["a"]);
  assert.ok(!uploads.isBusy);
});

Deno.test("a file that fails does not lose the others, says why and can be sent again", async () => {
  const { uploads, sends, over } = queue();
  uploads.add("a", ["1", "2", "3"].map((name) => upload(name)));
  uploads.close("a");
  await sends[0]!.fail("the disk is full");
  await sends[1]!.arrive();
  await sends[2]!.arrive();
  const { failed, done, sent } = uploads.progress("a");
  assert.deepEqual(failed.map(({ upload, error }) => [upload.name, (error as Error).message]), [[
    "1",
    "the disk is full",
  ]]);
  assert.deepEqual([done, sent], [2, 200]);
  assert.deepEqual(over, ["a"]);
  uploads.retry("a");
  assert.equal(uploads.progress("a").failures, 0);
  await sends[3]!.arrive();
  assert.equal(uploads.progress("a").done, 3);
  assert.deepEqual(over, ["a", "a"]);
});

Deno.test("what failed can be left out", async () => {
  const { uploads, sends } = queue();
  uploads.add("a", [upload("1"), upload("2")]);
  uploads.close("a");
  await sends[0]!.fail();
  await sends[1]!.arrive();
  uploads.dismissFailures("a");
  const { files, done, bytes, failures } = uploads.progress("a");
  assert.deepEqual({ files, done, bytes, failures }, { files: 1, done: 1, bytes: 100, failures: 0 });
});

Deno.test("a file that could not be read from its folder counts as failed", () => {
  const { uploads, over } = queue();
  uploads.refuse(upload("locked"), new Error("not readable"));
  uploads.close("a");
  assert.deepEqual(uploads.progress("a").failed.map(({ upload }) => upload.name), ["locked"]);
  assert.deepEqual(over, ["a"]);
});

Deno.test("while the program does not answer nothing fails: it is tried again after growing pauses", async () => {
  const { uploads, sends, pauses } = queue({ pause: (_error, attempt) => attempt * 1_000 });
  uploads.add("a", ["1", "2", "3"].map((name) => upload(name)));
  sends[0]!.sent(60);
  await sends[0]!.fail();
  assert.equal(uploads.progress().isStalled, false, "the other one still moves");
  await sends[1]!.fail();
  assert.ok(uploads.progress().isStalled);
  assert.equal(uploads.progress().sent, 0);
  await pauses[0]!.end();
  assert.equal(sends[2]!.name, "1");
  await sends[2]!.fail();
  assert.deepEqual(pauses.map(({ ms }) => ms), [1_000, 1_000, 2_000]);
  await pauses[2]!.end();
  await sends[3]!.arrive();
  assert.equal(uploads.progress().done, 1);
  assert.equal(uploads.progress().failures, 0);
});

Deno.test("an addition that is given up stops at once, the next one goes on", async () => {
  const { uploads, sends, over } = queue();
  uploads.add("a", ["1", "2", "3"].map((name) => upload(name)));
  uploads.close("a");
  uploads.add("b", [upload("other", { batch: "b" })]);
  uploads.close("b");
  uploads.forget("a");
  await settled();
  assert.ok(sends[0]!.signal.aborted && sends[1]!.signal.aborted);
  assert.deepEqual(sends.map(({ name }) => name), ["1", "2", "other"]);
  await sends[2]!.arrive();
  assert.deepEqual(over, ["b"]);
  assert.equal(uploads.progress().files, 1);
});

Deno.test("giving up also ends a pause", async () => {
  const { uploads, sends } = queue({ pause: () => 60_000 });
  uploads.add("a", [upload("1")]);
  await sends[0]!.fail();
  uploads.forget("a");
  await settled();
  assert.equal(uploads.progress().isStalled, false);
  assert.equal(sends.length, 1);
});

Deno.test("ten thousand files go through one after the other", async () => {
  let arrived = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const { uploads } = queue({
    send: async (_upload, sent) => {
      await Promise.resolve();
      sent(100);
      arrived++;
    },
    onSettled: () => resolve(),
  });
  for (let n = 0; n < 100; n++) uploads.add("a", Array.from({ length: 100 }, (_, m) => upload(`${n} ${m}`)));
  uploads.close("a");
  await promise;
  assert.equal(arrived, 10_000);
  const { done, sent, bytes } = uploads.progress("a");
  assert.deepEqual([done, sent], [10_000, bytes]);
});
