import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { contentReader } from "../../lib/adapters/content_reader.ts";
import { fileHasher } from "../../lib/adapters/file_hasher.ts";
import { type HttpListener, listenHttp } from "../../lib/adapters/http_listener.ts";
import { generation, openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { sqliteContents } from "../../lib/adapters/sqlite_contents.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import { ServeFiles } from "../../lib/app/serve_file.ts";
import { ServeIndex } from "../../lib/app/serve_index.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { type IndexPage, indexPageSchema } from "../../lib/core/messages.ts";
import type { LiveRecord } from "../../lib/core/share_record.ts";
import { Throttle } from "../../lib/core/throttle.ts";
import type { Content } from "../../lib/store_ports.ts";
import { peerToPeerApi } from "../../routes/api/peer_to_peer.ts";
import { FakeClock, FakeLog, peerId, recordBy, shareId } from "../fakes.ts";
import { CHUNK } from "../fakes_download.ts";

export const SELF = peerId(1);
export const KEY = { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) } as const;
export const SLOTS = 16;

/** The interface for other peers, on a real socket, over a real database and real files. */
export class Sharer implements AsyncDisposable {
  readonly changed: string[] = [];
  readonly errors: string[] = [];
  readonly db;
  readonly records;
  readonly contents;
  readonly serve;
  #listener: HttpListener | undefined;
  #shares = 0;

  private constructor(readonly base: string) {
    const log = new FakeLog();
    this.db = openPeerDatabase(`${base}/peer.db`, log);
    this.records = sqliteRecords(this.db, SELF);
    this.contents = sqliteContents(this.db);
    const { records, contents } = this;
    this.serve = new ServeFiles({
      ...{ log, records, contents, reader: contentReader(), generation: generation(this.db), clock: new FakeClock() },
      throttle: new Throttle({ all: Infinity, perPeer: Infinity }, 0),
      uploadSlots: SLOTS,
      self: SELF,
      isWhole: () => true,
      openPart: () => undefined,
      onChanged: ({ path }) => void this.changed.push(path),
      isRevoked: () => false,
      refresh: () => Promise.resolve(),
    });
  }

  static async make(): Promise<Sharer> {
    const sharer = new Sharer(await Deno.makeTempDir({ prefix: "essaim-sharer-" }));
    const answer = peerToPeerApi({
      serve: sharer.serve,
      index: new ServeIndex({
        records: sharer.records,
        identity: {
          peerId: SELF,
          publicKey: KEY,
          signRecord: (record) => Promise.resolve({ record, jws: "a.b.gone" }),
        },
        certificate: () => undefined,
      }),
      hello: () => ({ peerId: SELF, name: "alice", software: "essaim/test", index: sharer.records.position }),
      lease: () => Promise.reject(new EssaimError("not-found", "There is nothing at this address.")),
      callback: () => Promise.resolve({ reachable: false }),
      revocations: () => undefined,
      onError: ({ code }) => void sharer.errors.push(code),
    });
    sharer.#listener = await listenHttp({
      hostname: "127.0.0.1",
      ports: [0],
      handler: (request, { remoteAddress }) => answer(request, { kind: "anonymous", address: remoteAddress }),
    });
    return sharer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#listener!.port}/v1`;
  }

  async share(name: string, bytes: Uint8Array, changes: Partial<LiveRecord> = {}): Promise<Content> {
    const path = `${this.base}/${name}`;
    await Deno.writeFile(path, bytes);
    using hasher = fileHasher(0);
    const [outcome] = await hasher.hash([path], CHUNK);
    assert.ok(outcome && "content" in outcome);
    this.contents.put(outcome.content);
    this.record(outcome.content.id, { name, size: bytes.length, ...changes });
    return outcome.content;
  }

  record(fileId: LiveRecord["fileId"], changes: Partial<LiveRecord> = {}): void {
    const record = recordBy(SELF, { fileId, shareId: shareId(++this.#shares), ...changes });
    this.records.putOwn({ record, jws: `a.b.${this.#shares}` }, `/share${this.#shares}`, [fileId]);
  }

  async get(path: string, headers: Record<string, string> = {}, method = "GET") {
    const response = await fetch(`${this.url}${path}`, {
      headers: { "accept-encoding": "identity", ...headers },
      method,
    });
    return { status: response.status, headers: response.headers, bytes: await response.bytes() };
  }

  async page(since?: string): Promise<IndexPage> {
    const response = await fetch(`${this.url}/index${since === undefined ? "" : `?since=${since}`}`);
    return indexPageSchema.parse(await response.json());
  }

  async bundle(body: string) {
    const response = await fetch(`${this.url}/bundle`, { method: "POST", body });
    return { status: response.status, bytes: await response.bytes() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener!.close(100);
    this.db.close();
    await Deno.remove(this.base, { recursive: true });
  }
}

/** Bytes that no other file has. */
export const random = (size: number) => new Uint8Array(randomBytes(size));
