import assert from "node:assert/strict";
import { incomingFiles } from "../../lib/adapters/incoming_files.ts";
import { multipartForms } from "../../lib/adapters/multipart.ts";
import { moveKnown } from "../../lib/app/share_tree.ts";
import { Trash } from "../../lib/app/trash.ts";
import { type Upload, Uploads } from "../../lib/app/uploads.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { StoredBatch } from "../../lib/disk_ports.ts";
import { codeOf } from "../fakes.ts";
import { Sharing } from "./sharing_setup.ts";

const BATCH = "0123456789abcdef";
const OTHER = "fedcba9876543210";

/** Uploads over real files; the trash is never swept. */
class Adding implements AsyncDisposable {
  uploads: Uploads;
  #ids = 0;

  private constructor(readonly sharing: Sharing) {
    this.uploads = this.#open();
  }

  static async make(): Promise<Adding> {
    const adding = new Adding(await Sharing.make());
    await adding.uploads.start();
    return adding;
  }

  /** As a start after any end of the program. */
  async restart(): Promise<void> {
    this.sharing.restart();
    this.uploads = this.#open();
    await this.uploads.start();
  }

  #open(): Uploads {
    const { base, log, clock, folders, moves, contents, share: shares } = this.sharing;
    return new Uploads({
      ...{ folders, shares, clock, log },
      incoming: incomingFiles(`${base}/data/incoming`, log),
      forms: multipartForms(),
      trash: new Trash<StoredBatch>({
        ...{ moves, clock, log, folder: `${base}/data/trash` },
        newId: () => String(++this.#ids),
        onMoved: (from, to) => moveKnown(contents, from, to),
      }),
      newBatch: () => (++this.#ids).toString(16).padStart(16, "0"),
    });
  }

  add(name: string, text = name, more: Partial<Upload> = {}, signal = new AbortController().signal) {
    const body = new Blob([text]).stream();
    return this.uploads.receive({ batch: BATCH, name, folder: "", body, ...more }, signal);
  }

  /** An upload that never ends by itself; what stopped it. */
  stuck() {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array(9)) });
    return codeOf(this.add("stuck", "", { body }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sharing[Symbol.asyncDispose]();
  }
}

Deno.test("what was added waits, also over a restart, until somebody chooses who sees it", async () => {
  await using adding = await Adding.make();
  const { sharing: s } = adding;
  await adding.add("été.txt");
  await adding.add("a.jpg", "photo", { folder: "Summer/2024" });
  await adding.add("b.jpg", "photo too", { folder: "Summer" });
  await s.settle();
  assert.deepEqual([s.names(), adding.uploads.pending], [[], 3]);
  await adding.restart();
  const [batch] = adding.uploads.list();
  assert.deepEqual([batch?.batch, batch?.files, batch?.size], [BATCH, 3, 23]);
  assert.deepEqual(batch?.entries, [
    { name: "été.txt", kind: "file", size: 9, files: 1 },
    { name: "Summer", kind: "folder", size: 14, files: 2 },
  ]);
  const shared = await adding.uploads.share(BATCH, { visibility: "public" });
  assert.deepEqual(shared.map(({ name, kind, files }) => [name, kind, files]), [
    ["été.txt", "file", 1],
    ["Summer", "folder", 2],
  ]);
  await s.settle();
  assert.deepEqual(s.shares(), ["Summer v1 shared/Summer", "été.txt v1 shared/été.txt"]);
  assert.deepEqual([adding.uploads.list(), adding.uploads.pending], [[], 0]);
  assert.equal(await codeOf(adding.uploads.share(BATCH, { visibility: "public" })), "not-found");
  await adding.restart();
  assert.deepEqual(adding.uploads.list(), []);
});

Deno.test("a choice that is not possible moves nothing, and files are not shared while others still come", async () => {
  await using adding = await Adding.make();
  const { uploads, sharing: s } = adding;
  await adding.add("a.txt");
  s.membership.current = undefined;
  for (const visibility of ["class", "private"] as const) {
    assert.equal(await codeOf(uploads.share(BATCH, { visibility })), "not-joined");
    const one = { name: "b.txt", body: new Blob(["b"]).stream() };
    assert.equal(await codeOf(uploads.shareOne(one, { visibility }, new AbortController().signal)), "not-joined");
  }
  const stop = new AbortController();
  const stuck = codeOf(adding.add("b", "", { body: new ReadableStream<Uint8Array>() }, stop.signal));
  assert.equal(await codeOf(uploads.share(BATCH, { visibility: "public" })), "conflict");
  stop.abort(new EssaimError("cancelled", "The page was closed."));
  assert.equal(await stuck, "cancelled");
  assert.deepEqual([s.names(), uploads.pending], [[], 1]);
});

Deno.test("when the disk fails half-way, what is not shared yet still waits", async () => {
  await using adding = await Adding.make();
  const { uploads, sharing: s } = adding;
  for (const name of ["a.txt", "b.txt"]) await adding.add(name);
  const { rename } = s.moves;
  s.moves.rename = (from, to) =>
    to.endsWith("/b.txt") ? Promise.reject(new EssaimError("disk-full", "Full.")) : rename(from, to);
  assert.equal(await codeOf(uploads.share(BATCH, { visibility: "public" })), "disk-full");
  assert.deepEqual([s.names(), uploads.list()[0]?.entries.map(({ name }) => name)], [["a.txt"], ["b.txt"]]);
  s.moves.rename = rename;
  await uploads.share(BATCH, { visibility: "public" });
  assert.deepEqual(s.names(), ["a.txt", "b.txt"]);
});

Deno.test("discarding stops what still comes; it can be undone", async () => {
  await using adding = await Adding.make();
  const { uploads } = adding;
  await adding.add("a.txt");
  const stuck = adding.stuck();
  await uploads.discard(BATCH);
  assert.equal(await stuck, "cancelled");
  assert.deepEqual([uploads.list(), uploads.pending], [[], 0]);
  const restored = await uploads.restore(BATCH);
  assert.deepEqual([restored, restored.files], [uploads.list()[0], 1]);
  assert.equal(await codeOf(uploads.restore(BATCH)), "not-found");
  assert.equal((await uploads.share(BATCH, { visibility: "public" }))[0]?.name, "a.txt");
});

Deno.test("a batch of which nothing came is forgotten", async () => {
  await using adding = await Adding.make();
  const { uploads } = adding;
  const stuck = adding.stuck();
  assert.deepEqual(uploads.list(), []);
  await uploads.discard(BATCH);
  assert.equal(await stuck, "cancelled");
  assert.equal(await codeOf(uploads.discard(BATCH)), "not-found");
  const failing = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("broken")) });
  assert.equal(await codeOf(adding.add("a", "", { body: failing })), "cancelled");
  assert.equal(await codeOf(uploads.share(BATCH, { visibility: "public" })), "not-found");
});

Deno.test("names are made safe and never lead out of the batch", async () => {
  await using adding = await Adding.make();
  const { uploads, sharing: s } = adding;
  await adding.add("x/../../y.txt");
  await adding.add("CON", "1", { folder: "a:/b\\c" });
  for (
    const [name, folder] of [
      ...[["..", ""], ["a.part", ""], ["a", ".."], ["a", "b/../../c"], ["a", "/etc"], ["a", "b//c"], ["a", "b/"]],
      ["a", "x/".repeat(100) + "x"],
    ] as [string, string][]
  ) assert.equal(await codeOf(adding.add(name, "x", { folder })), "bad-name", `${folder} ${name}`);
  await uploads.share(BATCH, { visibility: "public" });
  assert.deepEqual(s.shares(), ["a_ v1 shared/a_", "x_.._.._y.txt v1 shared/x_.._.._y.txt"]);
  assert.ok((await Deno.stat(`${s.root}/a_/b_c/CON_`)).isFile);
});

Deno.test("so many files come at once and no more", async () => {
  await using adding = await Adding.make();
  const { uploads } = adding;
  const stuck = Array.from({ length: 16 }, () => adding.stuck());
  assert.equal(await codeOf(adding.add("a", "x", { batch: OTHER })), "busy");
  await uploads.discard(BATCH);
  assert.deepEqual(await Promise.all(stuck), Array(16).fill("cancelled"));
  assert.equal((await adding.add("a", "x", { batch: OTHER })).name, "a");
});

Deno.test("a form adds all its files as one batch, none when nothing was chosen", async () => {
  await using adding = await Adding.make();
  const { uploads } = adding;
  const post = (files: readonly string[]) => {
    const form = new FormData();
    form.append("visibility", "public");
    for (const name of files) form.append("file", new Blob([name]), name);
    if (files.length === 0) form.append("file", new Blob([]), "");
    return uploads.fromForm(new Request("http://127.0.0.1/", { method: "POST", body: form }));
  };
  const { batch, fields } = await post(["a", "b"]);
  assert.deepEqual([uploads.list()[0]?.batch, uploads.list()[0]?.files, fields.get("visibility")], [
    batch,
    2,
    "public",
  ]);
  assert.equal((await post([])).batch, undefined);
});

Deno.test("a program adds and shares a file in one step", async () => {
  await using adding = await Adding.make();
  const { uploads, sharing: s } = adding;
  const { signal } = new AbortController();
  const share = await uploads.shareOne(
    { name: "a.txt", body: new Blob(["x"]).stream() },
    { visibility: "public" },
    signal,
  );
  assert.deepEqual([share.name, share.size, share.path], ["a.txt", 1, `${s.root}/a.txt`]);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${s.base}/data/incoming`)), []);
});
