import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { DEFAULT_LIMITS } from "../../lib/adapters/http_listener.ts";

Deno.test({
  name: "400 stalled connections from one address and 256 descriptors do not stop the listener for 10 s",
  ignore: !existsSync("/usr/bin/prlimit"), // util-linux
  async fn() {
    const child = new URL("./http_listener_child.ts", import.meta.url).pathname;
    const args = ["--nofile=256:256", Deno.execPath(), "run", "-A", child];
    await using server = new Deno.Command("/usr/bin/prlimit", { args, stdout: "piped", stdin: "piped" }).spawn();
    const port = Number(new TextDecoder().decode((await server.stdout.getReader().read()).value));
    const attackers: Socket[] = [];
    const trickle = setInterval(
      () => attackers.forEach((socket, i) => i % 3 < 2 && socket.writable && socket.write("a")),
      200,
    );
    try {
      for (let i = 0; i < 400; i++) {
        const socket = connect(port, "127.0.0.1").on("error", () => {});
        socket.write(
          [
            "GET / HTTP/1.1\r\nX: ",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n",
            "GET /big HTTP/1.1\r\nHost: a\r\n\r\n",
          ][i % 3]!,
        );
        if (i % 3 === 2) socket.pause();
        else socket.resume();
        attackers.push(socket);
      }
      // A paused socket does not see that it was refused, so only the reading ones are counted.
      const reading = attackers.filter((_, i) => i % 3 < 2);
      await until(() => reading.filter((socket) => !socket.destroyed).length <= DEFAULT_LIMITS.maxFromLoopback);
      const start = performance.now();
      await until(() => fetch(`http://127.0.0.1:${port}/`).then((r) => r.text()).then((t) => t === "ok", () => false));
      assert.ok(performance.now() - start < 10_000, `answered after ${performance.now() - start} ms`);
      const peak = await fetch(`http://127.0.0.1:${port}/peak`).then((r) => r.json());
      assert.ok(peak < 256, `peak memory ${peak} MiB`);
    } finally {
      clearInterval(trickle);
      await Promise.all(attackers.map((socket) => socket.destroyed || once(socket.destroy(), "close")));
      server.stdin.close().catch(() => {});
    }
  },
});

/** Polls because nothing signals these conditions; the caller's test runner bounds it. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}
