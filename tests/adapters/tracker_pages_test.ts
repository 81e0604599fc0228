import assert from "node:assert/strict";
import type { Identity } from "../../lib/ports.ts";
import { fileId, shareId } from "../fakes.ts";
import { file, json, newIdentity, postSigned, secret, signedAnnounce, start, startKnowing } from "./tracker_setup.ts";

const HOSTILE = "<img src=x onerror=alert(1)>";

type Tracker = Awaited<ReturnType<typeof start>>;

/** alice shares a lesson and a folder, Chloé something with nobody; bob has half of the lesson. */
async function filled(): Promise<Tracker & { alice: Identity }> {
  const hidden = secret(2, "secret.txt");
  const tracker = await startKnowing(hidden);
  const alice = await newIdentity();
  const bob = await newIdentity();
  const records = [
    file(alice.peerId, 1, "Leçon & 4.pdf", { size: 2_100_000 }),
    file(alice.peerId, 3, "Projet", { kind: "folder", total: { size: 5_000, files: 12 } }),
  ];
  await json(postSigned(tracker.url, await signedAnnounce(alice, 1, records, { name: HOSTILE })));
  const holding = { fileId: fileId(1), owner: alice.peerId, shareId: shareId(1), have: 1, of: 2 };
  const completed = [holding, hidden].map(({ fileId, owner, shareId }, n) => (
    { ...{ fileId, owner, shareId }, id: n.toString().padStart(16, "0"), bytes: 9, seconds: 1, sources: 1 }
  ));
  const changes = { name: "bob", port: 5002, holdings: [holding], completed };
  await json(postSigned(tracker.url, await signedAnnounce(bob, 1, [], changes)));
  return { ...tracker, alice };
}

async function open(tracker: Tracker, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(tracker.url + path, {
    headers: { "accept-language": "en", ...headers },
    redirect: "manual",
  });
  const html = await response.text();
  const text = html.replace(/<script[^]*?<\/script>/g, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  return { response, status: response.status, html, text };
}

Deno.test("the dashboard says who is here, what is shared and what happened, without any script", async () => {
  await using tracker = await filled();
  const { status, html, text } = await open(tracker, "/");
  assert.equal(status, 200);
  for (
    const said of [
      /Peers connected 2 /,
      /Files shared 2 /,
      /Given today 9 B 1 download /,
      /bob downloaded/,
      /Leçon &amp; 4/,
      /Show large|Only this computer/,
    ]
  ) assert.match(text, said);
  assert.match(html, /<form class="ranges"[^>]*method="get"/);
  for (const range of ["day", "week", "none"]) assert.equal((await open(tracker, `/?range=${range}`)).status, 200);
});

Deno.test("commands are shown as they are typed with one executable, or in a checkout", async () => {
  for (const [program, shown] of [["essaim", "essaim"], [undefined, "deno task -q essaim"]] as const) {
    await using tracker = await start(undefined, undefined, "", program);
    const alice = await newIdentity();
    await json(postSigned(tracker.url, await signedAnnounce(alice, 1, [file(alice.peerId, 1, "a.pdf")])));
    const { text } = await open(tracker, `/files/${fileId(1)}`);
    assert.match(text, new RegExp(`[^-q] ${shown} get ${fileId(1).slice(0, 8)}`));
  }
});

Deno.test("names of people and files are text on every page", async () => {
  await using tracker = await filled();
  for (const path of ["/", "/search?q=", `/search?owner=${encodeURIComponent(HOSTILE)}`, `/files/${fileId(1)}`]) {
    const { html, text } = await open(tracker, path);
    assert.doesNotMatch(html, /<img/i, path);
    assert.match(text, /&lt;img src=x onerror=alert\(1\)/, path);
  }
  const { html } = await open(tracker, `/search?q=${encodeURIComponent(`"><script>alert(1)</script>`)}`);
  assert.doesNotMatch(html, /<script>alert/);
});

Deno.test("a private file is on no page, and asking for it is like asking for one that never was", async () => {
  await using tracker = await filled();
  for (const path of ["/", "/?range=week", "/search?q=", "/search?q=secret", "/search?type=document", "/join"]) {
    const { html } = await open(tracker, path);
    assert.ok(!html.includes("secret.txt") && !html.includes(fileId(2)) && !html.includes(shareId(2)), path);
  }
  const asked = async (id: string) => {
    const { status, html } = await open(tracker, `/files/${id}`);
    return { status, html: html.replaceAll(id, "ID").replace(/nonce="[^"]*"/g, "") };
  };
  const unknown = await asked(fileId(99));
  assert.equal(unknown.status, 404);
  assert.deepEqual(await asked(fileId(2)), unknown);
  assert.equal((await asked("A".repeat(64))).status, 404);
  assert.equal((await asked("__proto__")).status, 404);
});

Deno.test("the page of a file leads straight to each computer that has all of it", async () => {
  await using tracker = await filled();
  const { html, text } = await open(tracker, `/files/${fileId(1)}`);
  assert.match(text, /2\.1 MB/);
  assert.match(text, /0{63}1/);
  assert.match(text, /bob 50%/);
  const links = [...html.matchAll(/href="(http:[^"]*\/content)"/g)].map(([, link]) => link);
  assert.deepEqual([...new Set(links)], [`http://127.0.0.1:5001/v1/files/${fileId(1)}/content`]);
  const folder = await open(tracker, `/files/${fileId(3)}`);
  assert.match(folder.text, /12 files/);
  assert.doesNotMatch(folder.html, /\/content"/);
});

Deno.test("a search is a plain form, and more results are a link away", async () => {
  await using tracker = await filled();
  const many = Array.from({ length: 120 }, (_, n) => file(tracker.alice.peerId, n + 10, `Cours ${n}.pdf`, { size: n }));
  const index = { epoch: "f".repeat(32), from: 0, to: many.length };
  await json(postSigned(tracker.url, await signedAnnounce(tracker.alice, 2, many, { index })));
  let path: string | undefined = "/search?q=cours&type=document&sort=size&order=asc";
  const sizes: number[] = [];
  let pages = 0;
  while (path !== undefined) {
    const { status, html }: { status: number; html: string } = await open(tracker, path);
    assert.equal(status, 200);
    sizes.push(...[...html.matchAll(/Cours (\d+)\./g)].map(([, size]) => Number(size)));
    path = /href="(\/search\?[^"]*cursor=[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
    pages++;
  }
  assert.equal(pages, 3);
  assert.deepEqual([...new Set(sizes)], Array.from({ length: 120 }, (_, n) => n));
  for (
    const [query, expected] of [
      ["q=zzz", /Nothing is called “zzz”/],
      ["type=video", /Nothing fits these filters/],
      ["type=__proto__&size=x&sort=y", /files found|file found/],
      ["cursor=x", /could not be shown/],
    ] as const
  ) assert.match((await open(tracker, `/search?${query}`)).text, expected, query);
});

Deno.test("language and colours come from the browser until the visitor chooses, and a form leads nowhere else", async () => {
  await using tracker = await filled();
  assert.match((await open(tracker, "/", { "accept-language": "fr-FR,en;q=0.5" })).text, /Pairs connectés/);
  const choose = async (fields: Record<string, string>) => {
    const body = new URLSearchParams(fields);
    const headers = { origin: tracker.url };
    const response = await fetch(`${tracker.url}/preferences`, { method: "POST", body, headers, redirect: "manual" });
    await response.body?.cancel();
    return response;
  };
  const language = await choose({ language: "fr", from: "/search?q=a" });
  assert.deepEqual([language.status, language.headers.get("location")], [303, "/search?q=a"]);
  assert.match(language.headers.get("set-cookie")!, /^essaim_lang=fr; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
  const theme = await choose({ theme: "dark", from: "//evil.example" });
  assert.deepEqual([theme.headers.get("location"), theme.headers.get("set-cookie")!.split(";")[0]], [
    "/",
    "essaim_theme=dark",
  ]);
  const cookie = "other=1; essaim_lang=fr; essaim_theme=dark";
  const { html, text } = await open(tracker, "/", { cookie });
  assert.match(html, /<html lang="fr" data-bs-theme="dark">/);
  assert.match(text, /Pairs connectés/);
  assert.equal((await choose({ language: "xx" })).status, 400);
  const odd = await open(tracker, "/", { cookie: "essaim_lang=__proto__; essaim_theme=x; ;=; essaim_lang" });
  assert.match(odd.html, /<html lang="en" data-bs-theme="auto">/);
});

Deno.test("every page keeps to itself: no foreign source, no inline script without the page's nonce", async () => {
  await using tracker = await filled();
  for (const path of ["/", "/search", `/files/${fileId(1)}`, "/join", "/nowhere", "/api/stats"]) {
    const { response, html } = await open(tracker, path);
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/, path);
    assert.doesNotMatch(policy, /unsafe|upgrade-insecure/, path);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("x-frame-options"), "DENY");
    assert.doesNotMatch(html, / (?:style|on\w+)="/, path);
    for (const [tag] of html.matchAll(/<script[^>]*>/g)) assert.match(tag, /nonce=|src="\//, path);
  }
});
