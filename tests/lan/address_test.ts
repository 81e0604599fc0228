import assert from "node:assert/strict";
import type { LocalPeer } from "../../lib/core/local_messages.ts";
import { MB, randomFile, sha256 } from "../journeys/files.ts";
import { Classroom } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";
import { cable } from "./networks.ts";

Deno.test("a pupil fetches from the teacher, whose own peer reaches the tracker beside it over loopback", async () => {
  await using network = await cable();
  if (!network) return;
  const [teachers, pupils] = network.ends;
  await using room = await Classroom.open();
  const tracker = await room.startTracker({ within: teachers.within });
  const teacher = await room.startPeer("teacher", { within: teachers.within });
  const url = `http://${teachers.address}:${tracker.port}`;
  const pupil = await room.startPeer("pupil", { within: pupils.within }, url);

  const lesson = await randomFile(`${room.folder}/lesson.bin`, 3 * MB);
  const homework = await randomFile(`${room.folder}/homework.bin`, 1 * MB);
  const shared = await teacher.share(lesson);
  assert.equal(await sha256((await pupil.get("lesson.bin")).path), await sha256(lesson));
  await pupil.share(homework);
  assert.equal(await sha256((await teacher.get("homework.bin")).path), await sha256(homework));
  assert.equal((await pupil.search("lesson"))[0]?.id, shared.id);

  const seen = await until("each sees the other", async () => {
    const [ofPupil, ofTeacher] = [await pupil.json<LocalPeer[]>("peers"), await teacher.json<LocalPeer[]>("peers")];
    return ofPupil.length === 1 && ofTeacher.length === 1 && [...ofPupil, ...ofTeacher];
  });
  assert.deepEqual(seen.map(({ name, host, port }) => [name, host, port]), [
    ["teacher", teachers.address, teacher.port],
    ["pupil", pupils.address, pupil.port],
  ]);
});
