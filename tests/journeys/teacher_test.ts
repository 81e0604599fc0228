import assert from "node:assert/strict";
import { TRACKER_SERVER_NAME } from "../../lib/core/class_messages.ts";
import type { Status } from "../../lib/core/local_messages.ts";
import { codeOf } from "../fakes.ts";
import { MB, randomFile, sha256 } from "./files.ts";
import { Classroom, type Found, type Peer } from "./processes.ts";
import { askPlainly, askSecurely, credentialsOf, serverOf } from "./strangers.ts";
import { Teacher } from "./teacher.ts";
import { until } from "./until.ts";

const SLOW = { settings: { limits: { download_rate: "1 MB/s" } } };
/** Whoever was removed asks every 15 s whether it may come back. */
const BACK_WITHIN_MS = 30_000;

const classOf = async (peer: Peer): Promise<Status["class"]> => (await (await peer.api()).status()).class;
const found = async (peer: Peer, words: string): Promise<string[]> =>
  (await (await peer.api()).search(words)).results.map(({ name }) => name);
const finds = (peer: Peer, words: string, names: string[], withinMs?: number) =>
  until(`${peer.data} finds ${names.join() || "nothing"} by ${words}`, async () => {
    return JSON.stringify((await found(peer, words)).toSorted()) === JSON.stringify(names.toSorted());
  }, withinMs);
const isRemoved = (peer: Peer) =>
  until(`${peer.data} knows that it was removed`, async () => (await classOf(peer))?.removed === true);
const isBack = (peer: Peer) =>
  until(`${peer.data} is back`, async () => (await classOf(peer))?.removed === false, BACK_WITHIN_MS);
const about = ({ id }: Found) => ({ path: `/v1/files/${id}` });
const refused = async (answer: Promise<{ status: number }>) => {
  const status = await answer.then(({ status }) => status, () => "hung up");
  return status === "hung up";
};

async function refuses(peer: Peer, link: string, name: string): Promise<string> {
  const { code, err } = await peer.cli("join", link, "--name", name);
  assert.notEqual(code, 0);
  return err;
}

async function joins(peer: Peer, link: string, name: string): Promise<void> {
  const { code, err } = await peer.cli("join", link, "--name", name);
  assert.equal(code, 0, err);
  await peer.answersMembers();
}

Deno.test("who is removed gets and shows nothing more, and when taken back everything is as before", async () => {
  await using room = await Classroom.with("alice", "carl");
  const teacher = new Teacher(room.tracker);
  const [alice, carl] = [room.peer("alice"), room.peer("carl")];
  const bob = await room.startPeer("bob", SLOW);
  await room.join("alice", "bob", "carl");
  const [pub, klass, secret] = [
    await bob.share(await randomFile(`${room.folder}/kiwi-public.bin`, MB)),
    await bob.share(await randomFile(`${room.folder}/kiwi-class.bin`, MB), "--class"),
    await bob.share(await randomFile(`${room.folder}/kiwi-secret.bin`, MB), "--private", "--allow", "carl"),
  ];
  const lesson = await randomFile(`${room.folder}/lesson.bin`, 8 * MB);
  const shared = await alice.share(lesson, "--class");
  await finds(carl, "kiwi", ["kiwi-public.bin", "kiwi-class.bin", "kiwi-secret.bin"]);
  await carl.get(klass.id);
  await carl.get(secret.id);
  await finds(bob, "lesson", ["lesson.bin"]);
  const download = await bob.begin(shared);
  await bob.reaches(download, ["fetching"], 0.1);
  const credentials = await credentialsOf(bob);
  const servers = { alice: await serverOf(alice), carl: await serverOf(carl), bob: await serverOf(bob) };
  const asBob = (holder: Peer, server: string, file: Found) => askSecurely(holder, server, credentials, about(file));
  assert.equal((await asBob(alice, servers.alice, shared)).status, 200);

  await teacher.remove("bob");
  await isRemoved(bob);
  assert.match((await bob.cli("class")).out, /the teacher has removed this computer from/);
  await until("alice refuses bob", () => refused(asBob(alice, servers.alice, shared)));
  assert.ok(await refused(askSecurely(room.tracker, TRACKER_SERVER_NAME, credentials, { path: "/api/members" })));
  const before = await bob.reaches(download, ["waiting"]);
  assert.ok(before.done < before.size);
  await finds(alice, "kiwi", ["kiwi-public.bin"]);
  await finds(carl, "kiwi", ["kiwi-public.bin"]);
  await finds(bob, "lesson", []);
  assert.match(await refuses(bob, await room.joinLink(), "bob"), /taken? you back|taken back/);
  // Not by another holder either, and no longer by bob itself.
  const alices = await credentialsOf(alice);
  await until("carl gives nothing of bob's to alice", async () => {
    return (await askSecurely(carl, servers.carl, alices, about(klass))).status === 404;
  });
  for (const file of [klass, secret]) assert.equal((await askPlainly(bob.port, about(file))).status, 404);
  assert.equal((await askPlainly(bob.port, about(pub))).status, 200);
  const { path } = await alice.get(pub.id);
  assert.equal(await sha256(path), await sha256(`${room.folder}/kiwi-public.bin`));
  assert.equal((await alice.cli("get", klass.id)).code, 1);
  assert.equal((await bob.reaches(download, ["waiting"])).done, before.done);

  await teacher.takeBack("bob");
  await isBack(bob);
  await finds(carl, "kiwi", ["kiwi-public.bin", "kiwi-class.bin", "kiwi-secret.bin"]);
  await finds(alice, "kiwi", ["kiwi-public.bin", "kiwi-class.bin"]);
  const again = await alice.get(klass.id);
  assert.equal(await sha256(again.path), await sha256(`${room.folder}/kiwi-class.bin`));
  const complete = await bob.completes(download, 60_000); // goes on by itself
  assert.equal(await sha256(complete.path), await sha256(lesson));

  await teacher.rename("bob", "Robert");
  await until("the others see it", async () => {
    const { joined } = await (await alice.api()).class();
    return joined?.people.some(({ name }) => name === "Robert");
  });
  await until("bob's certificate says it", async () => (await (await bob.api()).class()).joined?.me === "Robert");
  await until("searches say it", async () => {
    const { results } = await (await carl.api()).search("kiwi-secret");
    return results[0]?.owner === "Robert";
  });
});

Deno.test("who is reset comes back by the code with the same computer or another one, once, and is the same user", async () => {
  await using room = await Classroom.ofMembers("alice", "bob", "carl");
  const teacher = new Teacher(room.tracker);
  const [alice, bob, carl] = [room.peer("alice"), room.peer("bob"), room.peer("carl")];
  const other = await room.startPeer("other");
  const plum = await alice.share(await randomFile(`${room.folder}/plum.bin`, MB), "--private", "--allow", "bob");
  await bob.share(await randomFile(`${room.folder}/own.bin`, MB), "--private", "--allow", "alice");
  await finds(bob, "plum", ["plum.bin"]);
  await finds(alice, "own", ["own.bin"]);

  const first = await teacher.reset("bob");
  await isRemoved(bob);
  await finds(alice, "own", []);
  await refuses(bob, await room.joinLink(), "bob");
  await refuses(carl, first, "carl"); // is somebody else; the code stays valid
  await joins(bob, first, "whatever");
  assert.equal((await (await bob.api()).class()).joined?.me, "bob");
  await finds(bob, "plum", ["plum.bin"]);
  await finds(alice, "own", ["own.bin"]);
  await bob.get(plum.id);
  await refuses(other, first, "other"); // used up

  const second = await teacher.reset("bob");
  await joins(other, second, "whatever");
  assert.equal((await (await other.api()).class()).joined?.me, "bob");
  await finds(other, "plum", ["plum.bin"]);
  await other.get(plum.id);
  await isRemoved(bob);
  await refuses(bob, second, "bob");
  assert.equal((await classOf(bob))?.removed, true);

  // The old computer again, by a code that the new one makes: both are bob's, and show each other what is private.
  const { link } = await (await other.api()).deviceCode();
  await joins(bob, link, "x");
  await finds(other, "own", ["own.bin"]);
  const [own] = (await (await other.api()).search("own")).results;
  const { path } = await other.get(own!.id);
  assert.equal(await sha256(path), await sha256(`${room.folder}/own.bin`));
  await refuses(alice, link, "alice");
});

Deno.test("whoever takes the name of a removed user is somebody else, and the removed one comes back under another name", async () => {
  await using room = await Classroom.ofMembers("alice", "bob");
  const teacher = new Teacher(room.tracker);
  const [alice, bob] = [room.peer("alice"), room.peer("bob")];
  const newcomer = await room.startPeer("newcomer");
  const plum = await alice.share(await randomFile(`${room.folder}/plum.bin`, MB), "--private", "--allow", "bob");
  await bob.share(await randomFile(`${room.folder}/own.bin`, MB), "--private", "--allow", "alice");
  await finds(bob, "plum", ["plum.bin"]);
  await refuses(newcomer, await room.joinLink(), "Bob");
  await teacher.remove("bob");
  await isRemoved(bob);
  await joins(newcomer, await room.joinLink(), "Bob");
  await until("alice knows it", async () => {
    return (await (await alice.api()).class()).joined?.people.some(({ name }) => name === "Bob");
  });
  assert.deepEqual(await found(newcomer, "plum"), []);
  assert.deepEqual(await found(newcomer, "own"), []);
  assert.equal((await newcomer.cli("get", plum.id)).code, 1);
  const credentials = await credentialsOf(newcomer);
  assert.equal((await askSecurely(alice, await serverOf(alice), credentials, about(plum))).status, 404);

  const page = await teacher.person("bob", "removed");
  assert.equal((await teacher.send(`${page}/restore`)).status, 409);
  assert.equal((await classOf(bob))?.removed, true);
  assert.equal((await teacher.send(`${page}/restore`, { name: "Bob Martin" })).status, 303);
  await isBack(bob);
  await until("it is called so", async () => (await (await bob.api()).class()).joined?.me === "Bob Martin");
  await finds(bob, "plum", ["plum.bin"]);
  await finds(alice, "own", ["own.bin"]);
  assert.deepEqual(await found(newcomer, "plum"), []);
});

Deno.test("a class by roster takes only the codes on paper; a class code is replaced, and not guessed", async () => {
  await using room = await Classroom.with("alice", "bob", "carl");
  const teacher = new Teacher(room.tracker);
  const [alice, bob, carl] = [room.peer("alice"), room.peer("bob"), room.peer("carl")];
  const code = await room.joinLink();
  await teacher.setEnrolment("roster");
  const [zoe, leo] = await teacher.invite("Nom;Prénom\nDUPONT;Zoé\nMARTIN;Léo\n");
  await refuses(carl, code, "carl");
  await joins(alice, zoe!, "someone");
  assert.equal((await (await alice.api()).class()).joined?.me, "Zoé DUPONT");
  await refuses(carl, zoe!, "carl");
  // A file for somebody who has not come yet.
  await alice.share(await randomFile(`${room.folder}/plum.bin`, MB), "--private", "--allow", "Léo MARTIN");
  await joins(bob, leo!, "someone");
  await finds(bob, "plum", ["plum.bin"]);

  await teacher.setEnrolment("code");
  await teacher.newCode();
  await refuses(carl, code, "carl");
  const link = await room.joinLink();
  const tried = async (link: string) => {
    const api = await carl.api();
    return await codeOf(api.join({ link, name: "carl" }));
  };
  const codes: unknown[] = [];
  while (codes.at(-1) !== "limited" && codes.length < 6) codes.push(await tried(`${link.slice(0, -9)}0000-0001`));
  assert.equal(codes.at(-1), "limited", codes.join());
  assert.ok(codes.slice(0, -1).every((code) => code === "wrong-code"), codes.join());
  assert.equal(await tried(link), "limited"); // also by the right one, for a minute
});
