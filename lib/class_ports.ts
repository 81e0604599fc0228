import type {
  Certificate,
  ClassId,
  Enrolment,
  JoinRequest,
  RenewRequest,
  RevocationList,
} from "./core/class_messages.ts";
import type { PeerId, UserId } from "./core/ids.ts";
import type { Member } from "./core/membership.ts";
import type { PublicKey } from "./core/messages.ts";

/** Checks what the authority of one class and its members signed. Everything throws `bad-record`. */
export interface ClassTrust {
  readonly classId: ClassId;
  /** What a certificate of this class says, whether or not it is valid now. */
  readCertificate(certificate: Certificate): Promise<Member>;
  verifyRevocations(jws: string): Promise<RevocationList>;
}

/** The class of this program as it can be checked without asking anybody. */
export interface ClassMembers {
  /** Undefined: it has joined none. */
  readonly id: ClassId | undefined;
  /** Whose certificate it is. Throws `bad-record` unless it is of this class, valid now and not revoked. */
  member(certificate: Certificate): Promise<Member>;
  isRevoked(peer: PeerId): boolean;
}

/** The authority of a class, on its tracker. */
export interface ClassAuthority extends ClassTrust {
  /** The authority's certificate, PEM. */
  readonly pem: string;
  issue(member: Member): Promise<Certificate>;
  signRevocations(list: RevocationList): Promise<string>;
}

/** Checks requests to the authority, each signed by the key that it is about. Throws `bad-record`. */
export interface ClassRequests {
  verifyJoin(jws: string): Promise<{ request: JoinRequest; key: PublicKey; peerId: PeerId }>;
  verifyRenew(jws: string): Promise<{ request: RenewRequest; key: PublicKey; peerId: PeerId }>;
}

/** What stands in `class/` beside the authority's key, and survives the loss of the database. */
export interface ClassSettings {
  readonly name: string;
  readonly enrolment: Enrolment;
  /** Second half of the class code, 8 characters. */
  readonly secret: string;
}

export interface ClassFolder {
  readonly settings: ClassSettings;
  /** The newest signed list; undefined before the first one. */
  readonly revocations: string | undefined;
  /** On the disk when they return. Throw `unwritable`, `disk-full`. */
  putSettings(settings: ClassSettings): Promise<void>;
  putRevocations(jws: string): Promise<void>;
}

export interface ClassUser {
  readonly user: UserId;
  readonly name: string;
  /** `invited`: named by the teacher, nobody has joined by the code yet. */
  readonly state: "invited" | "active" | "removed";
  /** Milliseconds since 1970. */
  readonly since: number;
}

export interface ClassDevice {
  readonly peerId: PeerId;
  readonly user: UserId;
  readonly key: PublicKey;
  /** `suspended`: removed together with its user, with whom it comes back. */
  readonly state: "active" | "suspended" | "revoked";
  /** Milliseconds since 1970. */
  readonly enrolledAt: number;
  /** When its newest certificate ends; milliseconds since 1970. */
  readonly until: number;
}

/** A code by which one more computer joins as a user, once. Only the hash of its secret is kept. */
export interface OneTimeCode {
  readonly user: UserId;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export interface AuditLine {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What was done: "joined", "renewed-after-loss", "removed", "restored", "renamed", "reset", "device-removed", "new-code", "enrolment", "roster", "taken-down", "allowed-again", "signed-in", "sign-in-failed", "class-renamed"… */
  readonly action: string;
  /** Whom or what it was about, for a person. */
  readonly about: string;
  /** "teacher", or the address it came from. */
  readonly by: string;
}

/** Who belongs to the class; in the tracker's database. What a method wrote is on the disk. */
export interface ClassStore {
  users(): ClassUser[];
  user(id: UserId): ClassUser | undefined;
  /** A user that is not removed and whose name has one of these looks (see member_names.ts). */
  userNamed(looks: readonly string[]): ClassUser | undefined;
  /** `looks`: of its name. No other user that is not removed may have one of them. */
  putUser(user: ClassUser, looks: readonly string[]): void;
  /** Those that are not removed. */
  countUsers(): number;
  devices(): ClassDevice[];
  device(peer: PeerId): ClassDevice | undefined;
  devicesOf(user: UserId): ClassDevice[];
  /** Those that are active, or whose certificate ends after `since`. */
  countDevices(since: number): number;
  putDevice(device: ClassDevice): void;
  putCode(code: OneTimeCode): void;
  /** Undefined when there is none that is valid at `now`. */
  code(hash: string, now: number): OneTimeCode | undefined;
  /** The same, and removes it. */
  takeCode(hash: string, now: number): OneTimeCode | undefined;
  /** Those of a user are no longer valid. */
  dropCodes(user: UserId): void;
  note(line: Omit<AuditLine, "id">): void;
  /** Newest first. */
  audit(limit: number, before?: number): AuditLine[];
  /** All that `change` writes is kept, or nothing is. */
  atomically<T>(change: () => T): T;
}

/** What a peer keeps of its class, over restarts. */
export interface KeptMembership {
  /** Of the class, as its tracker last said. */
  readonly name: string;
  /** The authority's certificate, PEM. */
  readonly ca: string;
  readonly certificate: Certificate;
  /** The newest revocation list, a JWS. */
  readonly revocations: string;
  /** Address of the tracker, without a slash at the end, and where it answers members. */
  readonly tracker: string;
  readonly memberPort: number;
}

export interface MembershipStore {
  readonly kept: KeptMembership | undefined;
  /** On the disk when it resolves; undefined forgets it. Throws `unwritable`, `disk-full`. */
  keep(membership: KeptMembership | undefined): Promise<void>;
}
