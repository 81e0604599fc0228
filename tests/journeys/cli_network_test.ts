import assert from "node:assert/strict";
import type { DoctorLine } from "../../lib/core/doctor.ts";
import type { DoctorView } from "../../lib/core/doctor_messages.ts";
import { essaim } from "./cli_runner.ts";
import { fakeLocalPeer, PEER_ID } from "./fake_local_peer.ts";

/** Commands about the network, against an invented local API. */

const GOOD: DoctorLine = { id: "disk", state: "good", finding: "disk-good", values: { bytes: 50e9 } };
const WARN: DoctorLine = { id: "tracker", state: "warn", finding: "tracker-none", values: {} };
const BAD: DoctorLine = {
  id: "firewall",
  state: "bad",
  finding: "firewall-likely",
  values: { port: 5001 },
};
const HOSTILE: DoctorLine = {
  ...{ id: "peer", state: "warn", finding: "peer-silent" },
  values: { name: "\u001b[2Jeve", names: ["10.0.0.6"] },
};
const RUNNING: DoctorView = { state: "running", done: 1, total: 4, lines: [] };
const done = (...lines: DoctorLine[]): DoctorView => ({
  state: "done",
  done: 4,
  total: 4,
  at: "2026-11-25T10:00:00.000Z",
  lines,
});

Deno.test("doctor waits for the look to end, prints each line with what to do, and fails only when something is wrong", async () => {
  await using peer = await fakeLocalPeer();
  peer.doctor = [RUNNING, RUNNING, done(GOOD, WARN, BAD, HOSTILE)];
  const { code, out, err } = await essaim(["doctor", "--data", peer.data]);
  assert.equal(code, 1);
  assert.match(err, /Looking at the network/);
  const lines = out.trimEnd().split("\n");
  assert.match(lines[0]!, /^ok {4}Disk: 50.GB are free for downloads\.$/);
  assert.match(lines[1]!, /^look {2}Tracker: No tracker is set\./);
  assert.match(lines[2]!, /^ {6}-> To use one/);
  assert.match(lines[3]!, /^BAD {3}Firewall: .*port 5001/);
  assert.ok(!out.includes("\u001b"));
  peer.doctor = [done(GOOD, WARN)];
  const fine = await essaim(["doctor", "--json", "--data", peer.data]);
  assert.deepEqual([fine.code, fine.err], [0, ""]);
  const report = JSON.parse(fine.out);
  assert.equal(report.state, "warn");
  assert.deepEqual(report.lines[1], {
    ...WARN,
    title: "Tracker",
    says: "No tracker is set. Files are shared without it; numbers about the class are missing.",
    todo: "To use one, set its address in Settings, or join its class.",
  });
});

Deno.test("connect says whom it found, lists and forgets addresses, and tells mistakes of typing from silence", async () => {
  await using peer = await fakeLocalPeer();
  const connect = (...args: string[]) => essaim(["connect", ...args, "--data", peer.data]);
  assert.match((await connect()).err, /No address is remembered/);
  const row = { peerId: PEER_ID, lastSeen: "2026-11-25T10:00:00.000Z" };
  peer.known = [
    { ...row, address: "10.0.0.2:5001", kind: "by-hand", name: "bob", present: true },
    { ...row, address: "[fd00::3]:5001", kind: "met", name: "carl", present: false },
  ];
  const { out: list } = await connect();
  assert.match(list, /bob +10\.0\.0\.2:5001 +now +until removed/);
  assert.match(list, /carl +\[fd00::3\]:5001 +.* +14 days/);
  const connected = await connect("bob-pc");
  assert.deepEqual([connected.code, connected.out], [
    0,
    "Connected to bob at [fd00::2]:5001. The address is remembered.\n",
  ]);
  assert.equal(JSON.parse((await connect("bob-pc", "--json")).out).name, "bob");
  const silent = await connect("10.0.0.9");
  assert.deepEqual([silent.code, silent.err], [1, "essaim: 10.0.0.9:5001 does not answer.\n"]);
  assert.equal((await connect("10.0.0.2", "--remove")).out, "Forgot 10.0.0.2:5001.\n");
  peer.asked.splice(0);
  for (const wrong of [["a b"], ["fd00::2"], ["x:0"], ["--remove"]]) {
    const { code, err } = await connect(...wrong);
    assert.equal(code, 2, wrong.join(" "));
    assert.match(err, /Help:/);
  }
  assert.deepEqual(peer.asked, []);
});
