import assert from "node:assert/strict";
import type { UserId } from "../../lib/core/ids.ts";
import {
  isCalled,
  isShown,
  ROSTER_FILTERS,
  ROSTER_STATES,
  rosterRows,
  type RosterUser,
} from "../../lib/core/teacher_roster.ts";
import { hexId, peerId } from "../fakes.ts";

type Device = RosterUser["devices"][number];

const device = (number: number, state: Device["state"] = "active"): Device => ({
  ...{ peerId: peerId(number), state, enrolledAt: 1, until: 2 },
});
const user = (name: string, state: RosterUser["state"], ...devices: Device[]): RosterUser => ({
  ...{ user: hexId<UserId>(1, 32), name, state, since: 1, devices },
});

const presence = {
  present: () => new Map([1, 9].map((number) => [peerId(number), { name: "x", address: "10.0.0.1" }])),
  lastSeen: (peer: string) => ({ [peerId(2)]: 200, [peerId(3)]: 300 })[peer],
};

Deno.test("each person is here, was here, is awaited, or is gone", () => {
  for (
    const [line, expected] of [
      [user("a", "active", device(1)), ["here", undefined, 1]],
      [user("a", "active", device(2), device(1)), ["here", undefined, 2]],
      [user("a", "active", device(2), device(3)), ["away", 300, 2]],
      [user("a", "active", device(4)), ["away", undefined, 1]],
      // A removed computer that is on does not make anybody present.
      [user("a", "active", device(9, "revoked"), device(2)), ["away", 200, 1]],
      [user("a", "active", device(9, "revoked"), device(3, "revoked")), ["awaited", 300, 0]],
      [user("a", "active"), ["awaited", undefined, 0]],
      [user("a", "invited"), ["invited", undefined, 0]],
      [user("a", "removed", device(9, "revoked")), ["removed", undefined, 0]],
    ] as const
  ) {
    const [row] = rosterRows([line], presence);
    assert.deepEqual([row!.state, row!.lastSeen, row!.computers], expected, JSON.stringify(line));
  }
});

Deno.test("people are listed by name as a person sorts them", () => {
  const names = ["Zoé", "bob", "Élodie", "Eva", "pupil 10", "pupil 9", "alice"];
  const rows = rosterRows(names.map((name) => user(name, "active")), presence);
  assert.deepEqual(rows.map(({ name }) => name), ["alice", "bob", "Élodie", "Eva", "pupil 9", "pupil 10", "Zoé"]);
});

Deno.test("each state is in one group besides everybody, and who was removed is in no other", () => {
  for (const state of ROSTER_STATES) {
    const groups = ROSTER_FILTERS.filter((filter) => isShown({ state }, filter));
    assert.deepEqual(groups.includes("all"), state !== "removed", state);
    assert.equal(groups.filter((group) => group !== "all").length, 1, state);
  }
  for (
    const [query, expected] of [["", true], ["elo", true], ["LEF elo", true], ["éLODIE", true], ["bob", false]] as const
  ) assert.equal(isCalled({ name: "Élodie Lefèvre" }, query), expected, query);
});
