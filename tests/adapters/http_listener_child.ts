/** The listener with its default limits, in a process of its own; prints its port, ends when stdin does. */
import { readFileSync } from "node:fs";
import { listenHttp } from "../../lib/adapters/http_listener.ts";

await using listener = await listenHttp({
  hostname: "127.0.0.1",
  ports: [0],
  async handler(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/big") {
      return new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1024 * 1024)) }));
    }
    if (pathname === "/peak") {
      return Response.json(
        Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) / 1024),
      );
    }
    await request.text();
    return new Response("ok");
  },
});
console.log(listener.port);
for await (const _ of Deno.stdin.readable);
