import assert from "node:assert/strict";
import { incomingFiles } from "../../lib/adapters/incoming_files.ts";
import { multipartForms } from "../../lib/adapters/multipart.ts";
import { Trash } from "../../lib/app/trash.ts";
import { Uploads } from "../../lib/app/uploads.ts";
import { localShareSchema, sharePageSchema, uploadBatchSchema } from "../../lib/core/local_messages.ts";
import type { StoredBatch } from "../../lib/disk_ports.ts";
import { localApi, type LocalPeerParts } from "../../routes/api/local.ts";
import { MyFilesSetup } from "../app/my_files_setup.ts";

const BATCH = "0123456789abcdef";

/** What the page My files asks, without a socket. */
class Asking implements AsyncDisposable {
  readonly #answer;

  private constructor(readonly setup: MyFilesSetup) {
    const { base, log, clock, folders, moves, share: shares } = setup.sharing;
    const trash = new Trash<StoredBatch>({
      ...{ moves, log, clock: setup.clock, folder: `${base}/data/trash-uploads`, newId: () => "1" },
      onMoved: () => {},
    });
    const uploads = new Uploads({
      ...{ folders, shares, clock, log, trash, incoming: incomingFiles(`${base}/data/incoming`, log) },
      forms: multipartForms(),
      newBatch: () => "f".repeat(16),
    });
    const parts: Partial<LocalPeerParts> = {
      ...{ shares, uploads, myFiles: setup.my, announcer: undefined, onError: () => {} },
    };
    this.#answer = localApi(parts as LocalPeerParts);
  }

  static async make(): Promise<Asking> {
    const setup = await MyFilesSetup.make();
    await Deno.mkdir(`${setup.sharing.base}/data/incoming`);
    return new Asking(setup);
  }

  ask(method: string, path: string, body?: BodyInit): Promise<Response> {
    const request = new Request(`http://127.0.0.1${path}`, { method, ...body === undefined ? {} : { body } });
    return this.#answer(request, { kind: "local" });
  }

  async status(method: string, path: string, body?: BodyInit): Promise<string> {
    const response = await this.ask(method, path, body);
    return `${response.status} ${response.status < 400 ? "" : (await response.json()).code}`.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.setup[Symbol.asyncDispose]();
  }
}

Deno.test("a file is added, shared, listed, renamed, deleted and brought back", async () => {
  await using here = await Asking.make();
  const added = await here.ask("POST", `/api/uploads?batch=${BATCH}&name=caf%C3%A9.txt`, "one");
  assert.deepEqual([added.status, await added.json()], [201, { batch: BATCH, name: "café.txt", size: 3 }]);
  const [batch] = await (await here.ask("GET", "/api/uploads")).json();
  assert.equal(uploadBatchSchema.parse(batch).files, 1);
  const choice = JSON.stringify({ visibility: "public" });
  const [share] = await (await here.ask("POST", `/api/uploads/${BATCH}/share`, choice)).json();
  const { shareId } = localShareSchema.parse(share);
  const renamed = await here.ask("PATCH", `/api/shares/${shareId}`, JSON.stringify({ name: "tea.txt" }));
  assert.equal((await renamed.json()).name, "tea.txt");
  const page = sharePageSchema.parse(
    await (await here.ask("GET", "/api/shares/page?q=TEA&sort=name&order=asc")).json(),
  );
  assert.deepEqual([page.total, page.shares[0]?.name, page.shares[0]?.owned], [1, "tea.txt", true]);
  assert.equal(await here.status("DELETE", `/api/shares/${shareId}?file=trash`), "204");
  assert.equal(await here.status("GET", `/api/shares/${shareId}/links`), "404 not-found");
  assert.equal((await (await here.ask("POST", `/api/shares/${shareId}/restore`)).json()).name, "tea.txt");
  const links = await (await here.ask("GET", `/api/shares/${shareId}/links`)).json();
  assert.deepEqual(Object.keys(links), ["page", "direct"]);
  const direct = await here.ask("POST", "/api/shares?name=direct.txt", "two");
  assert.deepEqual([direct.status, (await direct.json()).size], [201, 3]);
});

Deno.test("what is asked in a wrong way is refused and changes nothing", async () => {
  await using here = await Asking.make();
  here.setup.sharing.membership.current = undefined;
  const some = "0".repeat(32);
  for (
    const [method, path, body, expected] of [
      ["GET", "/api/shares/page?limit=0", undefined, "400 bad-input"],
      ["GET", "/api/shares/page?limit=501", undefined, "400 bad-input"],
      ["GET", "/api/shares/page?offset=-1", undefined, "400 bad-input"],
      ["GET", "/api/shares/page?sort=path", undefined, "400 bad-input"],
      ["GET", `/api/shares/page?q=${"x".repeat(201)}`, undefined, "400 bad-input"],
      ["POST", "/api/shares/counts", '{"shareIds":["x"]}', "400 bad-input"],
      ["POST", "/api/shares/counts", JSON.stringify({ shareIds: Array(501).fill(some) }), "400 bad-input"],
      ["PATCH", `/api/shares/${some}`, '{"name":""}', "400 bad-input"],
      ["PATCH", `/api/shares/${some}`, '{"visibility":"class"}', "409 not-joined"],
      ["PATCH", `/api/shares/${some}`, "{}", "404 not-found"],
      ["DELETE", `/api/shares/${some}?file=forever`, undefined, "400 bad-input"],
      ["POST", `/api/shares/${some}/restore`, undefined, "404 not-found"],
      ["GET", "/api/qr", undefined, "400 bad-input"],
      ["GET", `/api/qr?text=${"x".repeat(513)}`, undefined, "413 too-large"],
      ["POST", "/api/uploads?batch=1&name=a", "x", "400 bad-input"],
      ["POST", `/api/uploads?batch=${BATCH}`, "x", "400 bad-input"],
      ["POST", `/api/uploads?batch=${BATCH}&name=..`, "x", "400 bad-name"],
      ["POST", `/api/uploads?batch=${BATCH}&name=a&folder=..`, "x", "400 bad-name"],
      ["POST", `/api/uploads/${BATCH}/share`, '{"visibility":"private"}', "409 not-joined"],
      ["POST", `/api/uploads/${BATCH}/share`, '{"visibility":"public"}', "404 not-found"],
      ["POST", `/api/uploads/..%2f/share`, '{"visibility":"public"}', "400 bad-input"],
      ["DELETE", `/api/uploads/${BATCH}`, undefined, "404 not-found"],
      ["POST", "/api/shares?name=a&visibility=class", "x", "409 not-joined"],
    ] as const
  ) assert.equal(await here.status(method, path, body), expected, `${method} ${path}`);
  assert.deepEqual(await (await here.ask("GET", "/api/uploads")).json(), []);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(here.setup.sharing.root)), []);
});

Deno.test("a QR code is dark on white with room around it, and no page", async () => {
  await using here = await Asking.make();
  const response = await here.ask("GET", `/api/qr?text=${encodeURIComponent("http://192.168.1.2:5000/join#A&B")}`);
  assert.equal(response.headers.get("content-type"), "image/svg+xml");
  const svg = await response.text();
  assert.match(svg, /^<svg [^>]*viewBox="0 0 (\d+) \1"><rect fill="#fff"/);
  assert.match(svg, /<path fill="#000" d="M40,40h/);
});
