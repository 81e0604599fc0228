import type { ClassMembers, ClassTrust, KeptMembership, MembershipStore } from "../class_ports.ts";
import { reachableByOthers, withoutSlash } from "../core/address.ts";
import { parseClassCode, writeJoinLink } from "../core/class_code.ts";
import type { Certificate, ClassId, RevocationList } from "../core/class_messages.ts";
import { asEssaimError, EssaimError } from "../core/errors.ts";
import type { PeerId, UserId } from "../core/ids.ts";
import { isDueForRenewal, isValidAt, type Joined, type Member } from "../core/membership.ts";
import type { AnnounceReply } from "../core/messages.ts";
import { Turns } from "../core/turns.ts";
import type { Log, TrackerClient } from "../ports.ts";
import type { PeopleStore } from "../store_ports.ts";
import { joinClass, type JoinPorts } from "./join_class.ts";
import type { JoinRequested, MembershipView } from "./membership_view.ts";
import { type TrackerPlace, TrackerSearch, type TrackerSearchPorts } from "./tracker_search.ts";

/** Certificates whose content is remembered. */
const MAX_READ = 2_000;
const LOOKED_AT_EVERY_MS = 3_600_000;
/** A teacher who takes somebody back waits for it. */
const COMES_BACK_WITHIN_MS = 15_000;
const ASKED_FOR_MS = 10_000;
/** Members asked for their list at the same time. */
const MAX_ASKED = 32;
const PEOPLE_KEPT_MS = 2_000;
const PEOPLE_WITHIN_MS = 700;

export interface MembershipPorts extends JoinPorts, Pick<TrackerSearchPorts, "heardTrackers" | "useTracker"> {
  readonly store: MembershipStore;
  readonly people: PeopleStore;
  /** Asked as a member. */
  readonly tracker: Pick<TrackerClient, "members" | "deviceCode" | "revocations">;
  encrypt(passphrase: string, kept: KeptMembership | undefined): Promise<Uint8Array>;
  readonly log: Log;
  /** By which other computers reach this one, the likeliest first. */
  ownAddresses(): readonly string[];
}

interface State {
  readonly kept: KeptMembership;
  readonly trust: ClassTrust;
  readonly me: Member;
  readonly list: RevocationList;
  readonly revoked: ReadonlySet<PeerId>;
  /** The tracker said that this computer was removed; the list that says so may never come here, since nobody answers it. */
  readonly isRefused: boolean;
}

/** The class of this peer: joins and leaves it, knows its members and those removed, and keeps its certificate young. */
export class Membership implements MembershipView, ClassMembers {
  #state: State | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #read = new Map<Certificate, Promise<Member>>();
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  readonly #turns = new Turns();
  /** What the tracker last said of the people. */
  #members: string | undefined;
  /** Who is being asked for a newer revocation list. */
  readonly #asked = new Set<string>();
  #noted = "";
  #wake = Promise.withResolvers<void>();
  #peopleAt = -Infinity;

  readonly #search: TrackerSearch;

  private constructor(readonly ports: MembershipPorts) {
    this.#search = new TrackerSearch({
      ...ports,
      classId: () => this.#state?.trust.classId,
      renew: (at) => this.#renewAt(at),
      keepPort: (memberPort) => this.#keepAlso({ memberPort }),
    }, this.#stop.signal);
  }

  /** As it was kept. What proves nothing, such as the certificate of a key that was replaced, counts as no class. */
  static async open(ports: MembershipPorts): Promise<Membership> {
    const membership = new Membership(ports);
    const { kept } = ports.store;
    try {
      if (kept) membership.#state = await membership.#stateOf(kept);
    } catch (error) {
      const { code, message } = asEssaimError(error);
      if (code !== "bad-record") throw error;
      ports.log.error("class-unusable", `This computer is in no class until it joins again: ${message}`);
    }
    return membership;
  }

  start(): void {
    this.#loop = this.#renewInTime();
  }

  async close(): Promise<void> {
    this.#stop.abort(new EssaimError("cancelled", "This peer stops."));
    await this.#loop;
    await this.#turns.take(() => {});
  }

  get current(): Joined | undefined {
    if (this.#state === undefined || this.removed) return undefined;
    const { kept: { name, certificate }, trust, me } = this.#state;
    return { class: { id: trust.classId, name }, me, certificate };
  }

  get removed(): boolean {
    const state = this.#state;
    return state !== undefined && (state.isRefused || state.revoked.has(state.me.peerId));
  }

  /** Also of a computer that was removed. */
  get standing(): { readonly name: string; readonly user: UserId; readonly removed: boolean } | undefined {
    const state = this.#state;
    return state && { name: state.kept.name, user: state.me.user, removed: this.removed };
  }

  /** What TLS needs; undefined in no class. */
  get kept(): KeptMembership | undefined {
    return this.removed ? undefined : this.#state?.kept;
  }

  get id(): ClassId | undefined {
    return this.current?.class.id;
  }

  /** The newest revocation list. */
  get revocations(): { readonly number: number; readonly jws: string } | undefined {
    return this.#state && { number: this.#state.list.number, jws: this.#state.kept.revocations };
  }

  async member(certificate: Certificate): Promise<Member> {
    const { trust } = this.#state ?? {};
    if (trust === undefined) throw new EssaimError("bad-record", "This computer is in no class.");
    let reading = this.#read.get(certificate);
    if (reading === undefined) {
      reading = trust.readCertificate(certificate);
      this.#read.set(certificate, reading);
      if (this.#read.size > MAX_READ) this.#read.delete(this.#read.keys().next().value!);
    }
    const member = await reading;
    const isThisClass = trust.classId === this.#state?.trust.classId; // it may have been left meanwhile
    if (!isThisClass || !this.isStillMember(member)) {
      throw new EssaimError("bad-record", "This certificate is not valid (any more).");
    }
    return member;
  }

  isRevoked(peer: PeerId): boolean {
    return this.#state?.revoked.has(peer) ?? false;
  }

  /** Whether a certificate that was read is valid now. */
  isStillMember(member: Member): boolean {
    return isValidAt(member, this.ports.clock.now()) && !this.isRevoked(member.peerId);
  }

  people(): { user: UserId; name: string }[] {
    const me = this.#state?.me.user;
    return this.ports.people.list().filter(({ user }) => user !== me);
  }

  trackerUrl(): string {
    return this.ports.trackerUrl();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async join(request: JoinRequested, signal: AbortSignal): Promise<void> {
    const { trackerUrl, useTracker, log } = this.ports;
    if (this.current) {
      throw new EssaimError(
        "conflict",
        `This computer is in the class ${this.current.class.name} already. Leave it first.`,
      );
    }
    const kept = await joinClass(this.ports, request, signal);
    const state = await this.#stateOf(kept);
    await this.#turns.take(() => this.#become(state));
    if (kept.tracker !== withoutSlash(trackerUrl())) await useTracker(kept.tracker);
    log.info("class-joined", "This computer has joined a class.", { class: state.trust.classId });
    await this.#askMembers().catch((error) => this.#note(error));
  }

  async leave(): Promise<void> {
    await this.#turns.take(() => this.#become(undefined));
    this.ports.people.replace([]);
    this.#members = undefined;
  }

  async deviceCode(signal: AbortSignal): Promise<{ code: string; link: string; until: string }> {
    const { kept } = this;
    if (kept === undefined) throw new EssaimError("conflict", "This computer is in no class. Join one first.");
    const { code, until } = await this.ports.tracker.deviceCode(signal);
    const tracker = this.#trackerOf(kept);
    const reached = reachableByOthers(tracker, this.ports.ownAddresses()) ?? tracker;
    return { code, link: writeJoinLink(reached, parseClassCode(code)), until };
  }

  async refreshPeople(): Promise<void> {
    const { clock } = this.ports;
    if (this.current === undefined || clock.monotonic() - this.#peopleAt < PEOPLE_KEPT_MS) return;
    this.#peopleAt = clock.monotonic();
    const late = clock.sleep(PEOPLE_WITHIN_MS, this.#stop.signal).catch(() => {});
    await Promise.race([this.#askMembers(this.#members).catch((error) => this.#note(error)), late]);
  }

  exportIdentity(passphrase: string): Promise<Uint8Array> {
    return this.ports.encrypt(passphrase, this.#state?.kept);
  }

  /** What the tracker says in answer to an announce: it is asked for what is not known here yet. */
  heardOfClass({ name, revocations, members, renew }: NonNullable<AnnounceReply["class"]>): void {
    const { kept, list } = this.#state ?? {};
    if (kept === undefined || list === undefined) return;
    if (revocations > list.number) {
      this.#quietly(async () => this.accept(await this.ports.tracker.revocations(this.#stop.signal)));
    }
    if (members !== this.#members) this.#quietly(() => this.#askMembers(members));
    if (renew) this.#quietly(() => this.renew());
    if (name !== kept.name) this.#quietly(() => this.#keepAlso({ name }));
  }

  /** A revocation list from whomever: a newer one counts from now on. Throws `bad-record`. */
  accept(jws: string): Promise<void> {
    return this.#turns.take(async () => {
      if (this.#state === undefined) return;
      const { trust, list, kept, isRefused } = this.#state;
      const heard = await trust.verifyRevocations(jws);
      if (heard.class !== trust.classId || heard.number <= list.number) return;
      const state = { ...await this.#stateOf({ ...kept, revocations: jws }), isRefused };
      this.#use(state); // also when the disk is full
      await this.ports.store.keep(state.kept);
    });
  }

  /** Asks for another certificate, over a connection that does not need the present one. Throws `removed`, `unreachable`. */
  renew(): Promise<void> {
    return this.#renewAt();
  }

  /** The same, `at` another place than where the tracker was; once it has answered there, that is kept. */
  #renewAt(at?: TrackerPlace): Promise<void> {
    return this.#turns.take(async () => {
      const { identity, clock, authority, log } = this.ports;
      const { kept, trust } = this.#state ?? {};
      if (kept === undefined || trust === undefined) return;
      const request = { class: trust.classId, peerId: identity.peerId, at: new Date(clock.now()).toISOString() };
      const { tracker, memberPort } = at ?? { ...kept, tracker: this.#trackerOf(kept) };
      const enrolled = await authority(tracker, memberPort, kept.ca)
        .renew(await identity.signRenew(request), this.#stop.signal)
        .catch(async (error) => {
          const isNews = asEssaimError(error).code === "removed" && !this.#state!.isRefused;
          if (isNews) await this.#become({ ...this.#state!, isRefused: true });
          throw error;
        });
      const { certificate, revocations } = enrolled;
      const renewed = await this.#stateOf({ ...kept, ...at, certificate, revocations });
      // The list that came along may be older than what other peers told meanwhile.
      const isOlder = renewed.list.number < this.#state!.list.number;
      await this.#become(isOlder ? await this.#stateOf({ ...kept, ...at, certificate }) : renewed);
      log.info("certificate-renewed", "The tracker gave this computer another certificate.");
    });
  }

  /**
   * Somebody (`who`: a server name) says to know a revocation list of this number, and gives it when asked. One who does not
   * give it, such as whom it revokes, does not keep others from giving theirs.
   */
  hear(number: number, who: string, ask: (signal: AbortSignal) => Promise<string>): void {
    if (number <= (this.#state?.list.number ?? Infinity)) return;
    if (this.#asked.has(who) || this.#asked.size >= MAX_ASKED) return;
    this.#asked.add(who);
    this.#quietly(async () => {
      try {
        await this.accept(await ask(AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ASKED_FOR_MS)])));
      } finally {
        this.#asked.delete(who);
      }
    });
  }

  /** The tracker does not answer this member: it is looked for. */
  lookAgain(): void {
    const { kept } = this.#state ?? {};
    if (kept === undefined) return;
    const place = { tracker: this.#trackerOf(kept), memberPort: kept.memberPort };
    this.#quietly(() => this.#search.begin(place));
  }

  /** Where it is now may be other than where it was joined. */
  #trackerOf({ tracker }: KeptMembership): string {
    return withoutSlash(this.ports.trackerUrl()) || tracker;
  }

  #keepAlso(change: Partial<Pick<KeptMembership, "name" | "memberPort">>): Promise<void> {
    return this.#turns.take(async () => {
      const state = this.#state;
      if (state === undefined) return;
      const kept = { ...state.kept, ...change };
      if (JSON.stringify(kept) !== JSON.stringify(state.kept)) await this.#become({ ...state, kept });
    });
  }

  async #askMembers(version?: string): Promise<void> {
    const { tracker, people } = this.ports;
    const classId = this.#state?.trust.classId;
    const members = await tracker.members(this.#stop.signal);
    if (classId === undefined || this.#state?.trust.classId !== classId) return; // it was left meanwhile
    people.replace(members);
    this.#members = version;
    this.#tell();
  }

  /** Throws `bad-record` when the certificate is not this computer's, or not of this class. */
  async #stateOf(kept: KeptMembership): Promise<State> {
    const trust = await this.ports.trustIn(kept.ca);
    const me = await trust.readCertificate(kept.certificate);
    const list = await trust.verifyRevocations(kept.revocations);
    if (me.peerId !== this.ports.identity.peerId || list.class !== trust.classId) {
      throw new EssaimError(
        "bad-record",
        "The certificate of the class is not this computer's.",
      );
    }
    return { kept, trust, me, list, revoked: new Set(list.revoked), isRefused: false };
  }

  async #become(state: State | undefined): Promise<void> {
    await this.ports.store.keep(state?.kept);
    this.#use(state);
  }

  #use(state: State | undefined): void {
    if (state?.trust.classId !== this.#state?.trust.classId) this.#read.clear();
    const wasRemoved = this.removed;
    this.#state = state;
    if (this.removed && !wasRemoved) {
      this.ports.log.warning("class-removed", "The teacher has removed this computer from the class.");
      this.#wake.resolve();
    }
    this.#tell();
  }

  /** A removed computer asks whether it may come back. */
  async #renewInTime(): Promise<void> {
    const { clock } = this.ports;
    while (!this.#stop.signal.aborted) {
      this.#wake = Promise.withResolvers();
      if (this.#state && (this.removed || isDueForRenewal(this.#state.me, clock.now()))) {
        await this.renew().catch((error) => this.#cannotRenew(error));
      }
      await this.#pause(this.removed ? COMES_BACK_WITHIN_MS : LOOKED_AT_EVERY_MS);
    }
  }

  /** Until then, or until this computer is removed. */
  async #pause(ms: number): Promise<void> {
    const early = new AbortController();
    const both = AbortSignal.any([this.#stop.signal, early.signal]);
    await Promise.race([this.ports.clock.sleep(ms, both).catch(() => {}), this.#wake.promise]);
    early.abort();
  }

  #cannotRenew(error: unknown): void {
    if (asEssaimError(error).code === "unreachable") this.lookAgain();
    this.#note(error);
  }

  #quietly(work: () => Promise<unknown>): void {
    work().catch((error) => this.#note(error));
  }

  #note(caught: unknown): void {
    if (this.#stop.signal.aborted) return;
    const { code, message } = asEssaimError(caught);
    if (code === "removed" || message === this.#noted) return; // it was noted before
    this.#noted = message;
    this.ports.log.warning("class-not-asked", `The tracker could not be asked about the class: ${message}`, { code });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
