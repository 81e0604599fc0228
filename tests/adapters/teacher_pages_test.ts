import assert from "node:assert/strict";
import { DAY_MS } from "../../lib/core/membership.ts";
import { fileId, peerId } from "../fakes.ts";
import { CODE, HOSTILE, person, teacherSite, userId } from "./teacher_setup.ts";

const ALICE = `/class/people/${userId(1)}`;

Deno.test("the teacher sees who is here, who was, who has not come, and everybody's computers", async () => {
  const { open } = await teacherSite();
  assert.equal((await open("/class")).location, "/class/people");
  const all = await open("/class/people");
  assert.equal(all.status, 200);
  for (
    const said of [
      /4 people, 1 here now/,
      /alice here now 1 /,
      /Bob not here seen 5 minutes ago 1 /,
      /chloé invited, not joined yet 0 /,
      /reset, new computer awaited/,
      /Class code ABCD-EFGH-JKMN-PQRS/,
      /http:\/\/192\.168\.1\.10:5000\/join#ABCD-EFGH-JKMN-PQRS/,
    ]
  ) assert.match(all.text, said);
  assert.doesNotMatch(all.text, /Zoé/);
  for (
    const [query, shown, hidden] of [
      ["show=here", /alice/, /Bob/],
      ["show=removed", /Zoé \(gone\)/, /alice here/],
      ["q=CHLOE", /chloé/, /Bob/],
      ["q=zzz", /Nobody fits/, /Bob/],
      ["show=__proto__&q=&page=-1", /alice/, /Zoé/],
      ["page=999", /alice/, /Zoé/],
    ] as const
  ) {
    const { status, text } = await open(`/class/people?${query}`);
    assert.equal(status, 200, query);
    assert.match(text, shown, query);
    assert.doesNotMatch(text, hidden, query);
  }
  const one = await open(ALICE);
  assert.match(one.text, /Computer 1 00000000 here now alice · 192\.168\.1\.20/);
});

Deno.test("five thousand people are shown a hundred at a time", async () => {
  const { open, room, clock } = await teacherSite();
  room.users = Array.from({ length: 5_000 }, (_, n) => person(n, `pupil ${n}`, clock.now()));
  const seen = new Set<string>();
  let path: string | undefined = "/class/people?q=pupil";
  for (let pages = 0; path !== undefined; pages++) {
    const { html }: { html: string } = await open(path);
    assert.ok(html.length < 500_000);
    for (const [, user] of html.matchAll(/href="\/class\/people\/([0-9a-f]{32})"/g)) seen.add(user!);
    const next = /href="(\?[^"]*)"[^>]*>\s*Next page/.exec(html)?.[1]?.replaceAll("&amp;", "&");
    path = next === undefined ? undefined : `/class/people${next}`;
    assert.ok(pages < 60);
  }
  assert.equal(seen.size, 5_000);
});

Deno.test("each action asks first, does it once, and says what it did, with nothing but forms", async () => {
  const { open, room } = await teacherSite();
  for (
    const [path, question, done, said] of [
      [`${ALICE}/remove`, /Remove \u2068alice\u2069 from the class\?/, "remove alice", /Removed from the class/],
      [
        `${ALICE}/computers/${peerId(1)}`,
        /Remove Computer 1 of \u2068alice\u2069\?/,
        "remove computer 01",
        /The computer was removed/,
      ],
      ["/class/settings/new-code", /Make a new class code\?/, "new code", /There is a new class code/],
    ] as const
  ) {
    assert.match((await open(path)).text, question);
    assert.deepEqual(room.asked, [], `${path} was only asked`);
    const { status, location } = await open(path, { form: {} });
    assert.equal(status, 303);
    assert.deepEqual(room.asked.splice(0), [done]);
    assert.match((await open(location!)).text, said);
  }
  assert.doesNotMatch((await open("/class/people?done=__proto__")).html, /callout/);
  for (const path of [`/class/people/${userId(99)}`, `${ALICE}/computers/${peerId(9)}`, "/class/people/__proto__"]) {
    assert.equal((await open(path)).status, 404, path);
    assert.equal((await open(`${path}/remove`, { form: {} })).status, 404, path);
  }
  assert.deepEqual(room.asked, []);
});

Deno.test("who was removed is taken back without being asked again, under another name when its own is taken", async () => {
  const { open, room, clock } = await teacherSite();
  const gone = `/class/people/${userId(5)}`;
  for (const path of ["/class/people?show=removed", gone]) {
    const { html } = await open(path);
    assert.match(html, new RegExp(`action="${gone}/restore"`), path);
    assert.match(html, /aria-label="Take Zoé \(gone\) back"/, path);
  }
  assert.doesNotMatch((await open("/class/people")).html, /restore"/);
  assert.doesNotMatch((await open(ALICE)).html, /restore"/);
  const { status, location } = await open(`${gone}/restore`, { form: {} });
  assert.equal(status, 303);
  assert.deepEqual(room.asked.splice(0), ["restore Zoé (gone) as Zoé (gone)"]);
  assert.match((await open(location!)).text, /Taken back/);

  room.users.push(person(6, "Zoé (gone)", clock.now()));
  const taken = await open(`${gone}/restore`, { form: {} });
  assert.equal(taken.status, 409);
  assert.match(taken.text, /Somebody in the class has this name/);
  assert.match(taken.html, /value="Zoé \(gone\)"/);
  assert.equal((await open(`${gone}/restore`, { form: { name: " Zoé B. " } })).status, 303);
  assert.deepEqual(room.asked, ["restore Zoé (gone) as Zoé B."]);
  assert.equal((await open(`/class/people/${userId(99)}/restore`, { form: {} })).status, 404);
});

Deno.test("a reset gives a code with link and QR code, which can be seen again for an hour", async () => {
  const { open, room, clock } = await teacherSite();
  const { location } = await open(`${ALICE}/reset`, { form: {} });
  assert.deepEqual(room.asked, ["reset alice"]);
  for (let times = 0; times < 2; times++) {
    const { text, html } = await open(location!);
    assert.match(text, /New code for \u2068alice\u2069/);
    assert.match(text, /ABCD-EFGH-0000-0001/);
    assert.match(text, /http:\/\/192\.168\.1\.10:5000\/join#ABCD-EFGH-0000-0001/);
    assert.match(html, /role="img" aria-label="QR code of the link for/);
  }
  assert.deepEqual(room.asked, ["reset alice"], "seeing it again changes nothing");
  clock.advance(3_600_000);
  const gone = await open(location!);
  assert.equal(gone.status, 404);
  assert.match(gone.text, /no longer shown/);
  assert.doesNotMatch(gone.text, /0000-0001/);
});

Deno.test("names typed or sent as a file become codes to print", async () => {
  const { open, room } = await teacherSite();
  const send = (names: string, file?: Uint8Array<ArrayBuffer>) => {
    const form = new FormData();
    form.set("names", names);
    form.set("list", new File(file ? [file] : [], file ? "list.csv" : ""));
    return open("/class/invite", { form });
  };
  const { location } = await send('Dan\r\n\r\n  Martin, "Élise"  \n');
  assert.deepEqual(room.asked.splice(0), ['import Dan||Martin, "Élise"']);
  const sheet = await open(location!);
  assert.match(sheet.text, /Dan ABCD-EFGH-0000-0100 http:\/\/192\.168\.1\.10:5000\/join#ABCD-EFGH-0000-0100/);
  assert.match(sheet.text, /Martin, &quot;Élise/);

  for (
    const bytes of [
      new TextEncoder().encode("name\nÉlodie"),
      new TextEncoder().encode("\ufeffname\nÉlodie"),
      Uint8Array.from("name\n\xc9lodie", (letter) => letter.charCodeAt(0)),
      new Uint8Array([0xff, 0xfe, ...new Uint8Array(Uint16Array.from("name\nÉlodie", (c) => c.charCodeAt(0)).buffer)]),
    ]
  ) {
    assert.equal((await send("ignored", bytes)).status, 303);
    assert.deepEqual(room.asked.splice(0), ["import Élodie"]);
  }

  const empty = await send(" \n ");
  assert.equal(empty.status, 400);
  assert.match(empty.text, /Enter at least one name/);
  const wrong = await send("kept", new TextEncoder().encode("x\ny"));
  assert.equal(wrong.status, 400);
  assert.match(wrong.html, /<textarea[^>]*>kept<\/textarea>/);
  assert.match(wrong.text, /Nobody was invited.*Line 1/);
  assert.equal((await open("/class/invite", { form: { names: "Dan" } })).status, 400);
  assert.equal((await send("", new Uint8Array(600_000))).status, 413);
  assert.deepEqual(room.asked, []);
});

Deno.test("a name that cannot be is given back to be corrected", async () => {
  const { open, room } = await teacherSite();
  assert.equal((await open(ALICE, { form: { name: " Alice B. " } })).location, `${ALICE}?done=renamed`);
  assert.deepEqual(room.asked.splice(0), ["rename alice to Alice B."]);
  const taken = await open(ALICE, { form: { name: "taken" } });
  assert.equal(taken.status, 409);
  assert.match(taken.text, /Somebody in the class has this name/);
  assert.match(taken.html, /value="taken"/);
  assert.equal((await open(ALICE, { form: { name: "" } })).status, 400);
  assert.deepEqual(room.asked, []);
});

Deno.test("name, way of joining and password of the class are settings, each with its own form", async () => {
  const { open, room, password } = await teacherSite();
  const set = (form: Record<string, string>) => open("/class/settings", { form });
  assert.equal((await set({ change: "name", name: "Seconde 4" })).status, 303);
  assert.equal((await set({ change: "enrolment", enrolment: "roster" })).status, 303);
  assert.deepEqual(room.asked, ["name Seconde 4", "enrolment roster"]);
  assert.match((await open("/class/settings")).html, /value="roster" checked/);
  assert.match((await open("/join")).text, /only with a one-time code/);
  for (
    const form of [
      { change: "name", name: " " },
      { change: "enrolment", enrolment: "all" },
      { change: "toString" },
      { change: "password", password: "short", again: "short" },
      { change: "password", password: "long enough 1", again: "long enough 2" },
    ] as Record<string, string>[]
  ) assert.equal((await set(form)).status, 400, JSON.stringify(form));
  assert.equal(password.mark(), undefined);
  assert.match((await open("/class/settings")).text, /No password is set/);
  assert.equal((await set({ change: "password", password: "long enough 1", again: "long enough 1" })).status, 303);
  assert.equal(await password.matches("long enough 1"), true);
  const after = await open("/class/settings");
  assert.match(after.text, /A password is set.*https:\/\/192\.168\.1\.10:5443\/class.*AB AB AB/);
  assert.doesNotMatch(after.html, /long enough/);
});

Deno.test("a file is taken down from its page, and allowed again from the list", async () => {
  const { open, takenDown } = await teacherSite();
  const file = await open(`/files/${fileId(1)}`);
  assert.match(file.html, new RegExp(`href="/class/files/${fileId(1)}"`));
  const question = await open(`/class/files/${fileId(1)}`);
  assert.match(question.text, /Take down \u2068Leçon &amp; 4\.pdf\u2069\?/);
  assert.equal((await open(`/class/files/${fileId(1)}`, { form: {} })).location, "/class/files?done=taken-down");
  assert.deepEqual(takenDown().map(({ fileId, name }) => [fileId, name]), [[fileId(1), "Leçon & 4.pdf"]]);
  assert.match((await open("/class/files")).text, /Leçon &amp; 4\.pdf/);
  assert.equal((await open("/class/files", { form: { file: "x" } })).status, 404);
  assert.equal((await open("/class/files", { form: { file: fileId(1) } })).status, 303);
  assert.deepEqual(takenDown(), []);
  assert.equal((await open(`/class/files/${fileId(99)}`)).status, 404);
  const visitor = await open(`http://192.168.1.10:5000/files/${fileId(1)}`);
  assert.doesNotMatch(visitor.html, /\/class\/files/);
});

Deno.test("the log is read page by page, newest first", async () => {
  const { open, room, clock } = await teacherSite();
  for (let n = 0; n < 120; n++) {
    room.lines.push({ id: n + 1, at: clock.now() - DAY_MS, action: "joined", about: `pupil ${n}.`, by: "10.0.0.1" });
  }
  room.note("reset", HOSTILE, "teacher");
  room.note("constructor", "", "10.0.0.1");
  const seen: string[] = [];
  let path: string | undefined = "/class/log";
  while (path !== undefined) {
    const { html, text }: { html: string; text: string } = await open(path);
    seen.push(...[...text.matchAll(/pupil (\d+)\./g)].map(([, n]) => n!));
    const older = /href="(\?before=\d+)"/.exec(html)?.[1];
    path = older === undefined ? undefined : `/class/log${older}`;
  }
  assert.deepEqual(seen, Array.from({ length: 120 }, (_, n) => String(119 - n)));
  assert.match((await open("/class/log")).text, /constructor.*reset: &lt;img.*by the teacher/);
  assert.equal((await open("/class/log?before=x")).status, 200);
});

Deno.test("names of people and files are text on the teacher's pages, in both languages", async () => {
  const { open, teacher } = await teacherSite();
  teacher.takeDown(fileId(2), HOSTILE);
  const hostile = `/class/people/${userId(4)}`;
  for (const lang of ["en", "fr"]) {
    for (
      const path of [
        "/class/people",
        `/class/people?q=${encodeURIComponent(HOSTILE)}`,
        hostile,
        `${hostile}/remove`,
        `${hostile}/reset`,
        "/class/files",
        "/class/log",
        `/class/files/${fileId(2)}`,
      ]
    ) {
      const { status, html } = await open(path, { headers: { "accept-language": lang } });
      assert.equal(status, 200, path);
      assert.doesNotMatch(html, /<img/i, path);
      assert.match(html, /&lt;img src=x/, path);
      assert.doesNotMatch(html, / (?:style|on\w+)="/, path);
    }
  }
});

Deno.test("whoever comes by a link reads how to join, and the link's code stays with the browser", async () => {
  const { open, room } = await teacherSite();
  for (const [mode, said] of [["code", /The teacher shows the class code/], ["roster", /works once/]] as const) {
    room.enrolment = mode;
    const { text, html } = await open("http://192.168.1.10:5000/join");
    assert.match(text, /Join Terminale S2/);
    assert.match(text, said);
    assert.ok(!html.includes(CODE));
  }
});
