import type { ClassDevice, ClassFolder, ClassStore, ClassUser } from "../class_ports.ts";
import { type JoinRequest, MAX_MEMBERS, MAX_REVOKED } from "../core/class_messages.ts";
import { EssaimError } from "../core/errors.ts";
import type { PeerId, UserId } from "../core/ids.ts";
import { parseName } from "../core/member_names.ts";
import { certificateSpan, CLOCK_TOLERANCE_MS, type Member } from "../core/membership.ts";
import { isolated } from "../core/visible_text.ts";
import type { Clock, Log } from "../ports.ts";

const MAX_DEVICES_PER_USER = 16;
const MAX_NAME_LENGTH = 64;

export interface RegisterPorts {
  readonly folder: Pick<ClassFolder, "settings">;
  readonly store: ClassStore;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  newUser(): UserId;
  hashOf(text: string): string;
  looksOf(name: string): readonly string[];
}

type Key = Pick<Member, "peerId" | "key">;

/** What a request to join led to: whom the certificate is for, unless the code was wrong. */
export interface Entered {
  readonly member: Member | undefined;
  /** The computer did not belong to the class before. */
  readonly isNew: boolean;
  /** The code was neither the class's nor a one-time code. */
  readonly isWrong: boolean;
}

/** Whose code it was. */
type Code = { readonly kind: "class" } | { readonly kind: "one-time"; readonly user: UserId } | {
  readonly kind: "wrong";
};

/** Decides who may join, and writes down who did: nothing here waits, so nothing comes between. */
export class ClassRegister {
  constructor(readonly ports: RegisterPorts, readonly isRevoked: (peer: PeerId) => boolean) {}

  /** Throws `name-taken`, `bad-input` (such a name), `conflict`, `removed`, `limited`; then nothing has changed. */
  enter(request: JoinRequest, key: Key, address: string): Entered {
    const { store } = this.ports;
    return store.atomically(() => {
      const device = store.device(key.peerId);
      const code = this.#take(request.secret);
      const isWrong = code.kind === "wrong";
      const isOut = this.#isOut(key.peerId, device);
      if (isOut && !isWrong && (this.isRevoked(key.peerId) || !isOfItsUser(code, device))) throw removed();
      const user = isOut && isWrong ? undefined : this.#whoJoins(code, request.name, device);
      if (!user) return { member: undefined, isNew: false, isWrong };
      const isNew = isOut || !device;
      if (isNew) this.#refuseFull(user);
      const member = this.#certified(user, key, device);
      if (isNew) store.note({ at: this.ports.clock.now(), action: "joined", about: user.name, by: address });
      return { member, isNew, isWrong };
    });
  }

  /**
   * The computer, when it was removed and shows a one-time code of the very user it belonged to: it enters as soon as it is
   * not revoked. Throws `limited`.
   */
  returning({ secret }: JoinRequest, peer: PeerId): ClassDevice | undefined {
    const device = this.ports.store.device(peer);
    if (!device || device.state === "active" || !isOfItsUser(this.#read(secret), device)) return undefined;
    this.#refuseFull(this.ports.store.user(device.user)!);
    return device;
  }

  /** Throws `unauthorized`, `removed`. */
  renew(peer: PeerId): Member {
    const device = this.#known(peer);
    if (device) return this.#certified(this.ports.store.user(device.user)!, device, device);
    throw new EssaimError("unauthorized", "This computer is not known in the class. Join it again by a code.");
  }

  /** Whether it was registered now. Throws `removed`, `limited`. */
  admit(member: Member): boolean {
    const { store, clock } = this.ports;
    const device = this.#known(member.peerId);
    if (device && device.until >= member.notAfter) return false;
    if (device) { // the database is older than the certificate
      store.putDevice({ ...device, until: member.notAfter });
      return false;
    }
    store.atomically(() => {
      const known = store.user(member.user);
      if (known?.state === "removed") throw removed();
      const user = known ?? this.newUser(this.#freeName(member.name), "active", member.user);
      this.#refuseFull(user);
      const { peerId, key, notAfter } = member;
      if (user.state === "invited") this.#put({ ...user, state: "active" });
      store.putDevice({ peerId, key, user: user.user, state: "active", enrolledAt: clock.now(), until: notAfter });
      store.note({ at: clock.now(), action: "renewed-after-loss", about: user.name, by: peerId });
    });
    return true;
  }

  /** Another user than `except` whose name may be taken for this one. */
  holderOf(name: string, except?: UserId): ClassUser | undefined {
    return this.ports.looksOf(name).map((look) => this.ports.store.userNamed([look]))
      .find((found) => found !== undefined && found.user !== except);
  }

  /** Throws `name-taken`. */
  refuseTaken(name: string, except: UserId): void {
    const holder = this.holderOf(name, except);
    if (holder) throw new EssaimError("name-taken", `${isolated(holder.name)} is called so, or looks the same.`);
  }

  /** Throws `limited` when the class is full. */
  newUser(name: string, state: "invited" | "active", id = this.ports.newUser()): ClassUser {
    this.#refuseTooMany();
    const user: ClassUser = { user: id, name, state, since: this.ports.clock.now() };
    this.#put(user);
    return user;
  }

  /** A removed user, and the computers that were removed with it, belong to the class again. Throws `name-taken`, `limited`. */
  restore({ user }: ClassUser, name: string): void {
    const { store, clock } = this.ports;
    this.refuseTaken(name, user);
    this.#refuseTooMany();
    const devices = store.devicesOf(user);
    for (const device of devices) if (device.state === "suspended") store.putDevice({ ...device, state: "active" });
    this.#put({ user, name, state: devices.length === 0 ? "invited" : "active", since: clock.now() });
  }

  /** The computer, if it has joined. Throws `removed`. */
  #known(peer: PeerId): ClassDevice | undefined {
    const device = this.ports.store.device(peer);
    if (this.#isOut(peer, device)) throw removed();
    return device;
  }

  /** Whether the computer was removed. */
  #isOut(peer: PeerId, device: ClassDevice | undefined): boolean {
    return this.isRevoked(peer) || device !== undefined && device.state !== "active";
  }

  #take(secret: string): Code {
    const code = this.#read(secret);
    if (code.kind === "one-time") this.ports.store.takeCode(this.ports.hashOf(secret), this.ports.clock.now());
    return code;
  }

  #read(secret: string): Code {
    const { folder: { settings }, store, clock, hashOf } = this.ports;
    if (settings.enrolment === "open" && secret === "") return { kind: "class" };
    if (settings.enrolment !== "roster" && secret === settings.secret) return { kind: "class" };
    const found = secret === "" ? undefined : store.code(hashOf(secret), clock.now());
    return found ? { kind: "one-time", user: found.user } : { kind: "wrong" };
  }

  /**
   * Undefined: nobody, by such a code. Whoever signs with a key that has joined gets its own certificate again, as by a
   * renewal, so that an answer that was lost can be asked for once more, even by a one-time code that is used up.
   */
  #whoJoins(code: Code, name: string, device: ClassDevice | undefined): ClassUser | undefined {
    const { store } = this.ports;
    const owner = device && store.user(device.user)!;
    switch (code.kind) {
      case "wrong":
        return owner;
      case "one-time":
        if (owner && owner.user !== code.user) throw otherUser(owner);
        return store.user(code.user); // not removed: its codes would be gone
      case "class":
        if (owner && !this.#isCalled(owner, name)) throw otherUser(owner);
        return owner ?? this.#newcomer(name);
      default:
        return code satisfies never;
    }
  }

  #newcomer(text: string): ClassUser {
    const name = parseName(text);
    const holder = this.holderOf(name);
    if (!holder) return this.newUser(name, "active");
    throw new EssaimError(
      "name-taken",
      `Somebody in the class is called ${
        isolated(holder.name)
      }, which is or looks the same. Choose another name; if it is ` +
        "you, ask your other computer or the teacher for a code.",
    );
  }

  #isCalled({ name }: ClassUser, text: string): boolean {
    const looks = this.ports.looksOf(name);
    return this.ports.looksOf(text).some((look) => looks.includes(look));
  }

  /** Written down before the certificate exists, so that none ends later than is known. */
  #certified(user: ClassUser, { peerId, key }: Key, device: ClassDevice | undefined): Member {
    const { store, clock } = this.ports;
    const span = certificateSpan(clock.now());
    store.atomically(() => {
      if (user.state === "invited") this.#put({ ...user, state: "active", since: clock.now() });
      store.putDevice({
        ...{ peerId, key, user: user.user, state: "active" },
        enrolledAt: device?.enrolledAt ?? clock.now(),
        until: Math.max(device?.until ?? 0, span.notAfter),
      });
    });
    return { peerId, key, user: user.user, name: user.name, ...span };
  }

  /** However many are removed at once, the list of removed computers has room for them. */
  #refuseFull({ user, name }: ClassUser): void {
    const { store, clock } = this.ports;
    if (store.devicesOf(user).filter(({ state }) => state === "active").length >= MAX_DEVICES_PER_USER) {
      throw new EssaimError(
        "limited",
        `${isolated(name)} has ${MAX_DEVICES_PER_USER} computers. Have one removed first.`,
      );
    }
    if (store.countDevices(clock.now() - CLOCK_TOLERANCE_MS) >= MAX_REVOKED) {
      throw new EssaimError("limited", `The class has ${MAX_REVOKED} computers, and cannot have more.`);
    }
  }

  #refuseTooMany(): void {
    if (this.ports.store.countUsers() < MAX_MEMBERS) return;
    throw new EssaimError("limited", `The class has ${MAX_MEMBERS} members, and cannot have more.`);
  }

  #freeName(name: string): string {
    if (!this.holderOf(name)) return name;
    for (let number = 2;; number++) {
      const suffix = ` (${number})`;
      let stem = name;
      while (stem.length + suffix.length > MAX_NAME_LENGTH) stem = [...stem].slice(0, -1).join("");
      if (this.holderOf(stem + suffix)) continue;
      this.ports.log.warning(
        "name-taken-meanwhile",
        `${isolated(name)} came back after the database was lost, but somebody is called so now: it is called ` +
          `${isolated(stem + suffix)}.`,
      );
      return stem + suffix;
    }
  }

  #put(user: ClassUser): void {
    this.ports.store.putUser(user, this.ports.looksOf(user.name));
  }
}

/** So that an old certificate of one user never becomes valid again by the code of another. */
function isOfItsUser(code: Code, device: ClassDevice | undefined): boolean {
  return code.kind === "one-time" && code.user === device?.user;
}

function removed(): EssaimError {
  return new EssaimError(
    "removed",
    "The teacher has removed this computer from the class. Ask the teacher to take you back, or for a code of your own.",
  );
}

function otherUser({ name }: ClassUser): EssaimError {
  return new EssaimError(
    "conflict",
    `This computer belongs to the class already, as ${isolated(name)}. ` +
      "Join by the code of the class and under that name, or ask the teacher for a code for it.",
  );
}
