import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { findChromium } from "../browser/chromium.ts";
import { MB, randomFile, sha256 } from "../journeys/files.ts";
import { Classroom } from "../journeys/processes.ts";
import { loneComputer, skipped } from "./networks.ts";
import type { Opened } from "./offline_browser.ts";

const BROWSER = fileURLToPath(new URL("offline_browser.ts", import.meta.url));

Deno.test("without any network everything starts, pages come alive, and a file goes from one peer to the other", async () => {
  if (!findChromium()) return skipped("no Chromium here");
  await using computer = await loneComputer();
  if (!computer) return;
  await using room = await Classroom.open();
  const tracker = await room.startTracker({ within: computer.within });
  const [alice, bob] = [
    await room.startPeer("alice", { within: computer.within }),
    await room.startPeer("bob", { within: computer.within }),
  ];
  const lesson = await randomFile(`${room.folder}/lesson.bin`, 1 * MB);
  await alice.share(lesson);
  assert.equal(await sha256((await bob.get("lesson.bin")).path), await sha256(lesson));

  const { uiPort } = JSON.parse(await Deno.readTextFile(`${alice.data}/run.json`));
  const own = `http://127.0.0.1:${uiPort}`;
  const urls = [
    ...["/", "/files", "/network", "/transfers", "/settings"].map((path) => `${own}${path}`),
    `http://127.0.0.1:${tracker.port}/`,
  ];
  const [program = "", ...args] = [...computer.within, Deno.execPath(), "run", "-q", "-A", BROWSER, ...urls];
  const { stdout, stderr } = await new Deno.Command(program, { args }).output();
  assert.ok(stdout.length > 0, new TextDecoder().decode(stderr));
  const pages: Opened[] = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual(pages, urls.map((url) => ({ url, title: true, alive: true, complaints: [], outside: [] })));
});
