import { AdminPassword } from "../../lib/adapters/admin_password.ts";
import { AskSwarm } from "../../lib/app/ask_swarm.ts";
import { SwarmFigures } from "../../lib/app/swarm_figures.ts";
import type { TrackedClass } from "../../lib/app/track_swarm.ts";
import { TeacherSessions } from "../../lib/app/teacher_sessions.ts";
import type { AuditLine } from "../../lib/class_ports.ts";
import type { ClassId, Enrolment } from "../../lib/core/class_messages.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { FileId, PeerId, UserId } from "../../lib/core/ids.ts";
import { DAY_MS } from "../../lib/core/membership.ts";
import { Swarm } from "../../lib/core/swarm.ts";
import type { RosterUser } from "../../lib/core/teacher_roster.ts";
import { api } from "../../routes/http.ts";
import { teacherGate } from "../../routes/teacher_gate.ts";
import type { TakenDown, TeacherParts } from "../../routes/teacher_parts.ts";
import { trackerPages } from "../../routes/tracker_pages.ts";
import { trackerSite } from "../../routes/tracker_site.ts";
import { FakeClock, fileId, hexId, MemorySwarmIndex, peerId, recordBy, shareId } from "../fakes.ts";
import { tempDir } from "../temp.ts";

/** The pages of a tracker with a class that exists in name only. */

export const CODE = "ABCD-EFGH-JKMN-PQRS";
export const PASSWORD = "correct horse é";
export const HOSTILE = "<img src=x onerror=alert(1)>";

export const userId = (number: number): UserId => hexId(number, 32);

type Room = TeacherParts["room"];

/** A class in memory that notes what was asked of it. */
export class FakeRoom implements Room {
  users: RosterUser[] = [];
  readonly lines: AuditLine[] = [];
  readonly asked: string[] = [];
  name = "Terminale S2";
  enrolment: Enrolment = "code";
  #code = CODE;

  info = () => ({ class: hexId<ClassId>(1, 64), name: this.name, enrolment: this.enrolment });
  code = () => this.#code;
  roster = () => this.users as ReturnType<Room["roster"]>;
  remove = (user: UserId) => this.#ask(`remove ${this.#of(user)}`);
  async restore(user: UserId, name = this.#of(user)): Promise<void> {
    if (this.users.some((line) => line.user !== user && line.name === name)) {
      throw new EssaimError("name-taken", "Somebody has this name.");
    }
    await this.#ask(`restore ${this.#of(user)} as ${name}`);
  }
  removeDevice = (peer: PeerId) => this.#ask(`remove computer ${peer.slice(-2)}`);
  rename(user: UserId, name: string): void {
    if (name === "taken") throw new EssaimError("name-taken", "Somebody has this name.");
    if (name === "") throw new EssaimError("bad-input", "It is empty.");
    void this.#ask(`rename ${this.#of(user)} to ${name}`);
    this.users = this.users.map((line) => line.user === user ? { ...line, name } : line);
  }
  async reset(user: UserId) {
    await this.#ask(`reset ${this.#of(user)}`);
    return { code: "ABCD-EFGH-0000-0001" };
  }
  async renewCode() {
    await this.#ask("new code");
    this.#code = "ABCD-EFGH-9999-9999";
  }
  async setEnrolment(mode: Enrolment) {
    await this.#ask(`enrolment ${mode}`);
    this.enrolment = mode;
  }
  async renameClass(name: string) {
    await this.#ask(`name ${name}`);
    this.name = name;
  }
  async importRoster(csv: string) {
    const [head, ...names] = csv.split("\n").map((line) => line.replace(/^"|"$/g, "").replaceAll('""', '"'));
    if (head !== "name") throw new EssaimError("bad-input", "Line 1: there is no head.");
    await this.#ask(`import ${names.join("|")}`);
    return names.map((name, index) => ({ name, code: `ABCD-EFGH-0000-${(index + 100).toString().padStart(4, "0")}` }));
  }
  audit = (limit: number, before = Infinity) =>
    this.lines.filter(({ id }) => id < before).sort((a, b) => b.id - a.id).slice(0, limit);
  note(action: string, about: string, by: string): void {
    this.lines.push({ id: this.lines.length + 1, at: 0, action, about, by });
  }

  #ask(what: string): Promise<void> {
    this.asked.push(what);
    return Promise.resolve();
  }
  #of(user: UserId): string {
    return this.users.find((line) => line.user === user)!.name;
  }
}

/** A user whose computers joined an hour ago. */
export function person(number: number, name: string, now: number, changes: Partial<RosterUser> = {}): RosterUser {
  const device = {
    peerId: peerId(number),
    state: "active",
    enrolledAt: now - 3_600_000,
    until: now + 30 * DAY_MS,
  } as const;
  return { user: userId(number), name, state: "active", since: now - 3_600_000, devices: [device], ...changes };
}

export interface Asked {
  /** Where the connection comes from. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>> | FormData;
}

export async function teacherSite(options: { publicUrl?: string; host?: string; now?: number } = {}) {
  const { publicUrl = "", now } = options;
  const clock = new FakeClock(now);
  const index = new MemorySwarmIndex();
  const record = recordBy(peerId(1), { name: "Leçon & 4.pdf" });
  const key = { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) } as const;
  index.apply({
    peer: { peerId: peerId(1), name: "alice", lastSeen: clock.now(), key } as never,
    restart: false,
    records: [
      { record, jws: "a.b.c" },
      { record: recordBy(peerId(1), { shareId: shareId(2), fileId: fileId(2), name: HOSTILE }), jws: "a.b.c" },
    ],
    completed: [],
    activity: [],
  } as never);
  const room = new FakeRoom();
  room.users = [
    person(1, "alice", clock.now()),
    person(2, "Bob", clock.now()),
    person(3, "chloé", clock.now(), { devices: [], state: "invited" }),
    person(4, HOSTILE, clock.now(), { devices: [] }),
    person(5, "Zoé (gone)", clock.now(), { state: "removed", devices: [] }),
  ];
  const password = new AdminPassword(await tempDir());
  const sessions = new TeacherSessions({ password, clock });
  const gate = teacherGate({ sessions, publicUrl });
  let takenDown: TakenDown[] = [];
  const errors: string[] = [];
  const onError = (error: EssaimError) => void errors.push(`${error.code} ${error.cause ?? error.message}`);
  const teacher: TeacherParts = {
    ...{ room, password, sessions, gate },
    present: () => new Map([[peerId(1), { name: "alice", address: "192.168.1.20" }]]),
    lastSeen: (peer) => peer === peerId(2) ? clock.now() - 5 * 60_000 : undefined,
    takenDown: () => takenDown,
    takeDown(fileId, name) {
      takenDown = [{ fileId, name, at: clock.now() }, ...takenDown];
      room.note("taken-down", name, "teacher");
    },
    allowAgain(fileId: FileId) {
      takenDown = takenDown.filter((file) => file.fileId !== fileId);
    },
    secureAddresses: () => ["https://192.168.1.10:5443"],
    fingerprint: () => "ab".repeat(32),
  };
  const members: TrackedClass = {
    id: undefined,
    member: () => Promise.reject(new EssaimError("bad-record", "Nobody is a member.")),
    isRevoked: () => false,
    nameOf: () => undefined,
    isMember: () => false,
    news: () => ({ revocations: 0, certificate: false }) as never,
  };
  const site = trackerSite({
    api: api([]),
    pages: trackerPages({
      tracker: {
        ask: new AskSwarm({ ...{ index, members, clock }, swarm: new Swarm() }),
        figures: new SwarmFigures({ ...{ index, clock }, swarm: new Swarm() }),
        addresses: () => ["http://192.168.1.10:5000"],
        now: () => clock.now(),
        teacher,
      },
      onError,
    }),
    memberApi: api([]),
    now: () => clock.monotonic(),
    ...{ publicUrl, gate, onError },
  });

  /** `page`: "/class" at the tracker's own computer, or a whole address. */
  async function open(page: string, { from, headers = {}, form }: Asked = {}) {
    const url = new URL(page, "http://127.0.0.1:5000");
    const isHere = url.hostname === "127.0.0.1";
    const request = new Request(url, {
      method: form === undefined ? "GET" : "POST",
      headers: {
        host: url.host,
        "accept-language": "en",
        ...form !== undefined && { origin: url.origin },
        ...headers,
      },
      ...form !== undefined && { body: form instanceof FormData ? form : new URLSearchParams(form) },
    });
    const address = from ?? (isHere ? "127.0.0.1" : "192.168.1.20");
    const response = url.protocol === "https:"
      ? await site.answerSecurely(request, { kind: "anonymous", address })
      : await site.answer(request, address);
    const html = await response.text();
    const text = html.replace(/<script[^]*?<\/script>/g, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    return { response, status: response.status, location: response.headers.get("location"), html, text };
  }

  /** Signs in from elsewhere and gives the cookie. */
  async function cookie(secret = PASSWORD): Promise<string> {
    const { response } = await open("https://192.168.1.10:5443/class/sign-in", { form: { password: secret } });
    return response.headers.get("set-cookie")?.split(";")[0] ?? "";
  }

  return { clock, room, password, sessions, gate, teacher, site, open, cookie, errors, takenDown: () => takenDown };
}
