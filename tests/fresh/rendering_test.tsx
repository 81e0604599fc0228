import assert from "node:assert/strict";
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { App, createDefine, page, type PageProps } from "fresh";
import { asset, Head } from "fresh/runtime";
import { asking, bodyOf, siteOf } from "./fake_site.ts";

function Wrapper({ Component }: PageProps) {
  return (
    <html lang="fr">
      <head>
        <meta charset="utf-8" />
        <meta name="description" content="of the site" />
        <title>Site</title>
      </head>
      <body class="dark">
        <Component />
      </body>
    </html>
  );
}

const around = (name: string) => ({ Component }: PageProps) => (
  <>
    {name}(<Component />)
  </>
);

async function textOf(response: Promise<Response>): Promise<string> {
  return await (await response).text();
}

Deno.test("a page is a whole document, whatever it lacks itself", async () => {
  for (
    const [page, html] of [
      [() => <p>a</p>, '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body><p>a</p></body></html>'],
      [() => null, '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body></body></html>'],
      [
        () => (
          <html lang="fr">
            <head />
            <body>b</body>
          </html>
        ),
        '<!DOCTYPE html><html lang="fr"><head></head><body>b</body></html>',
      ],
    ] as const
  ) {
    const ask = asking(new App().get("/", (ctx) => ctx.render(page(), { status: 201, headers: { "x-own": "1" } })));
    const response = await ask("/");
    assert.equal(await response.text(), html);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get("x-own"), "1");
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  }
});

Deno.test("what is not JSX is not rendered", async () => {
  const ask = asking(
    new App()
      .onError("*", (ctx) => new Response(String(ctx.error)))
      .get("/", (ctx) => ctx.render("<b>" as unknown as null)),
  );
  assert.match(await textOf(ask("/")), /takes JSX or null/);
});

Deno.test("handlers give a page its data, status and headers", async () => {
  const define = createDefine<unknown>();
  const handler = define.handlers({
    GET: () => page({ name: "Ada" }, { status: 202, headers: { "x-own": "1" } }),
    POST: (ctx) => ctx.redirect("/done", 303),
  });
  const Page = define.page<typeof handler>(({ data, url }) => <p>{data.name} at {url.pathname}</p>);
  const ask = siteOf({ who: { handler, default: Page } });
  const response = await ask("/who");
  assert.deepEqual([response.status, response.headers.get("x-own")], [202, "1"]);
  assert.equal(await bodyOf(Promise.resolve(response)), "<p>Ada at /who</p>");
  assert.equal((await ask("/who", { method: "POST" })).headers.get("location"), "/done");
});

Deno.test("layouts stand around the page from the root inwards, the app wrapper around all", async () => {
  const leaf = () => <>leaf</>;
  const ask = siteOf({
    "_app": { default: around("app") },
    "_layout": { default: around("root") },
    "a/_layout": { default: around("a") },
    "a/page": { default: leaf },
    "a/alone": { default: leaf, config: { skipInheritedLayouts: true } },
    "a/bare": { default: leaf, config: { skipInheritedLayouts: true, skipAppWrapper: true } },
    "b/_layout": { default: around("b"), config: { skipInheritedLayouts: true, skipAppWrapper: true } },
    "b/page": { default: leaf },
    "(g)/_layout": { default: around("g") },
    "(g)/page": { default: leaf },
    "rendered": { handler: (ctx) => ctx.render(<>leaf</>, {}, { skipAppWrapper: true }) },
  });
  for (
    const [path, html] of [
      ["/a/page", "app(root(a(leaf)))"],
      ["/a/alone", "app(leaf)"],
      ["/a/bare", "leaf"],
      ["/b/page", "b(leaf)"],
      ["/page", "app(root(g(leaf)))"],
      ["/rendered", "root(leaf)"],
      ["/a/page", "app(root(a(leaf)))"],
    ] as const
  ) assert.equal(await bodyOf(ask(path)), html, path);
});

Deno.test("components may be async and may answer themselves", async () => {
  const waiting = async ({ url }: PageProps): Promise<ComponentChildren> => {
    await Promise.resolve();
    return url.search === "?no" ? new Response("no") : <>leaf</>;
  };
  const ask = siteOf({ "_layout": { default: around("layout") }, "index": { default: waiting } });
  assert.equal(await bodyOf(ask("/")), "layout(leaf)");
  assert.equal(await textOf(ask("/?no")), "no");
});

Deno.test("<Head> adds to the head; of the same title, key, id or meta name the last counts", async () => {
  const ask = siteOf({
    "_app": { default: Wrapper },
    "index": {
      default: () => (
        <>
          <Head>
            <title>First</title>
            <meta name="robots" content="none" />
            <link key="style" rel="stylesheet" href="/a.css" />
          </Head>
          <h1>Page</h1>
          <Head>
            <title>Page & more</title>
            <meta name="description" content="of the page" />
            <link key="style" rel="stylesheet" href="/b.css" />
            <style id="s">{"p > a { color: red }"}</style>
            <style id="s">{"p > b { color: red }"}</style>
          </Head>
        </>
      ),
    },
  });
  const html = (await textOf(ask("/"))).replaceAll(/ nonce="\w+"/g, "");
  assert.equal(
    html,
    '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"/><meta name="description" content="of the page"/>' +
      '<title>Page &amp; more</title><meta name="robots" content="none"/><link rel="stylesheet" href="/b.css"/>' +
      '<style id="s">p > b { color: red }</style></head><body class="dark"><h1>Page</h1></body></html>',
  );
});

Deno.test("links to the page and above it are marked", async () => {
  const links = [
    "/",
    "/notes",
    "/notes/",
    "/notes?x=1",
    "/note",
    "/notes/7",
    "//[",
    "https://example.org/notes",
    "#top",
  ];
  const ask = siteOf({ "notes/index": { default: () => <>{links.map((href) => <a key={href} href={href} />)}</> } });
  const body = await bodyOf(ask("/notes"));
  const marks = [...body.matchAll(/<a href="([^"]*)"(?:.*?aria-current="(\w+)")?[^>]*>/g)];
  assert.deepEqual(marks.map(([, href, mark]) => [href, mark]), [
    ["/", "true"],
    ["/notes", "page"],
    ["/notes/", "page"],
    ["/notes?x=1", "page"],
    ["/note", undefined],
    ["/notes/7", undefined],
    ["//[", undefined],
    ["https://example.org/notes", undefined],
    ["#top", undefined],
  ]);
});

function Counter({ count, children }: { count?: unknown; children?: ComponentChildren }) {
  return <b>{String(count)}{children}</b>;
}
function Outer() {
  return (
    <i>
      <Counter count={9} />
    </i>
  );
}
const ISLANDS = { Counter, Outer };

Deno.test("islands stand between comments, and one script starts those of the page", async () => {
  const ask = siteOf({
    index: {
      default: () => (
        <>
          <Counter count={1} />
          <Outer />
          <Counter count={2} />
        </>
      ),
    },
  }, ISLANDS);
  const response = await ask("/");
  const html = await response.text();
  assert.ok(html.includes(
    "<body><!--frsh:island:Counter:0--><b>1</b><!--/frsh:island--><!--frsh:island:Outer:1--><i><b>9</b></i>" +
      "<!--/frsh:island--><!--frsh:island:Counter:2--><b>2</b><!--/frsh:island--><script",
  ));
  const [, nonce, code] = /<script type="module" nonce="(\w+)">(.*?)<\/script><\/body><\/html>$/.exec(html) ?? [];
  assert.match(nonce!, /^[0-9a-f]{32}$/);
  assert.equal(
    code,
    'import{boot}from"/_fresh/js/1/client.js";import{default as Counter}from"/_fresh/js/1/Counter.js";' +
      'import{default as Outer}from"/_fresh/js/1/Outer.js";' +
      'boot({Counter,Outer},"[[1,3,4],{\\"count\\":2},1,{},{\\"count\\":5},2]");',
  );
  assert.match(response.headers.get("link")!, /^<\/_fresh\/js\/1\/client\.js>; rel="modulepreload"; as="script", </);
});

Deno.test("a page without islands loads no script", async () => {
  const response = await siteOf({ index: { default: () => <p>text</p> } }, ISLANDS)("/");
  assert.equal(response.headers.get("link"), null);
  assert.ok(!(await response.text()).includes("script"));
});

Deno.test("whatever stands in a prop, it cannot end the script", async () => {
  const evil = "</script><script>alert(1)</script><!--\u2028-->";
  const ask = siteOf({ index: { default: () => <Counter count={{ [evil]: [evil] }} /> } }, ISLANDS);
  const html = await textOf(ask("/"));
  const [, script] = html.split('<script type="module"');
  assert.equal(script!.indexOf("<"), script!.indexOf("</script></body>"));
});

Deno.test("a prop that cannot be sent is an error that names it", async () => {
  const shared = signal<unknown>(() => {});
  for (
    const [page, message] of [
      [() => <Counter count={{ a: [() => {}] }} />, /The props of an island .*function.*\.count\.a\[0\]/],
      [() => <Counter count={shared} />, /function/],
      [() => <Counter count={new Response()} />, /non-POJO/],
      [() => <Counter count={Symbol.iterator} />, /[Ss]ymbol/],
      [() => <Counter count={<p />} />, /\[0\]\.count.* no JSX/],
      [
        () => (
          <Counter>
            <p />
          </Counter>
        ),
        /\[0\]\.children.* no JSX/,
      ],
    ] as const
  ) {
    const ask = siteOf({
      "_error": { handler: (ctx) => new Response(String(ctx.error)) },
      "index": { handler: (ctx) => ctx.render(page()) },
    }, ISLANDS);
    assert.match(await textOf(ask("/")), message);
  }
  assert.match(await textOf(siteOf({ index: { default: () => <Counter>text</Counter> } }, ISLANDS)("/")), /children/);
});

Deno.test("pages that render at the same time do not mix, and one that fails leaves nothing behind", async () => {
  const ask = siteOf({
    "_app": { default: Wrapper },
    "[id]": {
      default: async ({ params }: PageProps): Promise<ComponentChildren> => {
        await Promise.resolve();
        if (params.id === "bad") return <Counter count={() => {}} />;
        return (
          <>
            <Head>
              <title>{params.id}</title>
            </Head>
            <Counter count={params.id} />
          </>
        );
      },
    },
    "_error": { handler: () => new Response("failed") },
  }, ISLANDS);
  const pages = await Promise.all(["a", "bad", "b", "c"].map((id) => textOf(ask(`/${id}`))));
  for (const [index, id] of ["a", undefined, "b", "c"].entries()) {
    const page = pages[index]!;
    if (id === undefined) assert.equal(page, "failed");
    else {
      assert.ok(page.includes(`<title>${id}</title>`) && page.includes(`<b>${id}</b>`));
      assert.equal(page.match(/<!--frsh:island:Counter:0-->/g)?.length, 1);
    }
  }
});

Deno.test("a constant that many pages show is the same on each", async () => {
  const shared = (
    <body>
      <a href="/a" />
      <Counter count={1} />
    </body>
  );
  const ask = siteOf(
    { a: { handler: (ctx) => ctx.render(shared) }, b: { handler: (ctx) => ctx.render(shared) } },
    ISLANDS,
  );
  const [a, b, again] = [await textOf(ask("/a")), await textOf(ask("/b")), await textOf(ask("/a"))];
  assert.equal(a.replaceAll(/nonce="\w+"/g, ""), again.replaceAll(/nonce="\w+"/g, ""));
  assert.ok(b.includes('<a href="/a"></a><!--frsh:island:Counter:0--><b>1</b>'));
  for (const html of [a, b, again]) assert.equal(html.match(/<script/g)?.length, 1);
});

Deno.test("asset() gives paths of this site a key that changes with each start", () => {
  const key = new URL(asset("/a.css"), "http://localhost").searchParams.get("__frsh_c");
  assert.match(key!, /^[0-9a-f]{32}$/);
  for (
    const [path, expected] of [
      ["/a.css", `/a.css?__frsh_c=${key}`],
      ["/a.css?x=1#y", `/a.css?x=1&__frsh_c=${key}#y`],
      [asset("/a.css"), asset("/a.css")],
      ["a.css", "a.css"],
      ["//example.org/a.css", "//example.org/a.css"],
      ["https://example.org/a.css", "https://example.org/a.css"],
    ] as const
  ) assert.equal(asset(path), expected);
});
