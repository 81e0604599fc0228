import assert from "node:assert/strict";
import { essaim, essaimCommand } from "./cli_runner.ts";
import { type FakeLocalPeer, fakeLocalPeer, found, localShare, PEER_ID } from "./fake_local_peer.ts";

/** The command line against an invented local API: what it asks, prints and returns. */

const id = (digit: string) => digit.repeat(64);

/** Lets a download of the fake peer run to its end while `get` follows. */
async function fetchSlowly(peer: FakeLocalPeer): Promise<void> {
  await until(() => peer.downloads.length > 0);
  for (const done of [3_000_000, 6_000_000, 9_000_000]) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    const sources = [{ peerId: PEER_ID, name: "alice", bytes: done, rate: 5e6 }];
    peer.progress({ status: "fetching", done, rate: 5e6, secondsLeft: 1, sources });
  }
  peer.progress({ status: "waiting", reason: "nobody who has it is present", sources: [] });
  await new Promise((resolve) => setTimeout(resolve, 60));
  const path = `${peer.data}/downloads/photos.bin`;
  peer.progress({ status: "complete", done: 12_000_000, path, finishedAt: new Date().toISOString() });
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(holds());
}

Deno.test("share sends absolute paths, shares what it can and says what it cannot", async () => {
  await using peer = await fakeLocalPeer();
  const { code, out, err } = await essaim(["share", "a.txt", "missing", "/b.txt", "--data", peer.data, "--json"], {
    cwd: peer.data,
  });
  assert.equal(code, 1);
  assert.match(err, /missing is not shared/);
  const folder = await Deno.realPath(peer.data);
  assert.deepEqual(peer.asked.map((request) => request.replace(folder, "DATA").replace(peer.data, "DATA")), [
    'POST /api/shares {"path":"DATA/a.txt"}',
    'POST /api/shares {"path":"DATA/missing"}',
    'POST /api/shares {"path":"/b.txt"}',
  ]);
  assert.deepEqual(JSON.parse(out)[0], { id: id("5"), shareId: "5".repeat(32), name: "a.txt", size: 5 });
});

Deno.test("without a class, class and private shares are refused before anything is shared", async () => {
  await using peer = await fakeLocalPeer();
  for (const option of [["--class"], ["--private", "--allow", "bob"]]) {
    const { code, err } = await essaim(["share", "a.txt", ...option, "--data", peer.data]);
    assert.equal(code, 1);
    assert.match(err, /in no class\. Join one first: essaim join LINK --name NAME/);
  }
  assert.deepEqual(peer.asked, []);
});

Deno.test("search prints a table for people and the agreed JSON for programs, and tells when it is from memory", async () => {
  await using peer = await fakeLocalPeer();
  peer.searches.push(found("photos.bin", "1"));
  peer.searchedIn = "cache";
  const { code, out, err } = await essaim(["search", "photos", "--data", peer.data]);
  assert.equal(code, 0);
  assert.match(out, /^Name +Size +For +Owner +Peers +Id\nphotos\.bin +12 MB +everybody +alice +2 +1{12}\n$/);
  assert.match(err, /tracker does not answer/);
  const json = await essaim(["search", "photos", "--data", peer.data, "--json"]);
  assert.deepEqual(JSON.parse(json.out), [
    { id: id("1"), shareId: "1".repeat(32), name: "photos.bin", size: 12_000_000, owner: "alice", peers: 2 },
  ]);
});

Deno.test("get by name follows the download to its end in plain lines and prints where the file is", async () => {
  await using peer = await fakeLocalPeer();
  peer.searches.push(found("photos.bin", "1"), found("photos.bin.old", "2"));
  const [{ code, out, err }] = await Promise.all([
    essaim(["get", "photos.bin", "--out", "here", "--data", peer.data], { cwd: peer.data }),
    fetchSlowly(peer),
  ]);
  assert.equal(code, 0, err);
  assert.match(peer.asked[0] ?? "", new RegExp(`"fileId":"${id("1")}".*"out":"/.*/here"`));
  assert.match(out, /downloads\/photos\.bin {2}12 MB in \d+\.\d s/);
  assert.match(err, /^Fetching photos\.bin \(12 MB\), shared by alice\n/);
  assert.match(err, /25 % {2}5 MB\/s {2}1 s left {2}from 1 computer\n/);
  assert.match(err, /75 % {2}nobody who has it is present\n/);
  assert.ok(!err.includes("\u001b"));
});

Deno.test("get --json prints the finished download and nothing else", async () => {
  await using peer = await fakeLocalPeer();
  const [{ code, out }] = await Promise.all([
    essaim(["get", id("1"), "--data", peer.data, "--json"]),
    fetchSlowly(peer),
  ]);
  assert.equal(code, 0);
  assert.equal(JSON.parse(out).status, "complete");
});

Deno.test("get finds its file by id, beginning of an id, name in other letters, or the only result", async () => {
  await using peer = await fakeLocalPeer();
  peer.searches.push(found("Été.pdf", "1"), found("maths.pdf", "2"));
  for (const [wanted, digit] of [["2222222222", "2"], ["été.pdf", "1"], ["maths", "2"]] as const) {
    peer.downloads.length = 0;
    const [{ code, err }] = await Promise.all([essaim(["get", wanted, "--data", peer.data]), fetchSlowly(peer)]);
    assert.equal(code, 0, err);
    assert.ok(peer.asked.at(-1)?.includes(id(digit)), wanted);
  }
});

Deno.test("get of a name that several files have lists them and how to choose; of nothing, says so", async () => {
  await using peer = await fakeLocalPeer();
  peer.searches.push(found("notes.pdf", "1"), found("notes.pdf", "2", { owner: "bob" }));
  const { code, out, err } = await essaim(["get", "notes.pdf", "--data", peer.data]);
  assert.equal(code, 1);
  assert.equal(out, "");
  for (const part of ["Several files fit", "1".repeat(12), "2".repeat(12), "bob", "essaim get ID"]) {
    assert.ok(err.includes(part), err);
  }
  const nothing = await essaim(["get", "nothing", "--data", peer.data]);
  assert.equal(nothing.code, 1);
  assert.match(nothing.err, /Nothing called "nothing" is shared/);
  assert.deepEqual(peer.asked, []);
});

Deno.test("a failed download ends get with exit code 1 and the reason", async () => {
  await using peer = await fakeLocalPeer();
  const ending = until(() => peer.downloads.length > 0).then(() =>
    peer.progress({ status: "failed", reason: "the folder is read-only" })
  );
  const [{ code, err }] = await Promise.all([essaim(["get", id("1"), "--data", peer.data]), ending]);
  assert.equal(code, 1);
  assert.match(err, /the folder is read-only/);
});

Deno.test("Ctrl-C leaves the download to the peer and says how to go on", async () => {
  await using peer = await fakeLocalPeer();
  const child = essaimCommand(["get", id("1"), "--data", peer.data]).spawn();
  await until(() => peer.downloads.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.kill("SIGINT");
  const { code, stderr } = await child.output();
  assert.equal(code, 1);
  assert.match(
    new TextDecoder().decode(stderr),
    /goes on in the background[^]*essaim downloads --data [^]*essaim downloads cancel 0123456789ab --data/,
  );
  assert.deepEqual(peer.asked.length, 1); // nothing was paused or cancelled
});

Deno.test("get survives a peer that answers wrongly for a while", async () => {
  await using peer = await fakeLocalPeer();
  const run = essaim(["get", id("1"), "--data", peer.data]);
  await until(() => peer.downloads.length > 0);
  peer.instead = () => Response.json({ code: "internal", detail: "starting" }, { status: 500 });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  peer.instead = undefined;
  await fetchSlowly(peer);
  const { code, err } = await run;
  assert.equal(code, 0, err);
});

Deno.test("a paused download is resumed by asking for it again", async () => {
  await using peer = await fakeLocalPeer();
  const first = essaim(["get", id("1"), "--data", peer.data]);
  await fetchSlowly(peer);
  await first;
  peer.progress({ status: "paused", done: 100 });
  const again = essaim(["get", id("1"), "--data", peer.data]);
  await until(() => peer.asked.includes("POST /api/downloads/0123456789abcdef/resume"));
  await fetchSlowly(peer);
  assert.equal((await again).code, 0);
});

Deno.test("get of what is complete, or shared from here, says where it is", async () => {
  await using peer = await fakeLocalPeer();
  await Promise.all([essaim(["get", id("1"), "--data", peer.data]), fetchSlowly(peer)]);
  const again = await essaim(["get", id("1"), "--data", peer.data]);
  assert.deepEqual([again.code, again.out, again.err], [0, `already here: ${peer.data}/downloads/photos.bin\n`, ""]);
  peer.shares.push(localShare("mine.txt", "7", "/home/mine.txt"));
  const own = await essaim(["get", id("7"), "--data", peer.data]);
  assert.deepEqual([own.code, own.out, own.err], [0, "already here: /home/mine.txt\n", ""]);
});

Deno.test("get fetches several things one after the other and goes on after one that is not there", async () => {
  await using peer = await fakeLocalPeer();
  peer.shares.push(localShare("a.txt", "6", "/a.txt"), localShare("b.txt", "7", "/b.txt"));
  const { code, out, err } = await essaim(["get", id("6"), "nothing", id("7"), "--data", peer.data]);
  assert.equal(code, 1);
  assert.equal(out, "already here: /a.txt\nalready here: /b.txt\n");
  assert.match(err, /Nothing called "nothing" is shared/);
});

Deno.test("get follows a download of a peer that has no room for one more follower", async () => {
  await using peer = await fakeLocalPeer();
  peer.eventsBusy = true;
  const [{ code, err }] = await Promise.all([essaim(["get", id("1"), "--data", peer.data]), fetchSlowly(peer)]);
  assert.equal(code, 0, err);
});

Deno.test("share of a link says what is shared, and a link to nothing is called so", async () => {
  await using peer = await fakeLocalPeer();
  await Deno.symlink("real.txt", `${peer.data}/link.txt`);
  await Deno.symlink("/nowhere", `${peer.data}/missing-link`);
  const { code, out, err } = await essaim(["share", "link.txt", "missing-link", "missing/", "--data", peer.data], {
    cwd: peer.data,
  });
  assert.equal(code, 1);
  assert.match(out, /^Shared link\.txt \(5 B\), to which link\.txt leads\n {2}get it .*: essaim get 5{12}\n$/);
  assert.match(err, /missing-link is not shared\. It is a link to \/nowhere, which does not exist/);
  assert.match(err, /missing\/ is not shared\. There is no file or folder /);
});

Deno.test("unshare and downloads act on what an id, its beginning or a name points at", async () => {
  await using peer = await fakeLocalPeer();
  peer.shares.push(localShare("a.txt", "1", "/a.txt"), localShare("b.txt", "2", "/b.txt"));
  peer.shares.push(localShare("b.txt", "3", "/other/b.txt"));
  assert.equal((await essaim(["unshare", "a.txt", "--data", peer.data])).code, 0);
  assert.equal(peer.asked.at(-1), `DELETE /api/shares/${"1".repeat(32)}`);
  assert.equal((await essaim(["unshare", "33333333", "--data", peer.data])).code, 0);
  assert.equal(peer.asked.at(-1), `DELETE /api/shares/${"3".repeat(32)}`);
  assert.equal((await essaim(["unshare", "/other/b.txt", "a.txt", "--data", peer.data])).code, 0);
  assert.deepEqual(peer.asked.slice(-2), ["3", "1"].map((digit) => `DELETE /api/shares/${digit.repeat(32)}`));
  const twins = await essaim(["unshare", "b.txt", "--data", peer.data]);
  assert.equal(twins.code, 1);
  assert.match(twins.err, /\/other\/b\.txt/);
  await Promise.all([essaim(["get", id("9"), "--data", peer.data]), fetchSlowly(peer)]);
  assert.equal((await essaim(["downloads", "cancel", "photos.bin", "--data", peer.data])).code, 0);
  assert.equal(peer.asked.at(-1), "DELETE /api/downloads/0123456789abcdef");
  peer.progress({ status: "fetching" });
  assert.match((await essaim(["downloads", "pause", "all", "--data", peer.data])).out, /^Paused: photos\.bin\n$/);
  assert.match((await essaim(["downloads", "resume", "all", "--data", peer.data])).err, /no download to resume/);
});

Deno.test("a reader that goes away is no error", async () => {
  await using peer = await fakeLocalPeer();
  for (let n = 0; n < 200; n++) peer.searches.push(found(`file ${n}.bin`, "1"));
  const child = essaimCommand(["search", "file", "--data", peer.data]).spawn();
  await child.stdout.cancel();
  const [{ code }, err] = await Promise.all([child.status, new Response(child.stderr).text()]);
  assert.equal(code, 0);
  assert.equal(err, "");
});

Deno.test("names and reasons made by others cannot play with the terminal", async () => {
  await using peer = await fakeLocalPeer();
  const ending = until(() => peer.downloads.length > 0).then(() =>
    peer.progress({ status: "failed", name: "x\u001b[2J", reason: "no\u001b]0;title\u0007\nfake line" })
  );
  const [{ err }] = await Promise.all([essaim(["get", id("1"), "--data", peer.data]), ending]);
  assert.ok(!err.includes("\u001b") && !err.includes("\u0007"), err);
  assert.ok(err.includes("\\u001b"), err);
  assert.ok(!err.includes("\nfake line"), err);
});

Deno.test("an answer that is not understood, and a refused token, are explained", async () => {
  await using peer = await fakeLocalPeer();
  for (const body of ["<html>", "[1]", '{"results":[{"name":"x"}]}']) {
    peer.instead = () => new Response(body);
    const { code, err } = await essaim(["search", "x", "--data", peer.data]);
    assert.equal(code, 1);
    assert.match(err, /not understood/);
  }
  await Deno.writeTextFile(`${peer.data}/api-token`, "wrong");
  const { code, err } = await essaim(["status", "--data", peer.data]);
  assert.equal(code, 1);
  assert.match(err, /refuses the token/);
});
