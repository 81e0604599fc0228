import assert from "node:assert/strict";
import { App, HttpError, type PageProps } from "fresh";
import { asking, bodyOf, siteOf } from "./fake_site.ts";

function fail(status: number): never {
  throw new HttpError(status, `failed with ${status}`);
}

function ErrorPage({ error }: PageProps) {
  return <p>{error instanceof HttpError ? `http ${error.status} ${error.message}` : "other"}</p>;
}

/** While `work` runs, what goes to the error console is kept instead. */
async function silently(work: () => Promise<void>): Promise<unknown[]> {
  const { error } = console;
  const seen: unknown[] = [];
  console.error = (...args: unknown[]) => seen.push(...args);
  try {
    await work();
  } finally {
    console.error = error;
  }
  return seen;
}

Deno.test("without an error page an HttpError gives its status, anything else 500 and nothing about itself", async () => {
  const secret = new Error("secret");
  const ask = asking(
    new App()
      .get("/403", () => fail(403))
      .get("/bare", () => {
        throw new HttpError(401);
      })
      .get("/bug", () => {
        throw secret;
      })
      .get("/nothing", (() => undefined) as unknown as () => Response),
  );
  const logged = await silently(async () => {
    for (
      const [path, status, text] of [
        ["/403", 403, "failed with 403"],
        ["/bare", 401, "Unauthorized"],
        ["/bug", 500, "Internal server error"],
        ["/nothing", 500, "Internal server error"],
      ] as const
    ) {
      const response = await ask(path);
      assert.deepEqual([response.status, await response.text()], [status, text], path);
    }
  });
  assert.equal(logged[0], secret);
  assert.match(String(logged[1]), /a middleware or handler for \/nothing returned no response/i);
});

Deno.test("an error page gets the error, and its status is the error's", async () => {
  const ask = siteOf({
    "_error": { default: ErrorPage },
    "teapot": { handler: () => fail(418) },
    "bug": {
      default: () => {
        throw new Error("bug");
      },
    },
    "form": { default: () => <p>form</p>, handler: { POST: () => fail(400) } },
  });
  for (
    const [path, method, status, text] of [
      ["/teapot", "GET", 418, "<p>http 418 failed with 418</p>"],
      ["/bug", "GET", 500, "<p>other</p>"],
      ["/form", "POST", 400, "<p>http 400 failed with 400</p>"],
      ["/nothing", "GET", 404, "<p>http 404 </p>"],
      ["/form", "DELETE", 405, "<p>http 405 </p>"],
    ] as const
  ) {
    const response = await ask(path, { method });
    assert.equal(response.status, status, path);
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(await bodyOf(Promise.resolve(response)), text);
  }
});

Deno.test("the nearest error page answers, inside the layouts of its folder; if it fails, the next one", async () => {
  const layout = (name: string) => ({
    default: ({ Component }: PageProps) => (
      <div class={name}>
        <Component />
      </div>
    ),
  });
  const ask = siteOf({
    "_layout": layout("root"),
    "_error": { default: ({ error }: PageProps) => <p>root: {String(error)}</p> },
    "a/_layout": layout("a"),
    "a/_error": { default: ({ error }: PageProps) => <p>a: {String(error)}</p> },
    "a/b/_layout": layout("b"),
    "a/b/page": { handler: () => fail(400) },
    "c/_error": {
      handler: () => {
        throw new Error("the error page fails");
      },
    },
    "c/page": { handler: () => fail(400) },
  });
  for (
    const [path, html] of [
      ["/a/b/page", '<div class="root"><div class="a"><p>a: HttpError: failed with 400</p></div></div>'],
      ["/c/page", '<div class="root"><p>root: Error: the error page fails</p></div>'],
      ["/a/nothing", '<div class="root"><p>root: HttpError</p></div>'],
    ] as const
  ) assert.equal(await bodyOf(ask(path)), html, path);
});

Deno.test("what is not found goes to notFound, all other errors to onError", async () => {
  const app = new App()
    .notFound(() => new Response("nothing here", { status: 404 }))
    .onError("*", (ctx) => new Response(`error ${(ctx.error as Error).message}`, { status: 500 }))
    .onError("/deep", () => new Response("deep error", { status: 500 }))
    .get("/gone", () => fail(404))
    .get("/bug", () => fail(503))
    .get("/deep/bug", () => fail(503));
  for (
    const [path, text] of [
      ["/unknown", "nothing here"],
      ["/gone", "nothing here"],
      ["/bug", "error failed with 503"],
      ["/deep/bug", "deep error"],
    ] as const
  ) assert.equal(await (await asking(app)(path)).text(), text, path);
  const component = asking(new App().notFound({ component: () => <p>no</p> }));
  assert.equal((await component("/unknown")).status, 404);
});

Deno.test("a middleware sees what is thrown below it, also in ctx.error", async () => {
  const seen: unknown[] = [];
  const ask = asking(
    new App().use(async (ctx) => {
      try {
        return await ctx.next();
      } catch (error) {
        seen.push(error, ctx.error);
        return new Response("handled");
      }
    }).get("/", () => fail(400)),
  );
  assert.equal(await (await ask("/")).text(), "handled");
  assert.equal(seen[0], seen[1]);
  assert.ok(seen[0] instanceof HttpError);
});
