import type {
  AuditLine,
  ClassAuthority,
  ClassDevice,
  ClassFolder,
  ClassRequests,
  ClassStore,
  ClassUser,
} from "../class_ports.ts";
import type { ClassId, DeviceCode, Enrolled, Enrolment, MembersReply } from "../core/class_messages.ts";
import type { PeerId, UserId } from "../core/ids.ts";
import type { Member } from "../core/membership.ts";
import type { Clock, Log } from "../ports.ts";

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
  /** How a name may look (see lib/core/member_names.ts); two names that share a look are the same. */
  looksOf(name: string): readonly string[];
  /** Rows of a file as spreadsheets export it; throws `bad-input`. */
  rowsOf(csv: string): string[][];
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

/** The class of a tracker: who belongs to it, by which codes one joins, who was removed. */
export interface ClassRoom {
  info(): { class: ClassId; name: string; enrolment: Enrolment };
  /** The whole class code. */
  code(): string;
  /** The newest signed list. */
  readonly revocations: { readonly number: number; readonly jws: string };
  isRevoked(peer: PeerId): boolean;
  /** Called after members, names or revocations changed, until the returned function is called. */
  onChange(listener: () => void): () => void;

  /** Throws `bad-record`, `wrong-code`, `name-taken`, `bad-name`, `conflict`, `removed`, `limited`. */
  enrol(jws: string, address: string): Promise<Enrolled>;
  /** Throws `bad-record`, `unauthorized` when the key never joined, `removed`. */
  renew(jws: string): Promise<Enrolled>;
  /** A valid certificate was presented: whom the database does not know is registered again. Throws `removed`, `limited`. */
  admit(member: Member): void;
  nameOf(user: UserId): string | undefined;
  userOf(peer: PeerId): UserId | undefined;
  members(): MembersReply["members"];
  /** Takes the place of an earlier code of this user. */
  deviceCode(user: UserId): DeviceCode;

  /* What only the teacher does; each is noted in the audit log. Throw `not-found` when the user or computer is not there. */
  roster(): RosterLine[];
  remove(user: UserId): Promise<void>;
  removeDevice(peer: PeerId): Promise<void>;
  rename(user: UserId, name: string): void;
  /** All computers of the user are removed; by the code a new one joins as the same user. */
  reset(user: UserId): Promise<{ code: string }>;
  renewCode(): Promise<void>;
  setEnrolment(mode: Enrolment): Promise<void>;
  renameClass(name: string): Promise<void>;
  /** Names in a CSV file become invited users; who is invited already gets another code, who has joined none. */
  importRoster(csv: string): Promise<InvitedUser[]>;
  audit(limit: number, before?: number): AuditLine[];
  note(action: string, about: string, by: string): void;
}
