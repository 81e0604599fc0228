import assert from "node:assert/strict";
import { DEFAULT_LIMITS, listenHttp } from "../../lib/adapters/http_listener.ts";
import { LongBodies } from "../../lib/adapters/long_bodies.ts";
import { exchange, Raw } from "./raw_http.ts";

const MIB = 1024 * 1024;
const sized = (length: number) => ({ headers: { "content-length": `${length}` } });
const CHUNKED = { headers: { "transfer-encoding": "chunked" } };

Deno.test("one address has a part of the room for long bodies, all together have all of it, and short ones need none", () => {
  const bodies = new LongBodies();
  const taken = (address: string, request: Parameters<LongBodies["take"]>[0] = sized(4 * MIB)) => {
    const places: Disposable[] = [];
    for (
      let place = bodies.take(request, address);
      place && places.length < 100;
      place = bodies.take(request, address)
    ) {
      places.push(place);
    }
    return places;
  };
  const first = taken("a");
  assert.equal(first.length, 4);
  assert.deepEqual([taken("b", CHUNKED).length, taken("c").length, taken("d").length, taken("e").length], [4, 4, 4, 0]);
  assert.equal(taken("a", sized(64 * 1024)).length, 100);
  for (const place of first) place[Symbol.dispose]();
  assert.equal(taken("e").length, 4);
});

Deno.test("who sends a long body when there is no room for it is told to come again, others are answered", async () => {
  await using server = await listenHttp({
    hostname: "127.0.0.1",
    ports: [0],
    limits: DEFAULT_LIMITS,
    longBodies: new LongBodies(),
    handler: async (request) => new Response(`${(await request.bytes()).length}`),
  });
  const head = (length: number) =>
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`;
  const slow = await Promise.all([1, 2, 3, 4].map(async () => (await Raw.open(server.port)).send(`${head(4 * MIB)}x`)));
  const refused = await exchange(server.port, head(4 * MIB));
  assert.match(refused, /^HTTP\/1\.1 503[^]*\r\nretry-after: 1\r\n/i);
  assert.match(await exchange(server.port, `${head(5)}hello`), /^HTTP\/1\.1 200[^]*5/);
  await Promise.all(slow.map((raw) => raw[Symbol.asyncDispose]()));
  const whole = `${head(100_000)}${"x".repeat(100_000)}`;
  let answer = "";
  while (!answer.startsWith("HTTP/1.1 200")) answer = await exchange(server.port, whole);
});
