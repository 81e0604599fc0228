import type {
  AuditLine,
  ClassAuthority,
  ClassDevice,
  ClassFolder,
  ClassRequests,
  ClassSettings,
  ClassStore,
  ClassUser,
} from "../class_ports.ts";
import { codePrefixOf, writeClassCode } from "../core/class_code.ts";
import type { ClassId, DeviceCode, Enrolled, Enrolment, MembersReply } from "../core/class_messages.ts";
import { EssaimError } from "../core/errors.ts";
import type { PeerId, UserId } from "../core/ids.ts";
import { parseName } from "../core/member_names.ts";
import { CLOCK_TOLERANCE_MS, DAY_MS, type Member } from "../core/membership.ts";
import { describeProblem, parseRoster } from "../core/roster.ts";
import { Turns } from "../core/turns.ts";
import { WrongTries } from "../core/wrong_tries.ts";
import type { Clock, Log } from "../ports.ts";
import { ClassRegister } from "./class_register.ts";
import { ClassRevocations } from "./class_revocations.ts";

/** A second computer is joined at once; a printed code is handed out some day. */
const DEVICE_CODE_MS = 15 * 60_000;
const PRINTED_CODE_MS = 30 * DAY_MS;
const MAX_PROBLEMS_TOLD = 20;

export interface ClassRoomPorts {
  readonly authority: ClassAuthority;
  readonly folder: ClassFolder;
  readonly store: ClassStore;
  readonly requests: ClassRequests;
  readonly clock: Clock;
  readonly log: Log;
  newUser(): UserId;
  /** 8 Crockford characters. */
  newSecret(): string;
  /** SHA-256 of a text, hex. */
  hashOf(text: string): string;
  /** What a name may be taken for (see lib/core/member_names.ts); two names that share a look are the same. */
  looksOf(name: string): readonly string[];
  /** Rows of a CSV file; throws `bad-input`. */
  rowsOf(csv: string): Promise<string[][]>;
}

/** A user with its computers, for the teacher. Times in milliseconds since 1970. */
export interface RosterLine extends ClassUser {
  readonly devices: readonly Omit<ClassDevice, "user" | "key">[];
}

export interface InvitedUser {
  readonly name: string;
  /** A whole class code, valid once. */
  readonly code: string;
}

/** The class of a tracker: who belongs to it, by which codes one joins, who was removed. What it answered is on the disk. */
export class ClassRoom {
  readonly #tries = new WrongTries();
  readonly #listeners = new Set<() => void>();
  readonly #register: ClassRegister;
  readonly #settling = new Turns();

  private constructor(readonly ports: ClassRoomPorts, readonly removed: ClassRevocations) {
    this.#register = new ClassRegister(ports, (peer) => removed.has(peer));
  }

  /** What a crash left half done is mended first. */
  static async open(ports: ClassRoomPorts): Promise<ClassRoom> {
    return new ClassRoom(ports, await ClassRevocations.open(ports));
  }

  info(): { class: ClassId; name: string; enrolment: Enrolment } {
    const { authority: { classId }, folder: { settings: { name, enrolment } } } = this.ports;
    return { class: classId, name, enrolment };
  }

  /** The authority's certificate, PEM. */
  get pem(): string {
    return this.ports.authority.pem;
  }

  /** The whole class code. */
  code(): string {
    return this.#codeOf(this.ports.folder.settings.secret);
  }

  /** The newest signed list. */
  get revocations(): { readonly number: number; readonly jws: string } {
    return this.removed.signed;
  }

  isRevoked(peer: PeerId): boolean {
    return this.removed.has(peer);
  }

  /** Called after members, names or revocations changed, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Throws `bad-record`, `wrong-code`, `name-taken`, `bad-input` (such a name), `conflict`, `removed`, `limited`. */
  async enrol(jws: string, address: string): Promise<Enrolled> {
    this.#refuseLimited(address);
    const { request, key, peerId } = await this.ports.requests.verifyJoin(jws);
    this.#refuseElsewhere(request);
    this.#refuseLimited(address); // tries that came at once count too
    const returning = this.#register.returning(request, peerId);
    const enter = () => this.#register.enter(request, { key, peerId }, address);
    const { member, isNew, isWrong } = returning ? await this.#readmit([returning], enter) : enter();
    if (isWrong) this.#tries.add(address, this.ports.clock.monotonic());
    if (!member) {
      throw new EssaimError(
        "wrong-code",
        "This code is not the class's, or was used or replaced already. Compare it with the one that the teacher shows.",
      );
    }
    if (isNew) this.#changed();
    return await this.#enrolled(member);
  }

  /** Throws `bad-record`, `unauthorized` when the key is not known here, `removed`. */
  async renew(jws: string): Promise<Enrolled> {
    const { request, peerId } = await this.ports.requests.verifyRenew(jws);
    this.#refuseElsewhere(request);
    return await this.#enrolled(this.#register.renew(peerId));
  }

  /**
   * A valid certificate was presented: whom the database does not know is registered again, under another name if somebody
   * has taken it. Throws `removed`, `limited`.
   */
  admit(member: Member): void {
    if (this.#register.admit(member)) this.#changed();
  }

  /** Of a user who was not removed. */
  nameOf(user: UserId): string | undefined {
    const found = this.ports.store.user(user);
    return found?.state === "removed" ? undefined : found?.name;
  }

  /** Of a computer that was not removed. */
  userOf(peer: PeerId): UserId | undefined {
    const device = this.isRevoked(peer) ? undefined : this.ports.store.device(peer);
    return device?.state === "active" ? device.user : undefined;
  }

  /** Also those who are invited: files may be meant for them already. */
  members(): MembersReply["members"] {
    return this.ports.store.users().filter(({ state }) => state !== "removed").map(({ user, name }) => ({
      user,
      name,
    }));
  }

  /** Takes the place of an earlier code of this user. Throws `not-found`. */
  deviceCode(user: UserId): DeviceCode {
    const { user: known } = this.#present(user);
    return this.#oneTimeCode(known, DEVICE_CODE_MS);
  }

  /* What only the teacher does. Each change is noted in the audit log; `not-found`: there is no such user or computer. */

  roster(): RosterLine[] {
    const devices = Map.groupBy(this.ports.store.devices(), ({ user }) => user);
    return this.ports.store.users().map((user) => ({
      ...user,
      devices: (devices.get(user.user) ?? []).map(({ user: _, key: __, ...device }) => device),
    }));
  }

  /** Another one may take the name afterwards, and is another user. */
  async remove(user: UserId): Promise<void> {
    const { name } = this.#present(user);
    await this.#withdraw(user, "suspended", () => {
      this.#put({ ...this.#present(user), state: "removed", since: this.ports.clock.now() });
      this.note("removed", name, "teacher");
    });
  }

  /**
   * The user is the same as before, with the computers that were removed together with it. `text`: another name, where
   * somebody has taken its own meanwhile. Throws `bad-input`, `name-taken`, `limited`.
   */
  async restore(user: UserId, text?: string): Promise<void> {
    const { store } = this.ports;
    const known = this.#absent(user);
    const name = text === undefined ? known.name : parseName(text);
    this.#register.refuseTaken(name, user);
    const devices = store.devicesOf(user).filter(({ state }) => state === "suspended");
    await this.#readmit(devices, () =>
      this.#change(() => {
        this.#register.restore(this.#absent(user), name);
        this.note("restored", name === known.name ? name : `${known.name} → ${name}`, "teacher");
      }));
  }

  async removeDevice(peer: PeerId): Promise<void> {
    const { store } = this.ports;
    const device = store.device(peer);
    if (device?.state !== "active") throw notFound("computer");
    await this.removed.add([device]);
    this.#change(() => {
      store.putDevice({ ...store.device(peer)!, state: "revoked" });
      this.note("device-removed", `${store.user(device.user)!.name} (${peer.slice(0, 8)})`, "teacher");
    });
  }

  /** Certificates say the new name from their next renewal on. Throws `bad-input`, `name-taken`. */
  rename(user: UserId, text: string): void {
    const known = this.#present(user);
    const name = parseName(text);
    this.#change(() => {
      this.#register.refuseTaken(name, user);
      this.#put({ ...known, name });
      this.note("renamed", `${known.name} → ${name}`, "teacher");
    });
  }

  /** All computers of the user are removed; by the code a new one joins as the same user, or one of those again. */
  async reset(user: UserId): Promise<{ code: string }> {
    const { name } = this.#present(user);
    let code = "";
    await this.#withdraw(user, "revoked", () => {
      code = this.#oneTimeCode(user, PRINTED_CODE_MS).code;
      this.note("reset", name, "teacher");
    });
    return { code };
  }

  /** The one before is no longer valid; one-time codes are. */
  renewCode(): Promise<void> {
    return this.#settle("new-code", "", () => ({ secret: this.ports.newSecret() }));
  }

  setEnrolment(enrolment: Enrolment): Promise<void> {
    return this.#settle("enrolment", enrolment, () => ({ enrolment }));
  }

  /** Throws `bad-input`. */
  async renameClass(text: string): Promise<void> {
    const name = parseName(text);
    await this.#settle("class-renamed", `${this.ports.folder.settings.name} → ${name}`, () => ({ name }));
  }

  /**
   * Names become invited users. Who is invited already gets another code, who has joined none. Throws `bad-input`, with the
   * `problems` in its details, when a line is no name or a name stands there twice; then nobody is invited.
   */
  async importRoster(csv: string): Promise<InvitedUser[]> {
    const { names, problems } = parseRoster(await this.ports.rowsOf(csv), this.ports.looksOf);
    if (problems.length > 0) {
      const told = problems.slice(0, MAX_PROBLEMS_TOLD);
      throw new EssaimError("bad-input", told.map(describeProblem).join(" "), { details: { problems: told } });
    }
    return this.#change(() => {
      const invited = names.flatMap((name) => this.#invite(name));
      this.note("roster", String(invited.length), "teacher");
      return invited;
    });
  }

  audit(limit: number, before?: number): AuditLine[] {
    return this.ports.store.audit(limit, before);
  }

  note(action: string, about: string, by: string): void {
    this.ports.store.note({ at: this.ports.clock.now(), action, about, by });
  }

  #invite(name: string): InvitedUser[] {
    const holder = this.#register.holderOf(name);
    if (holder?.state === "active") return [];
    const user = holder ?? this.#register.newUser(name, "invited");
    return [{ name: user.name, code: this.#oneTimeCode(user.user, PRINTED_CODE_MS).code }];
  }

  #codeOf(secret: string): string {
    return writeClassCode({ prefix: codePrefixOf(this.ports.authority.classId), secret });
  }

  #oneTimeCode(user: UserId, validMs: number): DeviceCode {
    const { store, clock, newSecret, hashOf } = this.ports;
    const secret = newSecret();
    const until = clock.now() + validMs;
    store.atomically(() => {
      store.dropCodes(user);
      store.putCode({ user, hash: hashOf(secret), until });
    });
    return { code: this.#codeOf(secret), until: new Date(until).toISOString() };
  }

  async #enrolled(member: Member): Promise<Enrolled> {
    const certificate = await this.ports.authority.issue(member);
    return { certificate, revocations: this.revocations.jws };
  }

  /** All computers of a user are revoked: first in the list, then in the database, together with what `change` does. */
  async #withdraw(user: UserId, state: "suspended" | "revoked", change: () => void): Promise<void> {
    const { store } = this.ports;
    const unlisted = () =>
      store.devicesOf(user).filter(({ peerId, state }) => state === "active" && !this.removed.has(peerId));
    // One may join by a one-time code while the list is written; nothing can between the last look and the change.
    for (let devices = unlisted(); devices.length > 0; devices = unlisted()) await this.removed.add(devices);
    this.#change(() => {
      for (const device of store.devicesOf(user)) {
        if (device.state === "active") store.putDevice({ ...device, state });
      }
      store.dropCodes(user);
      change();
    });
  }

  /** Computers that were removed are valid again: first in the list, then by `change` in the database, or in neither. */
  async #readmit<T>(devices: readonly ClassDevice[], change: () => T): Promise<T> {
    await this.removed.release(devices.map(({ peerId }) => peerId));
    try {
      return change();
    } finally {
      await this.removed.add(devices.filter(({ peerId }) => this.ports.store.device(peerId)?.state !== "active"));
    }
  }

  /** One change of the settings at a time. */
  async #settle(action: string, about: string, change: () => Partial<ClassSettings>): Promise<void> {
    const { folder } = this.ports;
    await this.#settling.take(() => folder.putSettings({ ...folder.settings, ...change() }));
    this.#change(() => this.note(action, about, "teacher"));
  }

  #put(user: ClassUser): void {
    this.ports.store.putUser(user, this.ports.looksOf(user.name));
  }

  /** Throws `not-found` unless the user belongs to the class. */
  #present(user: UserId): ClassUser {
    const known = this.ports.store.user(user);
    if (!known || known.state === "removed") throw notFound("user");
    return known;
  }

  /** Throws `not-found` unless the user was removed. */
  #absent(user: UserId): ClassUser {
    const known = this.ports.store.user(user);
    if (known?.state !== "removed") throw notFound("user");
    return known;
  }

  /** Told even when it failed: the list of removed computers may have changed before. */
  #change<T>(change: () => T): T {
    try {
      return this.ports.store.atomically(change);
    } finally {
      this.#changed();
    }
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #refuseLimited(address: string): void {
    const retryAfterMs = this.#tries.waitOf(address, this.ports.clock.monotonic());
    if (retryAfterMs === 0) return;
    throw new EssaimError("limited", "Too many wrong codes came from this computer. Wait a minute.", { retryAfterMs });
  }

  #refuseElsewhere(request: { readonly class: ClassId; readonly at: string }): void {
    if (request.class !== this.ports.authority.classId) {
      throw new EssaimError("bad-record", "This request is for another class.");
    }
    const wrongMs = Date.parse(request.at) - this.ports.clock.now();
    if (Math.abs(wrongMs) <= CLOCK_TOLERANCE_MS) return;
    const days = Math.round(Math.abs(wrongMs) / DAY_MS);
    throw new EssaimError(
      "bad-record",
      `The clocks of this computer and of the tracker differ by ${days} days. Set them.`,
    );
  }
}

function notFound(what: "user" | "computer"): EssaimError {
  return new EssaimError("not-found", `There is no such ${what} in the class.`);
}
