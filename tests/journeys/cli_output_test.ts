import assert from "node:assert/strict";
import { calledAs } from "../../lib/cli/command_line.ts";
import { watchedConsole } from "../../lib/cli/console.ts";
import { plainly } from "../../lib/cli/plainly.ts";
import { barLine, measuring } from "../../lib/cli/progress.ts";
import { table } from "../../lib/cli/table.ts";
import { displayWidth, shorten } from "../../lib/cli/width.ts";
import type { Download } from "../../lib/core/local_messages.ts";
import { formatAgo } from "../../lib/core/units.ts";
import { PEER_ID } from "./fake_local_peer.ts";

/** What the command line draws: widths, tables, the progress line, the console of a tracker or peer. */

const download = (more: Partial<Download> = {}): Download => ({
  id: "0123456789abcdef",
  fileId: "1".repeat(64) as Download["fileId"],
  shareId: "2".repeat(32) as Download["shareId"],
  owner: "alice",
  name: "Cours de mathématiques, chapitre 4, fonctions exponentielles et logarithmes.pdf",
  kind: "file",
  status: "fetching",
  size: 1_000_000,
  done: 370_000,
  rate: 5_100_000,
  secondsLeft: 0.12,
  sources: [{ peerId: PEER_ID, name: "alice", bytes: 370_000, rate: 5_100_000 }],
  out: "/downloads",
  createdAt: "2026-09-01T08:00:00.000Z",
  ...more,
});

Deno.test("wide letters and emoji take two cells, combined letters one", () => {
  for (
    const [text, width] of [["abc", 3], ["été", 3], ["e\u0301", 1], ["数学", 4], ["👩‍🏫", 2], ["❤️", 2], [
      "ｱ",
      1,
    ]] as const
  ) {
    assert.equal(displayWidth(text), width, text);
  }
  assert.equal(shorten("chapitre 4 des cours.pdf", 13), "chapit…rs.pdf");
  assert.equal(shorten("数学数学数学.pdf", 9), "数学….pdf");
  assert.equal(shorten("short.pdf", 9), "short.pdf");
});

Deno.test("the progress line keeps percentage, rate, time left and sources at 80 columns, whatever the name", () => {
  for (const columns of [60, 80, 200]) {
    const line = barLine(download(), 0.37, 20, columns);
    assert.ok(displayWidth(line) < columns, line);
    assert.equal(line.includes("█"), columns >= 80, line);
    assert.match(line, /^Cours.*….*\.pdf {2}(█+░+ {2})?37 % {2}5\.1 MB\/s {2}1 s left {2}from 1 computer$/);
  }
  assert.match(barLine(download({ name: "数".repeat(200) }), 0.37, 20, 80), /from 1 computer$/);
});

Deno.test("a rate that the peer does not tell is measured", () => {
  let now = 0;
  const measured = measuring(() => now);
  const folder = download({ kind: "folder", rate: 0, done: 0 });
  assert.equal(measured(folder).rate, 0);
  now = 1_000;
  const { rate, secondsLeft } = measured({ ...folder, done: 250_000 });
  assert.deepEqual([rate, secondsLeft], [250_000, 3]);
  assert.equal(measured(download()).rate, 5_100_000);
});

Deno.test("a table fits the window by shortening what may be shortened, and is whole in a pipe", () => {
  const rows = [["x".repeat(50), "1 MB", "/home/alice/documents/" + "y".repeat(40)]];
  const shape = { right: [1], cut: [2, 0] };
  const narrow = table(["Name", "Size", "Path"], rows, { ...shape, columns: 60 });
  for (const line of narrow.split("\n")) assert.ok(displayWidth(line) <= 60, line);
  assert.ok(table(["Name", "Size", "Path"], rows, shape).includes(rows[0]!.join("  ")));
});

Deno.test("times are said as how long ago they were", () => {
  assert.deepEqual([-5, 12_300, 200_000].map((ms) => formatAgo(ms)), ["1 s ago", "12 s ago", "3 min ago"]);
  assert.equal(formatAgo(12_000, "fr"), "il y a 12 s");
});

Deno.test("the console tells in plain sentences that the tracker went and came back", () => {
  const said: string[] = [];
  const tell = watchedConsole("http://t:5000", (line) => void said.push(line));
  const entry = (level: string, code: string, message = code, data = {}) => tell({ level, code, message, data });
  entry("info", "tracker-online");
  entry("warning", "tracker-offline", "The tracker does not answer: …", { code: "unreachable" });
  entry("info", "tracker-online");
  entry("info", "peer-started");
  entry("warning", "not-shared", "x\u001b is too large.", { id: 1 });
  assert.deepEqual(said, [
    "The tracker at http://t:5000 does not answer; trying again.",
    "The tracker at http://t:5000 answers again.",
    "x\\u001b is too large.",
  ]);
});

Deno.test("what Deno says about its own permissions does not reach users", () => {
  const error = (() => {
    try {
      Deno.readTextFileSync("/proc/version");
    } catch (error) {
      return error as Error;
    }
  })();
  const said = 'Requires all access to "/proc/version", run again with the --allow-all flag';
  assert.equal(plainly(`Cannot read it: ${said}.`), 'Cannot read it: Essaim may not use "/proc/version".');
  assert.doesNotMatch(plainly(error?.message ?? ""), /run again/);
});

Deno.test("hints name the executable file as a shell finds it", () => {
  const file = "/home/zoé/My files/essaim";
  for (
    const [folder, searchPath, expected] of [
      ["/home/zoé/My files", "/bin", "./essaim"],
      ["/home/zoé", "/bin:/home/zoé/My files", "essaim"],
      ["/home/zoé", "", `"${file}"`],
    ] as const
  ) {
    assert.equal(calledAs(file, folder, searchPath), expected, folder);
  }
});
