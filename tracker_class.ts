import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { AdminPassword } from "./lib/adapters/admin_password.ts";
import { classChance } from "./lib/adapters/class_chance.ts";
import { openClass } from "./lib/adapters/class_folder.ts";
import { classRequests } from "./lib/adapters/class_requests.ts";
import { csvRows } from "./lib/adapters/csv_rows.ts";
import type { LongBodies } from "./lib/adapters/long_bodies.ts";
import { looks } from "./lib/adapters/look_alikes.ts";
import { listenMembers, type MemberListener } from "./lib/adapters/member_listener.ts";
import { openClassStore } from "./lib/adapters/sqlite_class_store.ts";
import { ClassRoom } from "./lib/app/class_room.ts";
import { TeacherSessions } from "./lib/app/teacher_sessions.ts";
import type { TrackedClass } from "./lib/app/track_swarm.ts";
import { type Certificate, TRACKER_SERVER_NAME } from "./lib/core/class_messages.ts";
import { EssaimError } from "./lib/core/errors.ts";
import type { PeerId } from "./lib/core/ids.ts";
import { MAX_ANNOUNCE_BYTES } from "./lib/core/messages.ts";
import { isValidAt, type Member } from "./lib/core/membership.ts";
import type { Swarm } from "./lib/core/swarm.ts";
import type { Clock, Log } from "./lib/ports.ts";
import type { SwarmIndex } from "./lib/swarm_ports.ts";
import { teacherGate } from "./routes/teacher_gate.ts";
import type { TeacherParts } from "./routes/teacher_parts.ts";
import type { TrackerSite } from "./routes/tracker_site.ts";

/** The part of tracker.ts that is about the class: its authority, its members and its teacher. */

/** Certificates whose content is remembered. */
const MAX_READ = 10_000;
/** Of the teacher's forms: a roster. */
const MAX_FORM_BYTES = 512 * 1024;
const DEFAULT_CLASS_NAME = "Essaim";

export interface ClassSideOptions {
  readonly data: string;
  readonly database: string;
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A class with what checks its certificates. */
export interface ClassSide extends AsyncDisposable {
  readonly room: ClassRoom;
  readonly members: TrackedClass;
  teacher(swarm: Swarm, index: SwarmIndex, secureAddresses: () => readonly string[]): TeacherParts;
  /** Where members are answered. Throws `port-taken`. */
  listen(options: DoorOptions): Promise<MemberListener<Member>>;
}

export interface DoorOptions {
  readonly hostname: string;
  readonly port: number;
  /** Of this computer, to stand in the server's certificate. */
  readonly addresses: readonly string[];
  readonly site: TrackerSite;
  readonly longBodies: LongBodies;
}

/** The class in `DATA/class`, made at the first start. Throws `unreadable`, `unwritable`. */
export async function openClassSide({ data, database, publicUrl, clock, log }: ClassSideOptions): Promise<ClassSide> {
  await using stack = new AsyncDisposableStack();
  const dir = join(data, "class");
  const { authority, folder } = await openClass({ dir, name: DEFAULT_CLASS_NAME, now: clock.now() });
  const store = stack.use(openClassStore({ path: join(data, database), log, checked: true }));
  const room = await ClassRoom.open({
    ...{ authority, folder, store, clock, log, ...classChance },
    requests: classRequests(authority.peerId),
    looksOf: looks,
    rowsOf: csvRows,
  });
  const read = new Map<Certificate, Promise<Member>>();
  /** As the newest certificate says that each computer showed. */
  const shown = new Map<PeerId, Member>();
  const isStillMember = (member: Member) => isValidAt(member, clock.now()) && !room.isRevoked(member.peerId);
  const memberOf = async (certificate: Certificate) => {
    let reading = read.get(certificate);
    if (reading === undefined) {
      reading = authority.readCertificate(certificate);
      read.set(certificate, reading);
      if (read.size > MAX_READ) read.delete(read.keys().next().value!);
    }
    const member = await reading;
    if (isStillMember(member)) return member;
    throw new EssaimError("bad-record", "This certificate is not valid (any more).");
  };
  const began = crypto.randomUUID();
  let changes = 0;
  stack.defer(room.onChange(() => changes++));
  const members: TrackedClass = {
    id: authority.classId,
    member: memberOf,
    isRevoked: (peer) => room.isRevoked(peer),
    nameOf: (user) => room.nameOf(user),
    isMember: (peer) => room.userOf(peer) !== undefined,
    news(peer) {
      const known = shown.get(peer);
      return {
        name: room.info().name,
        revocations: room.revocations.number,
        members: `${began} ${changes}`,
        renew: known !== undefined && room.nameOf(known.user) !== known.name,
      };
    },
  };
  const password = new AdminPassword(dir);
  const sessions = new TeacherSessions({ password, clock });
  const gate = teacherGate({ sessions, publicUrl });
  const own: { fingerprint?: string } = {};

  const teacher = (swarm: Swarm, index: SwarmIndex, secureAddresses: () => readonly string[]): TeacherParts => ({
    ...{ room, gate, sessions, password, secureAddresses },
    present: () => new Map(swarm.present().map(({ peerId, name, address }) => [peerId, { name, address }])),
    lastSeen: (peer) => index.peer(peer)?.lastSeen,
    takenDown: () => index.takenDown(),
    takeDown(fileId, name) {
      index.takeDown({ fileId, name, at: Math.trunc(clock.now()) });
      room.note("taken-down", name, "teacher");
    },
    allowAgain(fileId) {
      const name = index.takenDown().find((taken) => taken.fileId === fileId)?.name ?? fileId;
      index.allowAgain(fileId);
      room.note("allowed-again", name, "teacher");
    },
    fingerprint: () => own.fingerprint,
  });

  const listen = async ({ hostname, port, addresses, site, longBodies }: DoorOptions) => {
    const { key, cert } = await authority.serverCertificate(addresses, clock.now());
    own.fingerprint = new X509Certificate(cert).fingerprint256.replaceAll(":", "").toLowerCase();
    const listener = await listenMembers<Member>({
      hostname,
      ports: [port],
      credentials: { key, cert, ca: authority.pem },
      serverName: TRACKER_SERVER_NAME,
      optionalCertificate: true,
      longBodies,
      async accept(der) {
        const member = await memberOf(der.toBase64() as Certificate);
        room.admit(member);
        shown.delete(member.peerId);
        shown.set(member.peerId, member);
        if (shown.size > MAX_READ) shown.delete(shown.keys().next().value!);
        return member;
      },
      isStillAllowed: isStillMember,
      maxBodyBytes: (member) => member === undefined ? MAX_FORM_BYTES : MAX_ANNOUNCE_BYTES,
      revocationsNumber: () => room.revocations.number,
      handler(request, { remoteAddress, member }) {
        const address = remoteAddress;
        if (member === undefined) return site.answerSecurely(request, { kind: "anonymous", address });
        const { peerId: peer, user } = member;
        return site.answerSecurely(request, { kind: "member", address, class: authority.classId, peer, user });
      },
    });
    running.defer(room.onChange(() => listener.closeWhere((member) => !isStillMember(member))));
    return listener;
  };

  const running = stack.move();
  return {
    ...{ room, members, teacher, listen },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
