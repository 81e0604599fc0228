import assert from "node:assert/strict";
import { join } from "node:path";
import { openClassStore } from "../../lib/adapters/sqlite_class_store.ts";
import { openSwarmIndex } from "../../lib/adapters/sqlite_swarm_index.ts";
import type { ClassDevice, ClassUser } from "../../lib/class_ports.ts";
import type { UserId } from "../../lib/core/ids.ts";
import { announceBy, FakeLog, hexId, peerId } from "../fakes.ts";
import { tempDir } from "../temp.ts";

const user = (number: number, changes: Partial<ClassUser> = {}): ClassUser => ({
  user: hexId<UserId>(number, 32),
  name: `pupil ${number}`,
  state: "active",
  since: 1_000 + number,
  ...changes,
});
const device = (number: number, owner: number, changes: Partial<ClassDevice> = {}): ClassDevice => ({
  peerId: peerId(number),
  user: hexId<UserId>(owner, 32),
  key: { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) },
  state: "active",
  enrolledAt: 1_000 + number,
  until: 9_000,
  ...changes,
});
const open = async (dir?: string) => {
  const path = join(dir ?? await tempDir(), "tracker.db");
  return { path, store: openClassStore({ path, log: new FakeLog() }) };
};

Deno.test("users and computers of a class are still there after the tracker was stopped", async () => {
  const { path, store } = await open();
  store.putUser(user(1), ["pupil1", "PUPIL1"]);
  store.putUser(user(2, { state: "invited" }), ["pupil2"]);
  store.putDevice(device(1, 1));
  store.putDevice(device(2, 1, { state: "revoked" }));
  store.putDevice(device(1, 1, { until: 9_500 }));
  store.note({ at: 5, action: "joined", about: "pupil 1", by: "192.168.1.7" });
  store[Symbol.dispose]();

  using again = openClassStore({ path, log: new FakeLog() });
  assert.deepEqual(again.users(), [user(1), user(2, { state: "invited" })]);
  assert.deepEqual(again.user(user(1).user), user(1));
  assert.equal(again.user(hexId(9, 32)), undefined);
  assert.deepEqual(again.devicesOf(user(1).user), [
    device(1, 1, { until: 9_500 }),
    device(2, 1, { state: "revoked" }),
  ]);
  assert.deepEqual(again.device(peerId(2)), device(2, 1, { state: "revoked" }));
  assert.equal(again.device(peerId(3)), undefined);
  assert.equal(again.countUsers(), 2);
  assert.equal(again.countDevices(9_000), 1);
  assert.equal(again.countDevices(8_999), 2);
  assert.deepEqual(again.audit(10), [{ id: 1, at: 5, action: "joined", about: "pupil 1", by: "192.168.1.7" }]);
});

Deno.test("no two users have one look, except one that was removed", async () => {
  const { store } = await open();
  using _ = store;
  store.putUser(user(1), ["a", "b"]);
  assert.deepEqual(store.userNamed(["x", "b"]), user(1));
  assert.throws(() => store.putUser(user(2), ["c", "b"]));
  assert.equal(store.user(user(2).user), undefined); // nothing of it is kept
  assert.equal(store.userNamed(["c"]), undefined);
  store.putUser(user(1, { state: "removed" }), ["a", "b"]);
  store.putUser(user(2), ["c", "b"]);
  assert.deepEqual(store.userNamed(["a", "b"]), user(2));
  store.putUser(user(2, { name: "other" }), ["d"]);
  assert.equal(store.userNamed(["b"]), undefined);
});

Deno.test("a one-time code is taken once, and not after its time", async () => {
  const { store } = await open();
  using _ = store;
  store.putUser(user(1), ["a"]);
  const code = (hash: string, until = 100) => ({ user: user(1).user, hash, until });
  store.putCode(code("h1"));
  store.putCode(code("h2"));
  assert.deepEqual(store.takeCode("h1", 100), code("h1"));
  assert.equal(store.takeCode("h1", 100), undefined);
  assert.equal(store.takeCode("h2", 101), undefined);
  store.putCode(code("h3"));
  store.dropCodes(user(1).user);
  assert.equal(store.takeCode("h3", 0), undefined);
});

Deno.test("all of a change is kept, or nothing", async () => {
  const { store } = await open();
  using _ = store;
  store.putUser(user(1), ["a"]);
  store.putCode({ user: user(1).user, hash: "h", until: 100 });
  assert.throws(() =>
    store.atomically(() => {
      store.takeCode("h", 0);
      store.putDevice(device(1, 1));
      throw new Error("stop");
    }), /stop/);
  assert.equal(store.device(peerId(1)), undefined);
  assert.ok(store.takeCode("h", 0));
});

Deno.test("the audit log is read page by page, newest first, and does not grow without end", async () => {
  const { store } = await open();
  using _ = store;
  store.atomically(() => {
    for (let at = 1; at <= 20_010; at++) store.note({ at, action: "joined", about: "x", by: "teacher" });
  });
  const [newest, next] = store.audit(2);
  assert.deepEqual([newest!.at, next!.at], [20_010, 20_009]);
  assert.deepEqual(store.audit(1, next!.id).map(({ at }) => at), [20_008]);
  assert.equal(store.audit(30_000).length, 20_000);
});

Deno.test("class and swarm live in one database, each with a connection of its own", async () => {
  const dir = await tempDir();
  const path = join(dir, "tracker.db");
  const log = new FakeLog();
  using index = openSwarmIndex({ path, log, activityKept: 10 });
  using store = openClassStore({ path, log, checked: true });
  const { peerId: peer, name } = announceBy(peerId(1));
  const known = { peerId: peer, name, key: device(1, 1).key, serial: 1, index: undefined, lastSeen: 5 };
  index.apply({ peer: known, restart: false, records: [], completed: [], activity: [] });
  store.putUser(user(1), ["a"]);
  index.apply({ peer: { ...known, serial: 2 }, restart: false, records: [], completed: [], activity: [] });
  assert.equal(index.peer(peer)?.serial, 2);
  assert.equal(store.countUsers(), 1);
});
