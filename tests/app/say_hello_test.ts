import assert from "node:assert/strict";
import { introduction } from "../../lib/app/say_hello.ts";
import { EssaimError } from "../../lib/core/errors.ts";

const AT = { host: "10.0.0.7", port: 4500 };
/** Somebody who never answers. */
const silent = {
  hello: (_: unknown, signal?: AbortSignal) =>
    new Promise<never>((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason), { once: true })),
};
const isUnreachable = (error: unknown) => error instanceof EssaimError && error.code === "unreachable";

Deno.test("who is asked and says nothing in time counts as unreachable", async () => {
  const late = new AbortController();
  const asked = introduction(silent, AT, late.signal, new AbortController().signal);
  late.abort(new DOMException("The time is over.", "TimeoutError"));
  await assert.rejects(asked, isUnreachable);
});

Deno.test("who asked and stops is told why it stopped, not that nobody answered", async () => {
  const stop = new AbortController();
  const asked = introduction(silent, AT, stop.signal, stop.signal);
  stop.abort(new EssaimError("cancelled", "This peer stops."));
  await assert.rejects(asked, /This peer stops/);
});

Deno.test("what the other one answers wrongly is passed on as it is", async () => {
  const wrong = { hello: () => Promise.reject(new EssaimError("bad-content", "No peer answers there.")) };
  const { signal } = new AbortController();
  await assert.rejects(introduction(wrong, AT, signal, signal), /No peer answers there/);
});
