import assert from "node:assert/strict";
import { Groups } from "../../lib/app/groups.ts";
import type { HeardTracker } from "../../lib/app/heard_trackers.ts";
import type { MembershipView } from "../../lib/app/membership_view.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { classViewSchema } from "../../lib/core/local_messages.ts";
import { localApi, type LocalPeerParts } from "../../routes/api/local.ts";
import { MyFilesSetup } from "../app/my_files_setup.ts";
import { BOB, CHLOE, joined } from "../app/sharing_setup.ts";
import { hexId } from "../fakes.ts";

const HEARD = "00443214c74254b635cf84653a56d7c675be77df00443214c74254b635cf8465" as HeardTracker["class"];

/** The local API about the class over real sharing; joining is only looked at. */
class Asking implements AsyncDisposable {
  readonly joins: unknown[] = [];
  readonly #answer;

  private constructor(readonly setup: MyFilesSetup) {
    const { people, share: shares, clock, membership: fake } = setup.sharing;
    let ids = 0;
    const groups = new Groups({ people, shares, clock, newId: () => hexId(++ids, 32).slice(16) });
    const membership: Partial<MembershipView> = {
      people: () => fake.people(),
      refreshPeople: () => Promise.resolve(),
      trackerUrl: () => "http://10.0.0.1:5000",
      join: (request) => {
        this.joins.push(request);
        if (request.name === "bob") throw new EssaimError("name-taken", "Somebody is called bob.");
        fake.current = joined();
        return Promise.resolve();
      },
      leave: () => Promise.resolve(void (fake.current = undefined)),
      deviceCode: () => Promise.resolve({ code: "AAAA", link: "http://x/join#AAAA", until: "2026-12-01T00:00:00Z" }),
      exportIdentity: (passphrase) => Promise.resolve(new TextEncoder().encode(passphrase)),
    };
    Object.defineProperties(membership, {
      current: { get: () => fake.current },
      standing: { get: () => fake.removed ? { name: "Terminale S2", user: BOB, removed: true } : undefined },
    });
    const parts: Partial<LocalPeerParts> = {
      ...{ shares, groups, myFiles: setup.my, announcer: undefined, onError: () => {} },
      membership: membership as MembershipView,
      heard: () =>
        [["Terminale S2", "http://10.0.0.2:5000"], ["Seconde", "http://10.0.0.3:5000"]]
          .map(([name, url]) => ({ class: HEARD, name: name!, url: url!, heardAt: 0 })),
    };
    this.#answer = localApi(parts as LocalPeerParts);
  }

  static async make(): Promise<Asking> {
    return new Asking(await MyFilesSetup.make());
  }

  ask(method: string, path: string, body?: unknown): Promise<Response> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    return this.#answer(new Request(`http://127.0.0.1${path}`, init), { kind: "local" });
  }

  // deno-lint-ignore no-explicit-any
  async json(method: string, path: string, body?: unknown): Promise<any> {
    return await (await this.ask(method, path, body)).json();
  }

  async code(method: string, path: string, body?: unknown): Promise<string> {
    const response = await this.ask(method, path, body);
    return `${response.status} ${(await response.json()).code}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.setup[Symbol.asyncDispose]();
  }
}

Deno.test("the class is shown, joined and left; removed computers are told so", async () => {
  await using here = await Asking.make();
  const { membership } = here.setup.sharing;
  membership.current = undefined;
  assert.deepEqual(await here.json("GET", "/api/class"), {
    joined: null,
    removedFrom: null,
    tracker: "http://10.0.0.1:5000",
    heard: [
      { name: "Seconde", tracker: "http://10.0.0.3:5000", fingerprint: "0123-4567" },
      { name: "Terminale S2", tracker: "http://10.0.0.2:5000", fingerprint: "0123-4567" },
    ],
  });
  const link = "http://10.0.0.1:5000/join#ABCD-EFGH-JKMN-PQRS";
  assert.equal(await here.code("POST", "/api/class/join", { link, name: "bob" }), "409 name-taken");
  for (
    const wrong of [{}, { link }, { link: "", name: "x" }, { link, name: "" }, { link: "x".repeat(501), name: "x" }]
  ) {
    assert.equal(await here.code("POST", "/api/class/join", wrong), "400 bad-input");
  }
  const heard = "http://10.0.0.2:5000/join#0123-4567";
  const view = classViewSchema.parse(await here.json("POST", "/api/class/join", { link, heard, name: "alice" }));
  assert.deepEqual([view.joined?.name, view.joined?.me, view.joined?.people.length], ["Terminale S2", "alice", 3]);
  assert.deepEqual(view.heard, [], "in a class, others are not proposed");
  assert.deepEqual(here.joins, [{ link, name: "bob" }, { link, heard, name: "alice" }]);
  assert.equal((await here.json("POST", "/api/class/device-code")).code, "AAAA");
  const file = await here.ask("POST", "/api/identity/export", { passphrase: "long enough" });
  assert.deepEqual([await file.text(), file.headers.get("cache-control")], ["long enough", "no-store"]);
  assert.equal(await here.code("POST", "/api/identity/export", { passphrase: "short" }), "400 bad-input");
  assert.equal((await here.json("POST", "/api/class/leave")).joined, null);
  membership.removed = true;
  assert.equal((await here.json("GET", "/api/class")).removedFrom, "Terminale S2");
});

Deno.test("groups are made, changed and removed, and shares follow them", async () => {
  await using here = await Asking.make();
  const { sharing: s } = here.setup;
  const group = await here.json("POST", "/api/groups", { name: "Group 1", users: [BOB] });
  assert.equal(await here.code("POST", "/api/groups", { name: "group 1", users: [] }), "409 conflict");
  assert.equal(await here.code("POST", "/api/groups", { name: "x", users: ["bob"] }), "400 bad-input");
  const path = await s.write("a.txt", "a");
  const shared = await here.json("POST", "/api/shares", { path, groups: [group.id] });
  assert.deepEqual([shared.visibility, shared.groups, shared.allow], ["private", [group.id], [BOB]]);
  const url = `/api/shares/${shared.shareId}`;
  assert.equal(await here.code("PATCH", url, { allow: [hexId(99, 32)] }), "400 bad-input");
  assert.equal(await here.code("PATCH", url, { visibility: "class", allow: [BOB] }), "400 bad-input");
  assert.deepEqual((await here.json("PATCH", url, { allow: [CHLOE] })).allow, [BOB, CHLOE], "the group stays");
  await here.json("PATCH", `/api/groups/${group.id}`, { users: [] });
  assert.deepEqual(s.readers(), ["a.txt private chloé"]);
  assert.equal((await here.ask("DELETE", `/api/groups/${group.id}`)).status, 204);
  assert.equal(await here.code("DELETE", `/api/groups/${group.id}`), "404 not-found");
  assert.equal(await here.code("DELETE", "/api/groups/x"), "400 bad-input");
  assert.deepEqual(await here.json("GET", "/api/groups"), []);
});
