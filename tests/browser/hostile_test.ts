import assert from "node:assert/strict";
import { randomFile } from "../journeys/files.ts";
import { Classroom } from "../journeys/processes.ts";
import { browserTest } from "./chromium.ts";
import { Visit } from "./visit.ts";

/** What a page of another site tries, each with what came of it. Runs in the page. */
async function attack({ peer, tracker, shareId }: { peer: string; tracker: string; shareId: string }) {
  const outcomes: Record<string, string> = {};
  const attempt = async (name: string, work: () => Promise<unknown>) => {
    outcomes[name] = await work().then((got) => `reached: ${got}`, () => "refused");
  };
  const read = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, { credentials: "include", ...init });
    if (response.type === "opaque") throw new Error("nothing can be read of it");
    return (await response.text()).slice(0, 100);
  };
  const opens = (socket: WebSocket | EventSource) =>
    new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve("open"));
      socket.addEventListener("message", () => resolve("message"));
      socket.addEventListener("error", reject);
    });
  const loads = (tag: "img" | "script" | "iframe", url: string) =>
    new Promise((resolve, reject) => {
      const element = Object.assign(document.createElement(tag), { src: url });
      element.addEventListener("load", () => tag === "iframe" ? settle(element as HTMLIFrameElement) : resolve(tag));
      element.addEventListener("error", reject);
      const settle = (frame: HTMLIFrameElement) => frame.contentDocument ? resolve("frame") : reject();
      document.body.append(element);
    });
  await attempt("read status", () => read(`${peer}/api/status`));
  await attempt("read a page", () => read(`${peer}/files`));
  await attempt("read what the tracker knows", () => read(`${tracker}/api/search`));
  await attempt("delete", () => read(`${peer}/api/shares/${shareId}`, { method: "DELETE" }));
  await attempt(
    "upload",
    () =>
      read(`${peer}/api/uploads?batch=0123456789abcdef&name=evil.exe`, { method: "POST", mode: "no-cors", body: "x" }),
  );
  await attempt(
    "settings by a form",
    () =>
      read(`${peer}/settings`, { method: "POST", mode: "no-cors", body: new URLSearchParams({ "ui.theme": "dark" }) }),
  );
  await attempt("events", () => opens(new EventSource(`${peer}/api/events`, { withCredentials: true })));
  await attempt("socket to the peer", () => opens(new WebSocket(`${peer.replace("http", "ws")}/api/events`)));
  await attempt("socket to the tracker", () => opens(new WebSocket(`${tracker.replace("http", "ws")}/api/live`)));
  await attempt("image", () => loads("img", `${peer}/favicon.svg`));
  await attempt("script", () => loads("script", `${peer}/api/status`));
  await attempt("frame", () => loads("iframe", `${peer}/files`));
  return outcomes;
}

browserTest(
  "a hostile page in the same browser reads nothing and changes nothing, while the own pages work",
  async (browser) => {
    await using room = await Classroom.with("alice");
    const alice = room.peer("alice");
    const { shareId } = await alice.share(await randomFile(`${room.folder}/lesson.pdf`, 1_000));
    const settings = await Deno.readTextFile(`${alice.data}/config.yaml`);
    await using visit = await Visit.begin(browser);
    await visit.open(`${alice.pages}/files`); // now this browser has the session
    await using evil = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response("<!doctype html><title>Free games</title>", { headers: { "content-type": "text/html" } }),
    );
    const tracker = `http://127.0.0.1:${room.tracker.port}`;
    for (const site of [`http://127.0.0.1:${evil.addr.port}/`, `http://localhost:${evil.addr.port}/`]) {
      const page = await visit.context.newPage();
      await page.goto(site);
      const outcomes = await page.evaluate(attack, { peer: alice.pages, tracker, shareId });
      assert.deepEqual(new Set(Object.values(outcomes)), new Set(["refused"]), JSON.stringify({ site, outcomes }));
      await page.close();
    }
    const api = await alice.api();
    assert.deepEqual(
      (await api.shares()).map(({ name }) => name),
      ["lesson.pdf"],
    );
    assert.equal((await api.status()).pending, 0);
    assert.equal(await Deno.readTextFile(`${alice.data}/config.yaml`), settings);
    await visit.open(`${alice.pages}/files`);
    await visit.page.getByText("lesson.pdf").first().waitFor();
  },
);
