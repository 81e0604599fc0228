import assert from "node:assert/strict";
import { Additions, NothingFound } from "../../lib/client/additions.ts";
import { type Added, addedByChoice, TooManyFiles } from "../../lib/client/dropped_files.ts";
import { UploadQueue } from "../../lib/client/upload_queue.ts";

const EVERYONE = { visibility: "public" } as const;

/** The page's additions with a program that answers when the test says so. */
function page() {
  const sends = new Map<string, { arrive(): void; fail(): void }>();
  const told: string[] = [];
  const shared: string[] = [];
  let shareFails = false;
  let count = 0;
  const queue: UploadQueue<File> = new UploadQueue<File>({
    parallel: 10,
    send: ({ name }) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      sends.set(name, { arrive: resolve, fail: () => reject(new Error("no")) });
      return promise;
    },
    pause: () => undefined,
    sleep: () => Promise.resolve(),
    now: () => 0,
    onChange: () => {},
    onSettled: (batch) => additions.settle(batch),
  });
  const additions: Additions = new Additions({
    queue,
    newBatch: () => `batch ${++count}`,
    share: (batch, { visibility }) => {
      shared.push(`${batch}: ${visibility}`);
      return shareFails ? Promise.reject(new Error("no")) : Promise.resolve();
    },
    onShared: ({ batch }) => told.push(`${batch} shared`),
    onGivenUp: ({ batch }, error) => told.push(`${batch} ${(error as Error).constructor.name}`),
    onRefused: ({ batch }) => told.push(`${batch} refused`),
    onChange: () => {},
  });
  const arrive = async (...names: string[]) => {
    for (const name of names) sends.get(name)!.arrive();
    await settled();
  };
  const fail = async (name: string) => {
    sends.get(name)!.fail();
    await settled();
  };
  /** The addition that the dialog is about. */
  const asks = () => additions.asking?.batch;
  return { additions, asks, queue, arrive, fail, told, shared, failSharing: (fails: boolean) => shareFails = fails };
}

const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

function files(...paths: string[]): Added {
  return addedByChoice(paths.map((path) => {
    const file = new File(["x"], path.split("/").at(-1)!);
    return Object.defineProperty(file, "webkitRelativePath", { value: path.includes("/") ? path : "" });
  }));
}

Deno.test("files are sent while somebody chooses who sees them, and shared when both are done", async () => {
  const { additions, asks, arrive, shared, told } = page();
  await additions.begin(files("a", "b"));
  assert.equal(asks(), "batch 1");
  await arrive("a");
  additions.choose("batch 1", EVERYONE);
  assert.deepEqual(shared, []);
  await arrive("b");
  assert.deepEqual(shared, ["batch 1: public"]);
  assert.deepEqual(told, ["batch 1 shared"]);
  assert.deepEqual(additions.all, []);
});

Deno.test("all has arrived before somebody chooses: shared at once", async () => {
  const { additions, arrive, shared } = page();
  await additions.begin(files("a"));
  await arrive("a");
  assert.deepEqual(shared, []);
  additions.choose("batch 1", EVERYONE);
  assert.deepEqual(shared, ["batch 1: public"]);
});

Deno.test("kept private: it arrives and nobody else sees it, until it is chosen later", async () => {
  const { additions, asks, arrive, shared } = page();
  await additions.begin(files("a"));
  additions.keep("batch 1");
  assert.equal(asks(), undefined);
  await arrive("a");
  assert.deepEqual(shared, []);
  assert.deepEqual(additions.all, []);
  additions.ask("batch 1", [{ name: "a", kind: "file" }]);
  assert.equal(asks(), "batch 1");
  additions.choose("batch 1", EVERYONE);
  assert.deepEqual(shared, ["batch 1: public"]);
});

Deno.test("two additions ask one after the other", async () => {
  const { additions, asks, arrive, shared } = page();
  await additions.begin(files("a"));
  await additions.begin(files("b"));
  assert.equal(asks(), "batch 1");
  additions.choose("batch 1", EVERYONE);
  assert.equal(asks(), "batch 2");
  await arrive("b", "a");
  assert.deepEqual(shared, ["batch 1: public"]);
});

Deno.test("of single files those that arrived are shared, the one that failed follows when it is sent again", async () => {
  const { additions, queue, arrive, fail, shared } = page();
  await additions.begin(files("a", "b"));
  additions.choose("batch 1", EVERYONE);
  await fail("a");
  await arrive("b");
  assert.equal(shared.length, 1);
  assert.equal(queue.progress("batch 1").failures, 1);
  additions.retry("batch 1");
  await arrive("a");
  assert.equal(shared.length, 2);
  assert.deepEqual(additions.all, []);
});

Deno.test("a folder is not shared by halves: it waits for the file that failed", async () => {
  const { additions, arrive, fail, shared } = page();
  await additions.begin(files("photos/a", "photos/b"));
  additions.choose("batch 1", EVERYONE);
  await fail("a");
  await arrive("b");
  assert.deepEqual(shared, []);
  additions.leaveOut("batch 1");
  await settled();
  assert.deepEqual(shared, ["batch 1: public"]);
});

Deno.test("nothing is shared when everything failed, and nothing stays when that is left out", async () => {
  const { additions, fail, shared } = page();
  await additions.begin(files("a"));
  additions.choose("batch 1", EVERYONE);
  await fail("a");
  assert.deepEqual(shared, []);
  assert.equal(additions.all.length, 1);
  additions.leaveOut("batch 1");
  assert.deepEqual(additions.all, []);
  assert.deepEqual(shared, []);
});

Deno.test("sharing that fails says so, keeps the choice and can be tried again", async () => {
  const { additions, arrive, shared, told, failSharing } = page();
  failSharing(true);
  await additions.begin(files("a"));
  additions.choose("batch 1", EVERYONE);
  await arrive("a");
  assert.equal(additions.get("batch 1")?.decision.kind, "refused");
  failSharing(false);
  additions.retry("batch 1");
  await settled();
  assert.deepEqual(shared, ["batch 1: public", "batch 1: public"]);
  assert.deepEqual(told, ["batch 1 refused", "batch 1 shared"]);
});

Deno.test("an addition that is given up is not shared later", async () => {
  const { additions, arrive, shared } = page();
  await additions.begin(files("a"));
  additions.choose("batch 1", EVERYONE);
  additions.forget("batch 1");
  await arrive("a");
  assert.deepEqual(shared, []);
});

Deno.test("an empty folder, or one too large, says so and nothing remains", async () => {
  const { additions, told } = page();
  const roots = [{ name: "folder", kind: "folder" as const }];
  await additions.begin({ roots, read: async function* () {} });
  await additions.begin({
    roots,
    // deno-lint-ignore require-yield -- the first thing read is one too many
    read: async function* () {
      await Promise.resolve();
      throw new TooManyFiles();
    },
  });
  assert.deepEqual(told, [`batch 1 ${NothingFound.name}`, `batch 2 ${TooManyFiles.name}`]);
  assert.deepEqual(additions.all, []);
});
