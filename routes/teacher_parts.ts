import type { ClassRoom } from "../lib/app/class_room.ts";
import type { TeacherPassword, TeacherSessions } from "../lib/app/teacher_sessions.ts";
import type { FileId, PeerId } from "../lib/core/ids.ts";
import type { PresentComputer } from "../lib/core/teacher_roster.ts";
import type { TeacherGate } from "./teacher_gate.ts";

/** A file that the tracker no longer leads anybody to. */
export interface TakenDown {
  readonly fileId: FileId;
  /** As it was called when it was taken down. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What the teacher's pages reach. */
export interface TeacherParts {
  readonly room: Pick<
    ClassRoom,
    | "info"
    | "code"
    | "roster"
    | "remove"
    | "restore"
    | "removeDevice"
    | "rename"
    | "reset"
    | "renewCode"
    | "setEnrolment"
    | "renameClass"
    | "importRoster"
    | "audit"
    | "note"
  >;
  present(): ReadonlyMap<PeerId, PresentComputer>;
  /** When a computer that is not present was here last; milliseconds since 1970. */
  lastSeen(peer: PeerId): number | undefined;
  /** Newest first. */
  takenDown(): readonly TakenDown[];
  /** Both are noted in the audit log. */
  takeDown(fileId: FileId, name: string): void;
  allowAgain(fileId: FileId): void;
  readonly gate: TeacherGate;
  readonly sessions: TeacherSessions;
  readonly password: TeacherPassword;
  /** Where the pages open from elsewhere, with the password: "https://192.168.1.10:5443". */
  secureAddresses(): readonly string[];
  /** SHA-256 of the certificate shown there, in hex; browsers do not know it and ask. */
  fingerprint(): string | undefined;
}
