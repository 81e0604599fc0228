import assert from "node:assert/strict";
import type { ClassView } from "../../lib/core/local_messages.ts";
import { hexId } from "../fakes.ts";
import { essaim, essaimCommand } from "./cli_runner.ts";
import { fakeLocalPeer, localShare } from "./fake_local_peer.ts";

/** Commands about the class, against an invented local API. */

type Joined = NonNullable<ClassView["joined"]>;
const [ALICE, BOB, CHLOE] = [0xa, 0xb, 0xc].map((n) => hexId<Joined["user"]>(n, 32)) as [
  Joined["user"],
  Joined["user"],
  Joined["user"],
];
const GROUP = "00000000000000aa";

async function inClass() {
  const peer = await fakeLocalPeer();
  peer.class = {
    joined: {
      class: hexId<Joined["class"]>(1, 64),
      name: "Terminale S2",
      user: ALICE,
      me: "alice",
      until: "2026-12-24T10:00:00.000Z",
      people: [{ id: BOB, name: "bob" }, { id: CHLOE, name: "Chloé" }],
      groups: [{ id: GROUP, name: "Group 1", users: [BOB] }],
    },
    removedFrom: null,
    tracker: "http://10.0.0.1:5000",
    heard: [],
  };
  return peer;
}

Deno.test("share names people and groups, and says with whom it shared", async () => {
  await using peer = await inClass();
  const share = async (...options: string[]) => {
    peer.asked.splice(0);
    const { code, out, err } = await essaim(["share", "/a.txt", ...options, "--data", peer.data]);
    const [asked] = peer.asked;
    return {
      code,
      said: out.split("\n")[0] + err,
      asked: asked && JSON.parse(asked.slice("POST /api/shares ".length)),
    };
  };
  assert.deepEqual(await share("--class"), {
    code: 0,
    said: "Shared a.txt (5 B) with the class",
    asked: { path: "/a.txt", visibility: "class" },
  });
  assert.deepEqual(await share("--allow", "CHLOÉ, group 1,alice"), {
    code: 0,
    said: "Shared a.txt (5 B) with Group 1, Chloé",
    asked: { path: "/a.txt", visibility: "private", allow: [CHLOE], groups: [GROUP] },
  });
  assert.deepEqual((await share("--private")).said, "Shared a.txt (5 B) with only me");
  const unknown = await share("--allow", "bbo,chloé");
  assert.deepEqual([unknown.code, unknown.asked], [1, undefined]);
  assert.match(unknown.said, /no group, is called bbo\. Did you mean bob\?/);
  assert.equal((await share("--class", "--allow", "bob")).code, 2);
  peer.shares.push({ ...localShare("x", "1", "/x"), visibility: "private", users: [BOB, hexId(9, 32)] });
  const { out } = await essaim(["shares", "--data", peer.data]);
  assert.match(out, /x +5 B +1 +bob, somebody who left the class/);
});

Deno.test("joining, leaving and showing the class", async () => {
  await using peer = await inClass();
  const { out: shown } = await essaim(["class", "--data", peer.data]);
  assert.match(
    shown,
    /^Class +Terminale S2\nMe +alice\nUntil +2026-12-24.*\nPeople +bob, Chloé\nGroup +Group 1 \(1 person\)\n$/,
  );
  assert.equal(JSON.parse((await essaim(["class", "--data", peer.data, "--json"])).out).joined.me, "alice");
  const joined = await essaim(["join", "http://10.0.0.1:5000/join#ABCD", "--name", "alice", "--data", peer.data]);
  assert.deepEqual([joined.code, joined.out], [0, "Joined Terminale S2 as alice.\n"]);
  assert.match((await essaim(["leave", "--data", peer.data])).out, /^Left Terminale S2\./);
  assert.deepEqual(peer.asked, [
    'POST /api/class/join {"link":"http://10.0.0.1:5000/join#ABCD","name":"alice"}',
    "POST /api/class/leave",
  ]);
  assert.equal((await essaim(["join", "X", "--data", peer.data])).code, 2, "a name is needed");
  peer.instead = () => Response.json({ code: "wrong-code", detail: "This is another class." }, { status: 403 });
  const wrong = await essaim(["join", "ABCD-EFGH-JKMN-PQRS", "--name", "x", "--data", peer.data]);
  assert.deepEqual([wrong.code, wrong.err], [1, "essaim: This is another class.\n"]);
});

Deno.test("in no class, those heard on this network are shown with how their codes begin", async () => {
  await using peer = await fakeLocalPeer();
  const heard = { name: "Terminale\u202e S2", tracker: "http://10.0.0.2:5000", fingerprint: "0123-4567" };
  peer.class = { joined: null, removedFrom: null, tracker: "", heard: [heard] };
  const { out } = await essaim(["class", "--data", peer.data]);
  assert.match(out, /^Class +none\n/);
  assert.match(
    out,
    /Heard +Terminale.* S2, codes begin with 0123-4567: join CODE --tracker http:\/\/10\.0\.0\.2:5000\n$/,
  );
  assert.doesNotMatch(out, /\u202e/);
});

Deno.test("groups are made, changed and removed by name", async () => {
  await using peer = await inClass();
  const group = (...args: string[]) => essaim(["group", ...args, "--data", peer.data]);
  assert.match((await group("list")).out, /Group 1 +bob/);
  assert.equal((await group("set", "group 1", "bob,chloé")).code, 0);
  assert.equal((await group("set", "New", "bob")).code, 0);
  assert.equal((await group("remove", "Group 1")).code, 0);
  assert.deepEqual(peer.asked, [
    `PATCH /api/groups/${GROUP} {"users":["${BOB}","${CHLOE}"]}`,
    `POST /api/groups {"name":"New","users":["${BOB}"]}`,
    `DELETE /api/groups/${GROUP}`,
  ]);
  for (const wrong of [["set", "x"], ["remove", "nobody's"], ["rename", "x"]]) {
    assert.equal((await group(...wrong)).code, 2);
  }
});

Deno.test("an identity is moved only to where no other is, with its passphrase", async () => {
  const { encryptIdentity } = await import("../../lib/adapters/identity_file.ts");
  const { openIdentity } = await import("../../lib/adapters/identity.ts");
  const base = await Deno.makeTempDir({ prefix: "essaim-identity-" });
  try {
    const { keyPem, peerId } = await openIdentity(`${base}/old/identity`);
    const file = await encryptIdentity("correct horse", { key: keyPem, kept: undefined });
    assert.ok(!new TextDecoder().decode(file).includes("PRIVATE"));
    await Deno.writeFile(`${base}/moved`, file);
    const take = async (data: string, passphrase: string) => {
      const process = essaimCommand(["identity", "import", `${base}/moved`, "--data", data, "--passphrase-stdin"], {
        stdin: "piped",
      }).spawn();
      const writer = process.stdin.getWriter();
      await writer.write(new TextEncoder().encode(`${passphrase}\n`));
      await writer.close();
      const { code, stderr } = await process.output();
      return [code, new TextDecoder().decode(stderr)] as const;
    };
    const [wrong, why] = await take(`${base}/new`, "another horse");
    assert.equal(wrong, 1);
    assert.match(why, /passphrase is not the one/);
    assert.equal((await take(`${base}/new`, "correct horse"))[0], 0);
    assert.equal((await openIdentity(`${base}/new/identity`)).peerId, peerId);
    assert.equal((await Deno.stat(`${base}/new/identity/key.pem`)).mode! & 0o777, 0o600);
    await openIdentity(`${base}/other/identity`);
    const [other, refused] = await take(`${base}/other`, "correct horse");
    assert.equal(other, 1);
    assert.match(refused, /another identity already/);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
});
