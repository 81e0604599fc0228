import type { DatabaseSync } from "node:sqlite";
import { classIntroduction } from "./lib/adapters/class_introduction.ts";
import type { HttpClient } from "./lib/adapters/http_client.ts";
import { httpPeerClient } from "./lib/adapters/http_peer_client.ts";
import { httpAuthorityClient, httpTrackerClient } from "./lib/adapters/http_tracker_client.ts";
import type { KeptIdentity } from "./lib/adapters/identity.ts";
import { memberClient } from "./lib/adapters/member_client.ts";
import { listenMembers, type MemberListener } from "./lib/adapters/member_listener.ts";
import { openMembership } from "./lib/adapters/membership_file.ts";
import { plainClient } from "./lib/adapters/plain_client.ts";
import { sqlitePeople } from "./lib/adapters/sqlite_people.ts";
import { Membership } from "./lib/app/membership.ts";
import { type Neighbours, secureAddress } from "./lib/app/neighbours.ts";
import { TrackerLink } from "./lib/app/tracker_link.ts";
import { lanAddresses } from "./lib/cli/lan.ts";
import type { KeptMembership } from "./lib/class_ports.ts";
import {
  type Certificate,
  peerOfServer,
  REVOCATIONS_HEADER,
  serverNameOf,
  TRACKER_SERVER_NAME,
} from "./lib/core/class_messages.ts";
import { asEssaimError, EssaimError } from "./lib/core/errors.ts";
import type { ClassId, PeerId } from "./lib/core/ids.ts";
import type { Member } from "./lib/core/membership.ts";
import type { MemberCaller } from "./lib/core/permission.ts";
import type { AuthorityClient, Clock, Log, PeerClient } from "./lib/ports.ts";

/** The part of peer.ts that is about the class: who this peer is there, and how members reach each other. */

/** Questions of members have under 32 KiB. */
const MAX_BODY_BYTES = 64 * 1024;

export interface ClassSideOptions {
  readonly db: DatabaseSync;
  readonly identity: KeptIdentity;
  /** Of the identity. */
  readonly folder: string;
  readonly http: HttpClient;
  readonly neighbours: Neighbours;
  readonly clock: Clock;
  readonly log: Log;
  encrypt(passphrase: string, kept: KeptMembership | undefined): Promise<Uint8Array>;
  /** As configured now; "" for none. */
  trackerUrl(): string;
  useTracker(url: string): Promise<void>;
  /** See `MembershipPorts.heardTrackers`. */
  heardTrackers(id: ClassId): readonly string[];
}

export interface ClassSide extends Disposable {
  readonly membership: Membership;
  /** As anyone, or as a member once this peer is one. */
  readonly tracker: TrackerLink;
  /** Other peers, over plain HTTP and mutual TLS. */
  readonly peers: PeerClient;
  /** The newest list of a member, or of the tracker. */
  revocationsOf(peer: PeerId | undefined, signal: AbortSignal): Promise<string>;
  /** What TLS needs to know now; `certificates` that were revoked meanwhile lose their connections. */
  follow(): void;
}

/** Throws `unreadable` when what is kept of the class is damaged. */
export async function openClassSide(options: ClassSideOptions): Promise<ClassSide> {
  const { db, identity, folder, http, neighbours, trackerUrl } = options;
  /** Made last; those made before reach it through this. */
  const late: { membership?: Membership } = {};
  const isRevoked = (server: string) => {
    const peer = peerOfServer(server);
    return peer !== undefined && late.membership?.isRevoked(peer) === true;
  };
  const members = memberClient({
    isRefused: isRevoked,
    revocationsNumber: () => late.membership?.revocations?.number,
    onRevocations: (server, number) =>
      late.membership?.hear(number, server, (signal) => revocationsOf(peerOfServer(server), signal)),
  });
  const plain = plainClient();
  const peers = httpPeerClient({ http: plain, members });
  const secureUrl = (url: string, port: number) => `https://${new URL(url).hostname}:${port}`;
  const tracker = new TrackerLink(() => {
    const url = trackerUrl();
    const kept = late.membership?.kept;
    if (url === "" || kept === undefined) return url === "" ? undefined : httpTrackerClient(http, url);
    return httpTrackerClient(members.to(TRACKER_SERVER_NAME), secureUrl(url, kept.memberPort));
  }, () => late.membership?.lookAgain());
  const revocationsOf = async (peer: PeerId | undefined, signal: AbortSignal) => {
    if (peer === undefined) return await tracker.revocations(signal);
    const at = secureAddress(neighbours.get(peer));
    if (at === undefined) throw new EssaimError("unreachable", "Its address is not known.");
    return await peers.revocations(at, signal);
  };
  const membership = late.membership = await Membership.open({
    ...options,
    tracker,
    store: await openMembership(folder),
    people: sqlitePeople(db),
    introduce: classIntroduction(http),
    ownAddresses: lanAddresses,
    trustIn: async (ca) => (await import("./lib/adapters/certificates.ts")).classTrust(ca),
    authority(url, memberPort, ca) {
      const ask = async <T>(question: (authority: AuthorityClient) => Promise<T>) => {
        using once = memberClient({ credentials: { ca } });
        return await question(httpAuthorityClient(once.to(TRACKER_SERVER_NAME), secureUrl(url, memberPort)));
      };
      return {
        join: (jws, signal) => ask((authority) => authority.join(jws, signal)),
        renew: (jws, signal) => ask((authority) => authority.renew(jws, signal)),
      };
    },
  });
  let used: KeptMembership | undefined;
  const follow = () => {
    const { kept } = membership;
    if (kept?.certificate !== used?.certificate || kept?.ca !== used?.ca) {
      members.renew(kept && { ca: kept.ca, key: identity.keyPem, cert: pemOf(kept.certificate) });
    }
    used = kept;
    members.closeWhere(isRevoked);
  };
  follow();
  const close = () => {
    plain[Symbol.dispose]();
    members[Symbol.dispose]();
  };
  return { membership, tracker, peers, revocationsOf, follow, [Symbol.dispose]: close };
}

export interface DoorOptions {
  readonly membership: Membership;
  readonly identity: KeptIdentity;
  readonly hostname: string;
  readonly ports: Iterable<number>;
  readonly limits: { readonly maxConnections: number; readonly maxPerAddress: number };
  readonly log: Log;
  answer(request: Request, caller: MemberCaller): Promise<Response>;
  /** Of a member that says to know a newer list. */
  revocationsOf(peer: PeerId, signal: AbortSignal): Promise<string>;
}

/** Where members of the class are answered: open while this peer belongs to one. */
export class MemberDoor implements AsyncDisposable {
  #listener: MemberListener<Member> | undefined;
  #used: KeptMembership | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(readonly options: DoorOptions) {}

  get port(): number | undefined {
    return this.#listener?.port;
  }

  /** Opens, closes or renews it as the membership is now. Never rejects. */
  follow(): Promise<void> {
    return this.#last = this.#last.then(() => this.#follow()).catch((error) => {
      const { code, message } = asEssaimError(error);
      this.options.log.error(code, `Members of the class cannot be answered: ${message}`);
    });
  }

  async #follow(): Promise<void> {
    const { membership, identity } = this.options;
    const { kept } = membership;
    const used = this.#used;
    this.#used = kept;
    if (kept === undefined || kept.ca !== used?.ca) {
      await this.#listener?.close();
      this.#listener = undefined;
    }
    if (kept === undefined) return;
    const credentials = { key: identity.keyPem, cert: pemOf(kept.certificate), ca: kept.ca };
    if (this.#listener === undefined) this.#listener = await this.#listen(credentials);
    else if (kept.certificate !== used?.certificate) this.#listener.renew(credentials);
    this.#listener.closeWhere((member) => !membership.isStillMember(member));
  }

  #listen(credentials: { key: string; cert: string; ca: string }): Promise<MemberListener<Member>> {
    const { membership, identity, answer, revocationsOf, ...where } = this.options;
    const { id } = membership;
    return listenMembers<Member>({
      ...where,
      credentials,
      serverName: serverNameOf(identity.peerId),
      accept: (der) => membership.member(der.toBase64() as Certificate),
      isStillAllowed: (member) => membership.id === id && membership.isStillMember(member),
      maxBodyBytes: () => MAX_BODY_BYTES,
      revocationsNumber: () => membership.revocations?.number ?? 0,
      async handler(request, { remoteAddress, member }) {
        // While it closes this computer may have joined another class, where whoever asks is nobody.
        if (member === undefined || id === undefined || membership.id !== id) {
          return new Response(null, { status: 401 });
        }
        const { peerId: peer, user } = member;
        const number = request.headers.get(REVOCATIONS_HEADER) ?? "";
        if (/^\d{1,15}$/.test(number)) {
          membership.hear(Number(number), serverNameOf(peer), (signal) => revocationsOf(peer, signal));
        }
        return await answer(request, { kind: "member", address: remoteAddress, class: id, peer, user });
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#listener?.close();
  }
}

function pemOf(certificate: Certificate): string {
  return `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, "$&\n").trimEnd()}\n-----END CERTIFICATE-----\n`;
}
