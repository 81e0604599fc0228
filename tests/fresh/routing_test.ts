import assert from "node:assert/strict";
import { App, type Middleware } from "fresh";
import { asking, siteOf } from "./fake_site.ts";

const say = (text: string): Middleware<unknown> => (ctx) => new Response(text + JSON.stringify(ctx.params));

Deno.test("a request gets the route of its method and address", async () => {
  const ask = asking(
    new App()
      .get("/", say("home"))
      .get("/books/:id", say("book"))
      .get("/books/new", say("new book"))
      .get("/books/:other", say("never"))
      .post("/books", say("added"))
      .get("/books", say("books"))
      .all("/any", say("any"))
      .head("/only-head", say(""))
      .get("/files/*", say("file")),
  );
  for (
    const [method, path, status, text] of [
      ["GET", "/", 200, "home{}"],
      ["GET", "/books/7", 200, 'book{"id":"7"}'],
      ["GET", "/books/new", 200, "new book{}"],
      ["GET", "/books/caf%C3%A9%20%2F", 200, 'book{"id":"café %2F"}'],
      ["GET", "/books/%ff", 200, 'book{"id":"%ff"}'],
      ["GET", "//books///7", 200, 'book{"id":"7"}'],
      ["GET", "/books/7/", 404, "Not Found"],
      ["GET", "/books/", 404, "Not Found"],
      ["GET", "/nothing", 404, "Not Found"],
      ["POST", "/books", 200, "added{}"],
      ["DELETE", "/books", 405, "Method Not Allowed"],
      ["HEAD", "/books", 200, ""],
      ["HEAD", "/nothing", 404, ""],
      ["GET", "/only-head", 405, "Method Not Allowed"],
      ["PATCH", "/any", 200, "any{}"],
      ["GET", "/files/a/b.txt", 200, 'file{"0":"a/b.txt"}'],
    ] as const
  ) {
    const response = await ask(path, { method });
    assert.deepEqual([response.status, await response.text()], [status, text], `${method} ${path}`);
  }
});

Deno.test("OPTIONS names the methods of an address", async () => {
  const page = { default: () => null, handlers: { POST: say("") } };
  for (
    const ask of [
      asking(new App().get("/a", say("")).post("/a", say(""))),
      siteOf({ a: { handlers: { GET: say(""), POST: say("") } } }),
      siteOf({ a: page }),
    ]
  ) {
    const response = await ask("/a", { method: "OPTIONS" });
    assert.deepEqual([response.status, response.headers.get("allow")], [204, "GET, POST"]);
  }
});

Deno.test("middlewares run in the order in which they were added, for what was added after them", async () => {
  const ran: string[] = [];
  const note = (name: string): Middleware<unknown> => async (ctx) => {
    ran.push(name);
    const response = await ctx.next();
    ran.push(`after ${name}`);
    return response;
  };
  const ask = asking(
    new App()
      .use(note("a"), note("b"))
      .get("/early", say(""))
      .use("/deep", note("deep"))
      .use(note("c"))
      .get("/deep/page", note("own"), say("")),
  );
  for (
    const [path, expected] of [
      ["/early", "a, b, after b, after a"],
      ["/deep/page", "a, b, c, deep, own, after own, after deep, after c, after b, after a"],
      ["/deep/nothing", "a, b, c"],
    ] as const
  ) {
    ran.length = 0;
    await ask(path);
    assert.equal(ran.join(", "), expected, path);
  }
});

Deno.test("the context carries state, pattern and address through all middlewares", async () => {
  const app = new App<{ who: string }>()
    .use((ctx) => {
      ctx.state.who = "Alice";
      return ctx.next();
    })
    .get("/hello/:name", (ctx) => Response.json([ctx.state.who, ctx.route, ctx.params.name, ctx.url.search]));
  const response = await app.handler()(new Request("http://localhost/hello/bob?x=1"));
  assert.deepEqual(await response.json(), ["Alice", "/hello/:name", "bob", "?x=1"]);
});

Deno.test("a redirect to a path stays on this site", async () => {
  for (
    const [to, location] of [
      ["/a", "/a"],
      ["/", "/"],
      ["//evil.example/x", "/evil.example/x"],
      ["/\\evil.example", "/evil.example"],
      ["/\\/evil.example", "/evil.example"],
      ["\\\\evil.example", "/evil.example"],
      ["/a//b?next=//c#//d", "/a/b?next=//c#//d"],
      ["https://example.org//x", "https://example.org//x"],
    ] as const
  ) {
    const response = await asking(new App().get("/", (ctx) => ctx.redirect(to, 303)))("/");
    assert.deepEqual([response.status, response.headers.get("location")], [303, location], to);
  }
});

Deno.test("files give the routes that their paths say", async () => {
  const names = [
    "index",
    "about",
    "notes/index",
    "notes/[id]",
    "notes/[id]/edit",
    "notes/new",
    "(admin)/users",
    "old/[...path]",
    "docs/[[version]]/index",
    "by/[from]-[to]",
  ];
  const ask = siteOf(Object.fromEntries(names.map((name) => [name, { handler: say(name) }])));
  for (
    const [path, expected] of [
      ["/", "index{}"],
      ["/about", "about{}"],
      ["/notes", "notes/index{}"],
      ["/notes/new", "notes/new{}"],
      ["/notes/7", 'notes/[id]{"id":"7"}'],
      ["/notes/7/edit", 'notes/[id]/edit{"id":"7"}'],
      ["/users", "(admin)/users{}"],
      ["/old/a/b", 'old/[...path]{"path":"a/b"}'],
      ["/docs", 'docs/[[version]]/index{"version":""}'],
      ["/docs/2", 'docs/[[version]]/index{"version":"2"}'],
      ["/by/a-b", 'by/[from]-[to]{"from":"a","to":"b"}'],
      ["/admin/users", "Not Found"],
      ["/notes/7/other", "Not Found"],
      ["/index", "Not Found"],
    ] as const
  ) assert.equal(await (await ask(path)).text(), expected, path);
});

Deno.test("the most specific file wins, in whatever order they are found", async () => {
  const names = ["[...all]", "[id]", "a/[...all]", "a/[id]", "a/[id]/b", "[id]/b", "(x)/a/c"];
  const expected = { "/a/c": "(x)/a/c", "/a/d": "a/[id]", "/a/d/b": "a/[id]/b", "/z/b": "[id]/b", "/z": "[id]" };
  for (const order of [names, names.toReversed()]) {
    const ask = siteOf(Object.fromEntries(order.map((name) => [name, { handler: () => new Response(name) }])));
    for (const [path, name] of Object.entries(expected)) assert.equal(await (await ask(path)).text(), name, path);
    assert.equal(await (await ask("/z/y/x")).text(), "[...all]");
    assert.equal(await (await ask("/a/y/x")).text(), "a/[...all]");
  }
});

Deno.test("a middleware file holds for its folder and what is below, groups included", async () => {
  const ran: string[] = [];
  const note = (name: string): Middleware<unknown> => (ctx) => (ran.push(name), ctx.next());
  const ask = siteOf({
    "_middleware": { handler: [note("root 1"), note("root 2")] },
    "notes/[id]/_middleware": { handlers: note("note") },
    "notes/[id]/edit": { handler: say("") },
    "(group)/_middleware": { handler: note("group") },
    "(group)/inside": { handler: say("") },
    "outside": { handler: say("") },
  });
  for (
    const [path, expected] of [
      ["/notes/7/edit", "root 1, root 2, note"],
      ["/inside", "root 1, root 2, group"],
      ["/outside", "root 1, root 2"],
      ["/nothing", "root 1, root 2"],
    ] as const
  ) {
    ran.length = 0;
    await ask(path);
    assert.equal(ran.join(", "), expected, path);
  }
});

Deno.test("a file answers only the methods that it handles; a page also answers GET", async () => {
  const ask = siteOf({
    api: { handlers: { POST: () => new Response("posted") } },
    page: { default: () => null, handler: { POST: () => new Response("posted") } },
    every: { handler: () => new Response("every") },
  });
  for (
    const [method, path, status] of [
      ["POST", "/api", 200],
      ["GET", "/api", 405],
      ["HEAD", "/api", 405],
      ["POST", "/page", 200],
      ["GET", "/page", 200],
      ["HEAD", "/page", 200],
      ["DELETE", "/page", 405],
      ["DELETE", "/every", 200],
    ] as const
  ) assert.equal((await ask(path, { method })).status, status, `${method} ${path}`);
});

Deno.test("a file that is no route says so", async (t) => {
  await t.step("a page without exports", async () => {
    const response = await siteOf({ empty: {}, _error: { handler: (ctx) => new Response(String(ctx.error)) } })(
      "/empty",
    );
    assert.match(await response.text(), /The route empty exports neither a component nor handlers/);
  });
  await t.step("a middleware by method", () => {
    assert.throws(
      () => siteOf({ _middleware: { handler: { GET: () => new Response() } } }),
      /must export one middleware/,
    );
  });
  await t.step("parameters that follow each other", () => {
    assert.throws(() => siteOf({ "[a][b]": {} }), /two parameters follow each other/);
  });
});
