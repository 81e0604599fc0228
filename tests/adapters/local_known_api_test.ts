import assert from "node:assert/strict";
import { Doctor, type DoctorPorts } from "../../lib/app/doctor.ts";
import { doctorViewSchema } from "../../lib/core/doctor_messages.ts";
import { knownAddressSchema } from "../../lib/core/known_address.ts";
import { localApi, type LocalPeerParts } from "../../routes/api/local.ts";
import { Known } from "../app/known_setup.ts";
import { peerId } from "../fakes.ts";

/** The local API about other computers, over a room of invented ones. */
function asking(room: Known) {
  const known = room.open();
  const ports: Partial<DoctorPorts> = {
    ...{ clock: room.clock, log: room.log, self: peerId(1), neighbours: room.neighbours },
    known: () => known.list(),
    membership: { current: undefined, standing: undefined },
    cards: () => [],
    listening: () => ({ host: "0.0.0.0", port: 5001 }),
    discovery: () => undefined,
    echo: () => Promise.resolve({ broadcast: undefined, multicast: undefined }),
    diskFree: () => Promise.resolve(1e12),
    tracker: { url: () => "", isOnline: () => false, askAsMember: () => Promise.resolve() },
  };
  const doctor = new Doctor(ports as DoctorPorts);
  const parts: Partial<LocalPeerParts> = { known, doctor, onError: () => {} };
  const answer = localApi(parts as LocalPeerParts);
  return (method: string, path: string, body?: unknown) =>
    answer(
      new Request(`http://127.0.0.1${path}`, body === undefined ? { method } : { method, body: JSON.stringify(body) }),
      { kind: "local" },
    );
}

Deno.test("addresses are connected, listed and forgotten by the local API", async () => {
  const room = new Known();
  room.places.set("10.0.0.2:5001", { peer: peerId(2), name: "bob" });
  room.places.set("[fd00::3]:5001", { peer: peerId(3), name: "carl" });
  const ask = asking(room);
  const connected = await ask("POST", "/api/peers/connect", { address: "10.0.0.2" });
  assert.deepEqual(await connected.json(), { peerId: peerId(2), name: "bob", host: "10.0.0.2", port: 5001 });
  await ask("POST", "/api/peers/connect", { address: "[fd00::3]:5001" });
  const list = async () => knownAddressSchema.array().parse(await (await ask("GET", "/api/peers/known")).json());
  assert.deepEqual((await list()).map(({ address }) => address).sort(), ["10.0.0.2:5001", "[fd00::3]:5001"]);
  assert.equal((await ask("DELETE", `/api/peers/known/${encodeURIComponent("[fd00::3]:5001")}`)).status, 204);
  assert.deepEqual((await list()).map(({ address }) => address), ["10.0.0.2:5001"]);
  for (
    const [method, path, body, expected] of [
      ["DELETE", "/api/peers/known/10.0.0.9", undefined, "404 not-found"],
      ["DELETE", "/api/peers/known/%E0%A4%A", undefined, "400 bad-input"],
      ["DELETE", "/api/peers/known/a%20b", undefined, "400 bad-input"],
      ["POST", "/api/peers/connect", {}, "400 bad-input"],
      ["POST", "/api/peers/connect", { address: "10.0.0.9" }, "502 unreachable"],
      ["POST", "/api/peers/connect", { address: "x".repeat(301) }, "400 bad-input"],
      ["POST", "/api/peers/connect", { address: "nothing at all" }, "400 bad-input"],
    ] as const
  ) {
    const response = await ask(method, path, body);
    assert.equal(`${response.status} ${(await response.json()).code}`, expected, path);
  }
});

Deno.test("the doctor is begun by one request and followed by others", async () => {
  const ask = asking(new Known());
  const view = async (method: string) => doctorViewSchema.parse(await (await ask(method, "/api/doctor")).json());
  assert.equal((await view("GET")).state, "idle");
  assert.equal((await view("POST")).state, "running");
  let seen = await view("GET");
  for (let times = 0; seen.state === "running" && times < 100; times++) seen = await view("GET");
  assert.equal(seen.state, "done");
  assert.ok(seen.lines.some(({ finding }) => finding === "addresses-none"));
});
