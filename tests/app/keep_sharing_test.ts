import assert from "node:assert/strict";
import { KeepSharing } from "../../lib/app/keep_sharing.ts";
import { Sharing } from "./sharing_setup.ts";

Deno.test("left to itself, sharing takes in what waits, reports a bad place once, and ends when told", async () => {
  await using s = await Sharing.make();
  const vanishing = await s.write(`${s.base}/elsewhere/far/away.txt`, "x");
  await s.share.sharePath(vanishing);
  await Deno.rename(`${s.base}/elsewhere/far`, `${s.base}/elsewhere/unplugged`);
  await s.write("a.txt", "one");
  const changed = Promise.withResolvers<void>();
  s.share.onChange(() => changed.resolve());
  const keep = new KeepSharing(s.share, 60_000);
  await changed.promise;
  await keep[Symbol.asyncDispose]();
  assert.deepEqual(s.names(), ["a.txt", "away.txt"]);
  assert.deepEqual(s.log.codes, ["not-shared"]);
});

Deno.test("after a scan that failed, also while it looked what to watch, sharing goes on and says so", async () => {
  await using s = await Sharing.make({ quietPeriodMs: 0 });
  await s.write("a.txt", "one");
  const { ownPaths } = s.records;
  s.records.ownPaths = () => {
    throw new Error("database is locked");
  };
  const failed = Promise.withResolvers<void>();
  const { warning } = s.log;
  s.log.warning = (code: string) => {
    warning.call(s.log, code);
    failed.resolve();
  };
  const keep = new KeepSharing(s.share, 60_000);
  await failed.promise;
  assert.match(keep.problems[0]?.message ?? "", /locked/);
  const changed = Promise.withResolvers<void>();
  s.share.onChange(() => changed.resolve());
  s.records.ownPaths = ownPaths;
  keep.soon();
  await changed.promise;
  await keep[Symbol.asyncDispose]();
  assert.deepEqual([s.names(), s.log.codes, keep.problems], [["a.txt"], ["scan-failed"], []]);
});
