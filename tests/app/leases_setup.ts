import { Buffer } from "node:buffer";
import { join } from "node:path";
import { openIdentity } from "../../lib/adapters/identity.ts";
import { atomically, generation, openPeerDatabase } from "../../lib/adapters/peer_database.ts";
import { signatures } from "../../lib/adapters/signatures.ts";
import { sqliteContents } from "../../lib/adapters/sqlite_contents.ts";
import { sqliteRecords } from "../../lib/adapters/sqlite_records.ts";
import { Leases } from "../../lib/app/leases.ts";
import type { OpenPart } from "../../lib/app/download_run.ts";
import { Neighbours } from "../../lib/app/neighbours.ts";
import { Owners } from "../../lib/app/owners.ts";
import { ServeFiles } from "../../lib/app/serve_file.ts";
import { ServeIndex } from "../../lib/app/serve_index.ts";
import { Bitfield } from "../../lib/core/bitfield.ts";
import type { Certificate, Lease, LeaseReply, LeaseRequest } from "../../lib/core/class_messages.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { FileId, PeerId, UserId } from "../../lib/core/ids.ts";
import { chunkCount } from "../../lib/core/manifest.ts";
import type { Joined } from "../../lib/core/membership.ts";
import type { Caller, MemberCaller } from "../../lib/core/permission.ts";
import { isRestricted, type LiveRecord, type ShareRecord, type SignedRecord } from "../../lib/core/share_record.ts";
import { Throttle } from "../../lib/core/throttle.ts";
import type { Address, Identity } from "../../lib/ports.ts";
import { CLASS_ID, FakeClass, FakeLog, PatientClock, recordBy, shareId, userId } from "../fakes.ts";
import { type TestFile, testFile } from "../fakes_download.ts";
import { tempDir } from "../temp.ts";

/** Computers of one class with real keys and databases, that ask each other without a network. */
export class Classroom implements AsyncDisposable {
  readonly clock = new PatientClock();
  readonly members = new FakeClass(this.clock);
  readonly peers = new Map<PeerId, Computer>();
  /** What the tracker answers about leases. */
  tracker: (request: LeaseRequest, caller: MemberCaller) => Promise<LeaseReply> = () => unreachable();

  /** One more computer, of user `number`. */
  async computer(number: number): Promise<Computer> {
    const identity = await openIdentity(join(await tempDir(), "identity"));
    const computer = new Computer(this, identity, userId(number));
    this.peers.set(identity.peerId, computer);
    return computer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const computer of this.peers.values()) await computer[Symbol.asyncDispose]();
  }
}

/** How a computer answers questions about its leases, when it does not answer as it should. */
export type Answer = (request: LeaseRequest, caller: MemberCaller) => Promise<LeaseReply>;

/** A computer in a class: an owner of shares, and a holder of what others share. */
export class Computer implements AsyncDisposable {
  readonly log = new FakeLog();
  readonly db = openPeerDatabase(":memory:", this.log);
  readonly records;
  readonly contents = sqliteContents(this.db);
  readonly neighbours;
  /** What bytes are here. */
  readonly parts = new Map<FileId, OpenPart>();
  readonly leases: Leases;
  readonly serve: ServeFiles;
  readonly index: ServeIndex;
  /** Its clock is wrong by this much. */
  skewMs = 0;
  /** Questions that came for its leases, and those that it asked. */
  asked = 0;
  asking = 0;
  signed = 0;
  answer: Answer = (request, caller) => this.leases.answer(request, caller);
  joined: Joined | undefined;

  constructor(readonly room: Classroom, readonly identity: Identity, readonly user: UserId) {
    const { clock, members } = room;
    const { peerId } = identity;
    this.records = sqliteRecords(this.db, peerId);
    this.renew();
    const own = {
      now: () => clock.now() + this.skewMs,
      monotonic: () => clock.monotonic(),
      random: () => clock.random(),
      sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
    };
    this.neighbours = new Neighbours(peerId, own);
    const signing: Identity = { ...identity, signLease: (lease) => (this.signed++, identity.signLease(lease)) };
    const { records, contents, neighbours, log } = this;
    this.leases = new Leases({
      ...{ identity: signing, records, contents, neighbours, log, members, clock: own },
      signatures: signatures(),
      atomically: atomically(this.db),
      peers: { lease: (at, request) => this.#ask(at, request) },
      tracker: { lease: (request) => room.tracker(request, this.caller) },
      joined: () => this.joined,
    });
    this.serve = new ServeFiles({
      ...{ records, contents, log, clock: own, generation: generation(this.db) },
      reader: {
        open: () => Promise.reject(new EssaimError("not-found", "There are no files here.")),
        readSmall() {
          throw new EssaimError("not-found", "There are no files here.");
        },
      },
      throttle: new Throttle({ all: Infinity, perPeer: Infinity }, 0),
      uploadSlots: 100,
      self: peerId,
      isWhole: () => true,
      openPart: (id) => this.parts.get(id),
      onChanged: () => {},
      isRevoked: (peer) => members.isRevoked(peer),
      refresh: (held) => this.leases.refresh(held),
    });
    this.index = new ServeIndex({ records, identity, certificate: () => this.joined?.certificate });
  }

  get id(): PeerId {
    return this.identity.peerId;
  }

  /** As others know it. */
  get caller(): MemberCaller {
    return { kind: "member", address: "10.0.0.9", class: CLASS_ID, peer: this.id, user: this.user };
  }

  /** It gets another certificate. */
  renew(): void {
    const { members } = this.room;
    const certificate = members.enrol(this.id, this.user, { key: this.identity.publicKey });
    const { notBefore, notAfter } = JSON.parse(atob(certificate));
    const me = { peerId: this.id, user: this.user, name: "x", key: this.identity.publicKey, notBefore, notAfter };
    this.joined = { class: { id: CLASS_ID, name: "Terminale S2" }, me, certificate };
  }

  get certificate(): Certificate {
    return this.joined!.certificate;
  }

  /** Its share `number` of `file`, as it is from now on; with `undefined` it is taken back. */
  async share(number: number, changes: Partial<LiveRecord> | undefined, file = fileOf(number)): Promise<LiveRecord> {
    const id = shareId(number);
    const version = (this.records.get({ owner: this.id, shareId: id })?.record.version ?? 0) + 1;
    const { id: content, size } = file.manifest;
    const plain = recordBy(this.id, { shareId: id, version, fileId: content, size, ...changes });
    const live = isRestricted(plain) ? { ...plain, user: this.user, class: CLASS_ID, ...changes } : plain;
    const record: ShareRecord = changes === undefined
      ? { shareId: id, owner: this.id, version, at: live.at, deleted: true }
      : live;
    this.records.putOwn(await this.identity.signRecord(record), `/share${number}`, [live.fileId]);
    if (changes !== undefined) this.hold(file);
    return live;
  }

  /** The bytes are here. */
  hold(file: TestFile): void {
    const { manifest, hashes, bytes } = file;
    const verified = Bitfield.full(chunkCount(manifest));
    this.parts.set(manifest.id, { manifest, hashes, verified, read: () => Promise.resolve(bytes) });
  }

  /** Fetches a share of another computer, as found by the tracker. */
  async fetch(owner: Computer, number: number): Promise<LiveRecord> {
    const { record, jws } = owner.records.get({ owner: owner.id, shareId: shareId(number) }) as SignedRecord<
      LiveRecord
    >;
    const ports = { signatures: signatures(), members: this.room.members };
    const keys = { [owner.id]: owner.identity.publicKey };
    const owners = await Owners.of({ keys, certificates: { [owner.id]: owner.certificate } }, ports);
    const proved = await owners.prove(jws);
    this.records.putForeign(proved!.signed, proved!.proof, [record.fileId]);
    this.hold(fileOf(number));
    this.meet(owner);
    return record;
  }

  /** It knows where the other one is. */
  meet(other: Computer): void {
    this.neighbours.heard([{
      ...{ peerId: other.id, name: "x", host: other.id, port: 5001, user: other.user, memberPort: 5101 },
    }]);
  }

  /** Whether somebody who asks now is given a file. */
  async gives(file: FileId, caller: Caller): Promise<boolean> {
    await this.serve.prepare([file], caller);
    try {
      this.serve.manifest(file, caller);
      return true;
    } catch (error) {
      if (error instanceof EssaimError && error.code === "not-found") return false;
      throw error;
    }
  }

  async signLease(changes: Partial<Lease> = {}): Promise<string> {
    const now = this.room.clock.now();
    const [at, until] = [now, now + 24 * 3_600_000].map((time) => new Date(time).toISOString()) as [string, string];
    const { version: revision } = this.records.position;
    return await this.identity.signLease({ class: CLASS_ID, owner: this.id, revision, at, until, ...changes });
  }

  async #ask({ host, secure }: Address, request: LeaseRequest): Promise<LeaseReply> {
    const other = this.room.peers.get(host as PeerId);
    if (secure !== other?.id) throw new Error("Leases are only asked for over mutual TLS.");
    this.asking++;
    other!.asked++;
    return await other!.answer(request, this.caller);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leases.close();
    this.db.close();
  }
}

/** The content of share `number`. */
export const fileOf = (number: number): TestFile => testFile(10, number);

export function unreachable(): Promise<never> {
  return Promise.reject(new EssaimError("unreachable", "Nobody answers."));
}

/** What a JWS says, whoever signed it. */
export function saidIn(jws: string) {
  return JSON.parse(Buffer.from(jws.split(".")[1]!, "base64url").toString());
}

/** The JWS with something else in it under the same signature. */
export function tampered(jws: string, change: (said: Record<string, unknown>) => void): string {
  const [head, , signature] = jws.split(".");
  const said = saidIn(jws);
  change(said);
  return [head, Buffer.from(JSON.stringify(said)).toString("base64url"), signature].join(".");
}
