import { join } from "node:path";
import { classChance } from "../../lib/adapters/class_chance.ts";
import { openClass } from "../../lib/adapters/class_folder.ts";
import { csvRows } from "../../lib/adapters/csv_rows.ts";
import { looks } from "../../lib/adapters/look_alikes.ts";
import { openClassStore } from "../../lib/adapters/sqlite_class_store.ts";
import { ClassRoom, type ClassRoomPorts } from "../../lib/app/class_room.ts";
import { parseClassCode } from "../../lib/core/class_code.ts";
import type { Certificate, JoinRequest } from "../../lib/core/class_messages.ts";
import { FakeClock, FakeLog } from "../fakes.ts";
import { type Computer, newComputer, NOW } from "../adapters/class_setup.ts";
import { tempDir } from "../temp.ts";

/** A class on a disk that can be closed, damaged and opened again. */
export async function openRoom(
  { dir, clock = new FakeClock(NOW), log = new FakeLog(), wrap = (ports) => ports }: {
    dir?: string;
    clock?: FakeClock;
    log?: FakeLog;
    wrap?: (ports: ClassRoomPorts) => ClassRoomPorts;
  } = {},
) {
  const data = dir ?? await tempDir();
  const opened = await openClass({ dir: join(data, "class"), name: "6e B", now: clock.now() });
  const store = openClassStore({ path: join(data, "tracker.db"), log });
  const ports: ClassRoomPorts = { ...opened, store, clock, log, ...classChance, looksOf: looks, rowsOf: csvRows };
  const room = await ClassRoom.open(wrap(ports)).catch((error) => {
    store[Symbol.dispose]();
    throw error;
  });
  const { authority } = opened;
  const at = () => new Date(clock.now()).toISOString();
  return {
    ...{ data, clock, log, room, store, authority, folder: opened.folder },
    /** Joins by the class code unless another one is given, and gives what the certificate says. */
    async join(
      computer: Computer,
      name: string,
      code = room.code(),
      changes: Partial<JoinRequest> = {},
      from = "10.0.0.1",
    ) {
      const { secret } = code === "" ? { secret: "" } : parseClassCode(code);
      const jws = await computer.join({ class: authority.classId, name, secret, at: at(), ...changes });
      return await authority.readCertificate((await room.enrol(jws, from)).certificate);
    },
    async renew(computer: Computer) {
      const jws = await computer.renew(authority.classId, clock.now());
      return await authority.readCertificate((await room.renew(jws)).certificate);
    },
    read: (certificate: Certificate) => authority.readCertificate(certificate),
    revoked: async () => (await authority.verifyRevocations(room.revocations.jws)).revoked,
    loseDatabase: async () => {
      store[Symbol.dispose]();
      for (const suffix of ["", "-wal", "-shm"]) {
        await Deno.remove(join(data, `tracker.db${suffix}`)).catch(() => {});
      }
    },
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}

export { newComputer, NOW };
