import assert from "node:assert/strict";
import { fileId } from "../fakes.ts";
import { CODE, PASSWORD, teacherSite, userId } from "./teacher_setup.ts";

const LAN = "http://192.168.1.10:5000";
const SECURE = "https://192.168.1.10:5443";
const ALICE = `/class/people/${userId(1)}`;
const READ = ["/class", "/class/people", ALICE, `${ALICE}/remove`, "/class/invite", "/class/files", "/class/log"];
const CHANGE: readonly [path: string, form: Record<string, string>][] = [
  [`${ALICE}/remove`, {}],
  [`${ALICE}/reset`, {}],
  [ALICE, { name: "x" }],
  ["/class/settings", { change: "name", name: "x" }],
  ["/class/settings", { change: "enrolment", enrolment: "open" }],
  ["/class/settings", { change: "password", password: "0123456789", again: "0123456789" }],
  ["/class/settings/new-code", {}],
  [`/class/files/${fileId(1)}`, {}],
  ["/class/files", { file: fileId(1) }],
];

type Site = Awaited<ReturnType<typeof teacherSite>>;

/** Nothing was changed, and nobody is noted to have tried the password. */
function unchanged({ room, password, takenDown }: Site, what: string): void {
  assert.deepEqual([room.asked, takenDown(), room.code()], [[], [], CODE], what);
  assert.equal(password.mark(), undefined, what);
}

/** What must not be in the answer to anybody but the teacher. */
function tellsNothing(html: string, what: string): void {
  for (const secret of [CODE, CODE.slice(-9), "chloé", "Zoé", userId(3)]) {
    assert.ok(!html.includes(secret), `${what} tells ${secret}`);
  }
}

Deno.test("from the network over plain HTTP nothing of the teacher's pages is shown or done, and it says where to go", async () => {
  const site = await teacherSite();
  for (
    const headers of [
      {},
      { host: "localhost:5000" },
      { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1" },
      { cookie: `essaim_teacher=${"0".repeat(64)}` },
      { authorization: "Basic dGVhY2hlcjp0ZWFjaGVy" },
      { "x-forwarded-proto": "https", "x-http-method-override": "GET" },
    ] as Record<string, string>[]
  ) {
    for (const path of READ) {
      const { status, html, text } = await site.open(LAN + path, { headers });
      const what = `${path} ${JSON.stringify(headers)}`;
      assert.equal(status, 403, what);
      assert.match(text, /This page is for the teacher.*localhost:5000\/class.*https:\/\/192\.168\.1\.10:5443/, what);
      tellsNothing(html, what);
    }
    for (const [path, form] of CHANGE) {
      const { status, html } = await site.open(LAN + path, { headers: { origin: LAN, ...headers }, form });
      assert.equal(status, 403, path);
      tellsNothing(html, path);
    }
  }
  unchanged(site, "from the network");
  for (const path of ["/", "/join", "/search?q=", `/files/${fileId(1)}`, "/class/nothing", "/nothing"]) {
    tellsNothing((await site.open(LAN + path)).html, path);
  }
  assert.deepEqual(site.errors, []);
});

Deno.test("a proxy on the tracker's computer makes nobody the teacher", async () => {
  for (
    const [publicUrl, headers] of [
      ["", { "x-forwarded-for": "203.0.113.5" }],
      ["", { forwarded: "for=203.0.113.5" }],
      ["", { via: "1.1 proxy" }],
      ["", { "x-real-ip": "127.0.0.1" }],
      ["https://share.school.example", {}],
    ] as [string, Record<string, string>][]
  ) {
    const site = await teacherSite({ publicUrl });
    for (const path of [...READ, "/", "/join"]) {
      const { status, html, text } = await site.open(path, { headers });
      if (path.startsWith("/class")) {
        assert.equal(status, 403, path);
        assert.match(text, /another server/, path);
      }
      tellsNothing(html, path);
    }
    for (const [path, form] of CHANGE) assert.equal((await site.open(path, { headers, form })).status, 403, path);
    unchanged(site, publicUrl);
  }
});

Deno.test("a name that leads to this computer by somebody else's DNS is not this computer", async () => {
  const site = await teacherSite();
  for (
    const host of [
      "evil.example:5000",
      "127.evil.local:5000",
      "127.0.0.1.evil.local:5000",
      "evil.localhost:5000",
      "tracker:5000",
      "0.0.0.0:5000",
    ]
  ) {
    const address = `http://${host}`;
    for (const path of [...READ, "/", "/join"]) {
      const { status, html } = await site.open(address + path, { from: "127.0.0.1" });
      if (path.startsWith("/class")) assert.ok(status === 403 || status === 421, `${host} ${status}`);
      tellsNothing(html, host);
    }
    for (const [path, form] of CHANGE) {
      const { status } = await site.open(address + path, { from: "127.0.0.1", form });
      assert.ok(status === 403 || status === 421, `${host} ${status}`);
    }
  }
  unchanged(site, "rebinding");
});

Deno.test("what another site makes the teacher's browser send changes nothing", async () => {
  const site = await teacherSite();
  for (
    const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1:8001" },
      { origin: "http://localhost:5000" },
      { origin: "https://127.0.0.1:5000" },
      { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
      { origin: "" },
    ] as Record<string, string>[]
  ) {
    for (const [path, form] of CHANGE) {
      const { status } = await site.open(path, { headers, form });
      assert.equal(status, 403, `${path} ${JSON.stringify(headers)}`);
    }
  }
  unchanged(site, "another site");
  const plain = new Request("http://127.0.0.1:5000/class/settings/new-code", {
    method: "POST",
    headers: { host: "127.0.0.1:5000" },
  });
  assert.equal((await site.site.answer(plain, "127.0.0.1")).status, 403, "not even without any origin");
  unchanged(site, "no origin");
  const { response } = await site.open("/class/people");
  assert.equal(response.headers.get("x-frame-options"), "DENY");
  assert.equal(response.headers.get("cross-origin-resource-policy"), "same-origin");
  assert.equal(response.headers.get("cache-control"), "no-store");
});

Deno.test("from elsewhere the password opens the pages, over an encrypted connection and for a while", async () => {
  const site = await teacherSite();
  await site.password.set(PASSWORD);
  for (const path of READ) {
    const { status, location, html } = await site.open(SECURE + path);
    assert.equal(status, 303, path);
    assert.match(location!, /^\/class\/sign-in\?from=%2Fclass/);
    tellsNothing(html, path);
  }
  for (const [path, form] of CHANGE) {
    assert.equal((await site.open(SECURE + path, { form })).status, 401, path);
  }
  const wrong = await site.open(`${SECURE}/class/sign-in`, { form: { password: `${PASSWORD}x` } });
  assert.equal(wrong.status, 403);
  assert.equal(wrong.response.headers.get("set-cookie"), null);
  assert.match(wrong.text, /not the right one/);
  const right = await site.open(`${SECURE}/class/sign-in`, { form: { password: PASSWORD, from: "//evil.example/" } });
  assert.deepEqual([right.status, right.location], [303, "/"]);
  const set = right.response.headers.get("set-cookie")!;
  assert.match(set, /^essaim_teacher=[0-9a-f]{64}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  const cookie = set.split(";")[0]!;
  const people = await site.open(`${SECURE}/class/people`, { headers: { cookie } });
  assert.equal(people.status, 200);
  assert.match(people.text, /http:\/\/192\.168\.1\.10:5000\/join#ABCD-EFGH-JKMN-PQRS/);
  assert.match(people.text, /Sign out/);
  assert.equal((await site.open(`${SECURE}/`, { headers: { cookie } })).location, "/class");
  assert.equal((await site.open(`${SECURE}${ALICE}/remove`, { headers: { cookie }, form: {} })).status, 303);
  assert.deepEqual(site.room.asked.splice(0), ["remove alice"]);

  // The same cookie is worth nothing elsewhere, and the password is set at the tracker only.
  assert.equal((await site.open(`${LAN}/class/people`, { headers: { cookie } })).status, 403);
  const form = { change: "password", password: "0123456789", again: "0123456789" };
  assert.equal((await site.open(`${SECURE}/class/settings`, { headers: { cookie }, form })).status, 400);
  assert.equal(await site.password.matches(PASSWORD), true);

  const out = await site.open(`${SECURE}/class/sign-out`, { headers: { cookie }, form: {} });
  assert.match(out.response.headers.get("set-cookie")!, /^essaim_teacher=;.*Max-Age=0/);
  assert.equal((await site.open(`${SECURE}/class/people`, { headers: { cookie } })).status, 303);
  assert.deepEqual(site.room.lines.map(({ action, by }) => `${action} ${by}`), [
    "sign-in-failed 192.168.1.20",
    "signed-in 192.168.1.20",
  ]);
});

Deno.test("a token that was planted before is not the one of the session, and a new password ends all sessions", async () => {
  const site = await teacherSite();
  await site.password.set(PASSWORD);
  const planted = `essaim_teacher=${"a".repeat(64)}`;
  const headers = { cookie: planted };
  const { response } = await site.open(`${SECURE}/class/sign-in`, { headers, form: { password: PASSWORD } });
  const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
  assert.notEqual(cookie, planted);
  const people = (cookie: string) => site.open(`${SECURE}/class/people`, { headers: { cookie } });
  assert.equal((await people(planted)).status, 303);
  assert.equal((await people(`${planted}; ${cookie}`)).status, 200, "a planted one does not lock the teacher out");
  const form = { change: "password", password: "another horse", again: "another horse" };
  assert.equal((await site.open("/class/settings", { form })).status, 303);
  assert.equal((await people(cookie)).status, 303);
  assert.equal(await site.cookie(), "");
  assert.notEqual(await site.cookie("another horse"), "");
});

Deno.test("signing in by another site's form, without a password set, or guessing, leads nowhere", async () => {
  const site = await teacherSite();
  const signIn = (password: string, headers: Record<string, string> = {}, from = "192.168.1.66") =>
    site.open(`${SECURE}/class/sign-in`, { form: { password }, headers, from });
  assert.equal((await signIn("")).status, 403);
  assert.match((await site.open(`${SECURE}/class/sign-in`)).text, /No password is set yet/);
  await site.password.set(PASSWORD);
  assert.equal((await signIn(PASSWORD, { origin: "https://evil.example" })).status, 403);
  assert.equal((await signIn(PASSWORD, { "sec-fetch-site": "cross-site" })).status, 403);
  for (let n = 0; n < 5; n++) assert.equal((await signIn(`guess ${n} ......`)).status, 403);
  const limited = await signIn(PASSWORD);
  assert.equal(limited.status, 429);
  assert.equal(limited.response.headers.get("retry-after"), "60");
  assert.equal(limited.response.headers.get("set-cookie"), null);
  assert.match(limited.text, /Too many wrong passwords/);
  assert.equal((await signIn(PASSWORD, {}, "192.168.1.20")).status, 303, "others may");
  assert.equal((await site.open("/class/people")).status, 200, "and the tracker's own computer needs none");
});

Deno.test("to the port of members, without certificate and session, only the page to sign in answers", async () => {
  const site = await teacherSite();
  await site.password.set(PASSWORD);
  const cookie = await site.cookie();
  const came = { remoteAddress: "192.168.1.20", encrypted: true };
  const passes = (path: string, headers: Record<string, string> = {}) =>
    site.gate.mayPass(new Request(SECURE + path, { headers }), came);
  for (
    const [path, expected] of [
      ["/class", true],
      ["/class/people", true],
      ["/assets/style.css?v=1", true],
      ["/_fresh/js/x.js", true],
      ["/favicon.svg", true],
      ["/preferences", true],
      ["/", false],
      ["/join", false],
      ["/search", false],
      ["/classes", false],
      ["/class/../search", false],
      ["/api/search", false],
      [`/files/${fileId(1)}`, false],
      ["/metrics", false],
    ] as const
  ) {
    assert.equal(passes(path), expected, path);
    assert.equal(passes(path, { cookie }), true, `${path} signed in`);
  }
});
