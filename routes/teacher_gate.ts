import type { RosterLine } from "../lib/app/class_room.ts";
import type { TeacherSessions } from "../lib/app/teacher_sessions.ts";
import type { Enrolment } from "../lib/core/class_messages.ts";
import { asEssaimError, EssaimError } from "../lib/core/errors.ts";
import { type TeacherAccess, teacherAccess } from "../lib/core/teacher_access.ts";
import type { Language } from "../lib/i18n/language.ts";
import { trackerClassTexts } from "../lib/i18n/tracker_class.ts";
import type { TrackerPageState } from "./define.ts";
import type { TeacherParts } from "./teacher_parts.ts";
import { joinLinks } from "./tracker_pages.ts";

/** Of the connection, which no request can say of itself. */
export interface Came {
  /** IP address at the other end. */
  readonly remoteAddress: string;
  readonly encrypted: boolean;
}

export interface TeacherGate {
  access(request: Request, came: Came): TeacherAccess;
  /** Whether a page may answer somebody who shows no certificate to the port of members. */
  mayPass(request: Request, came: Came): boolean;
}

export interface TeacherGateOptions {
  readonly sessions: TeacherSessions;
  /** `tracker.public_url` */
  readonly publicUrl: string;
}

/** What may be wrong with a name that the teacher typed. */
const NAME_FAULTS: ReadonlySet<string> = new Set(["bad-name", "bad-input", "name-taken"]);
const SESSION_COOKIE = "essaim_teacher";
export const SIGN_IN_PATH = "/class/sign-in";
/** What the page to sign in consists of; nothing in it is about the class. */
const BEFORE_SIGN_IN = /^\/(?:class(?:\/.*)?|preferences|favicon\.svg|(?:assets|_fresh)\/.*)$/;

/** Decides who is the teacher by the connection and the session's cookie. */
export function teacherGate({ sessions, publicUrl }: TeacherGateOptions): TeacherGate {
  const access = ({ headers }: Request, came: Came) =>
    teacherAccess({
      ...came,
      host: headers.get("host"),
      headerNames: headers.keys(),
      hasSession: came.encrypted && sessionTokens(headers).some((token) => sessions.isValid(token)),
    }, publicUrl);
  return {
    access,
    mayPass: (request, came) =>
      BEFORE_SIGN_IN.test(new URL(request.url).pathname) || access(request, came).kind === "teacher",
  };
}

/** A browser may hold several cookies of this name, set for other paths by whoever shares its host. */
export function sessionTokens(headers: Headers): string[] {
  const cookies = (headers.get("cookie") ?? "").split(";").map((cookie) => cookie.trim().split("=", 2));
  return cookies.flatMap(([name, value]) => name === SESSION_COOKIE && value ? [value] : []).slice(0, 4);
}

/** Ends with the browser; and in the tracker after eight hours. */
export function sessionCookie(token: string): string {
  return `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; Secure; SameSite=Strict`;
}

export function endedSessionCookie(): string {
  return `${sessionCookie("")}; Max-Age=0`;
}

/** What only the teacher reaches; everything else was sent away by `class/_middleware.tsx`. */
export function teacherOf({ access, tracker }: TrackerPageState): TeacherParts {
  if (access?.kind !== "teacher" || tracker.teacher === undefined) {
    throw new EssaimError("not-found", "There is nothing at this address.");
  }
  return tracker.teacher;
}

/** A name of a person that was not taken, to be corrected. */
export interface RefusedName {
  readonly typed: string;
  readonly fault: string;
  readonly status: number;
}

/** Throws what is not about the name. */
export function refusedName(caught: unknown, typed: string, lang: Language): RefusedName {
  const { code, status } = asEssaimError(caught);
  if (!NAME_FAULTS.has(code)) throw caught;
  const { nameTaken, badName } = trackerClassTexts(lang).settings;
  return { typed, fault: code === "name-taken" ? nameTaken : badName, status };
}

/** The user of the class whom an address names. Throws `not-found`. */
export function personOf(room: TeacherParts["room"], user: string | undefined): RosterLine {
  const person = room.roster().find((line) => line.user === user);
  if (person) return person;
  throw new EssaimError("not-found", "There is no such person in the class.");
}

export interface Invitation {
  /** The class code. */
  readonly code: string;
  /** The likeliest first. */
  readonly links: readonly string[];
  readonly enrolment: Enrolment;
}

/** What lets others into the class, for the teacher; undefined for everybody else. */
export function invitationFor(state: TrackerPageState, url: URL): Invitation | undefined {
  if (state.access?.kind !== "teacher") return undefined;
  const { room } = teacherOf(state);
  const code = room.code();
  return { code, links: joinLinks(code, url, state.tracker), enrolment: room.info().enrolment };
}
