import type { ClassAuthority, ClassFolder, ClassStore } from "../class_ports.ts";
import { MAX_REVOKED, type RevocationList } from "../core/class_messages.ts";
import { EssaimError } from "../core/errors.ts";
import type { PeerId } from "../core/ids.ts";
import { CERTIFICATE_DAYS, CLOCK_TOLERANCE_MS, DAY_MS } from "../core/membership.ts";
import { Turns } from "../core/turns.ts";
import type { Clock, Log } from "../ports.ts";

export interface RevocationPorts {
  readonly authority: ClassAuthority;
  readonly folder: ClassFolder;
  readonly store: ClassStore;
  readonly clock: Clock;
  readonly log: Log;
}

interface Change {
  readonly added?: readonly [PeerId, number][];
  readonly released?: readonly PeerId[];
}

interface Signed {
  readonly number: number;
  readonly jws: string;
}

/**
 * The signed list of computers that were removed. It is on the disk before the database says so, and rules when the two
 * differ: what was removed stays removed, whatever is lost. Its number is never lower than the time in seconds, so that a
 * list made after a folder was restored from an old copy still takes the place of all before. Who is taken back leaves the
 * list before the database says so: a crash in between leaves nobody valid who was not taken back.
 */
export class ClassRevocations {
  /** Until when each has to stand in the list; milliseconds since 1970. */
  readonly #revoked = new Map<PeerId, number>();
  #signed: Signed = { number: 0, jws: "" };
  readonly #turns = new Turns();

  private constructor(readonly ports: RevocationPorts) {}

  /** Reads the list, and brings it and the database to agree. */
  static async open(ports: RevocationPorts): Promise<ClassRevocations> {
    const revocations = new ClassRevocations(ports);
    const { folder, store } = ports;
    const kept = await revocations.#read(folder.revocations);
    const devices = store.devices();
    const until = new Map(devices.map((device) => [device.peerId, device.until + CLOCK_TOLERANCE_MS]));
    // Of a computer that the database has lost, the certificate is not newer than the list.
    const latest = kept ? Date.parse(kept.list.at) + CERTIFICATE_DAYS * DAY_MS + CLOCK_TOLERANCE_MS : 0;
    for (const peer of kept?.list.revoked ?? []) revocations.#revoked.set(peer, until.get(peer) ?? latest);
    store.atomically(() => {
      for (const device of devices) {
        if (device.state === "active" && revocations.#revoked.has(device.peerId)) {
          store.putDevice({ ...device, state: "revoked" });
        }
      }
    });
    for (const { peerId, state } of devices) {
      if (state !== "active") revocations.#revoked.set(peerId, until.get(peerId)!);
    }
    if (kept) revocations.#signed = { number: kept.list.number, jws: kept.jws };
    const current = new Set(revocations.#current().map(([peer]) => peer));
    const listed = new Set(kept?.list.revoked);
    if (!kept || current.symmetricDifference(listed).size > 0) await revocations.#sign();
    return revocations;
  }

  get signed(): Signed {
    return this.#signed;
  }

  has(peer: PeerId): boolean {
    return this.#revoked.has(peer);
  }

  /**
   * The computers are in the list, and the list is on the disk. `until`: when the last certificate of each ends. Throws
   * `unwritable`, `disk-full`; then nobody is revoked.
   */
  async add(devices: readonly { readonly peerId: PeerId; readonly until: number }[]): Promise<void> {
    await this.#turns.take(async () => {
      const added = devices.filter(({ peerId }) => !this.#revoked.has(peerId));
      if (added.length === 0) return;
      await this.#sign({ added: added.map(({ peerId, until }) => [peerId, until + CLOCK_TOLERANCE_MS]) });
    });
  }

  /** The computers are not in the list, and the list is on the disk. Throws as `add`; then all stay revoked. */
  async release(peers: readonly PeerId[]): Promise<void> {
    await this.#turns.take(async () => {
      const released = peers.filter((peer) => this.#revoked.has(peer));
      if (released.length > 0) await this.#sign({ released });
    });
  }

  /** Those whose certificates others might still take for valid. */
  #current(): [PeerId, number][] {
    const now = this.ports.clock.now();
    return [...this.#revoked].filter(([, until]) => now <= until);
  }

  async #sign({ added = [], released = [] }: Change = {}): Promise<void> {
    const { authority, folder, clock } = this.ports;
    const now = clock.now();
    const revoked = [...this.#current().filter(([peer]) => !released.includes(peer)), ...added];
    if (revoked.length > MAX_REVOKED) {
      throw new EssaimError("limited", `More than ${MAX_REVOKED} computers were removed in a month. Try again later.`);
    }
    const number = Math.max(this.#signed.number + 1, Math.floor(now / 1000));
    const jws = await authority.signRevocations({
      class: authority.classId,
      number,
      at: new Date(now).toISOString(),
      revoked: revoked.map(([peer]) => peer),
    });
    await folder.putRevocations(jws);
    for (const [peer, until] of added) this.#revoked.set(peer, until);
    for (const peer of released) this.#revoked.delete(peer);
    this.#signed = { number, jws };
  }

  async #read(jws: string | undefined): Promise<{ jws: string; list: RevocationList } | undefined> {
    if (jws === undefined) return undefined;
    try {
      return { jws, list: await this.ports.authority.verifyRevocations(jws) };
    } catch (error) {
      if (!(error instanceof EssaimError)) throw error;
      this.ports.log.error(
        "revocations-damaged",
        `The list of removed computers is damaged (${error.message}) It is made anew from the database.`,
      );
      return undefined;
    }
  }
}
