import assert from "node:assert/strict";
import { type LogOptions, openLog } from "../../lib/adapters/log.ts";

async function logged(options: Partial<LogOptions>, write: (log: ReturnType<typeof openLog>) => void) {
  const dir = await Deno.makeTempDir({ prefix: "essaim-log-" });
  try {
    {
      await using log = openLog({
        dir: `${dir}/logs`,
        name: "peer",
        level: "info",
        format: "text",
        maxSize: 1_000_000,
        keptFiles: 3,
        ...options,
      });
      write(log);
    }
    const files: Record<string, string> = {};
    for await (const { name } of Deno.readDir(`${dir}/logs`)) {
      files[name] = await Deno.readTextFile(`${dir}/logs/${name}`);
    }
    return files;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("one event is one line with time, level, code, message and data", async () => {
  const { "peer.log": text = "" } = await logged(
    {},
    (log) => log.warning("port-taken", "Port 5000 is taken.", { port: 5000 }),
  );
  assert.match(
    text,
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING port-taken Port 5000 is taken\. \{"port":5000\}\n$/,
  );
});

Deno.test("names cannot add lines, colours or hidden characters, in text nor in JSON", async () => {
  const name = "a\nb\u001b[31m\u202e\u0085\u2028c";
  for (const format of ["text", "json"] as const) {
    const { "peer.log": text = "" } = await logged({ format }, (log) => {
      log.info("shared", `Shared ${name}`, { [name]: name, error: new Error(name) });
    });
    // deno-lint-ignore no-control-regex
    assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/.test(text), text);
    assert.equal(text.split("\n").length, 2);
    if (format === "json") {
      const line = JSON.parse(text);
      assert.equal(line.message, `Shared ${name}`);
      assert.equal(line.data[name], name);
      assert.equal(line.code, "shared");
      assert.equal(line.level, "info");
    }
  }
});

Deno.test("only events of the chosen level and above are written", async () => {
  const { "peer.log": text = "" } = await logged({ level: "warning" }, (log) => {
    log.debug("a", "A");
    log.info("b", "B");
    log.warning("c", "C");
    log.error("d", "D");
  });
  assert.deepEqual(text.trim().split("\n").map((line) => line.split(" ").at(-1)), ["C", "D"]);
});

Deno.test("files are rotated by size and only so many are kept", async () => {
  const files = await logged({ maxSize: 5_000, keptFiles: 2 }, () => {});
  assert.deepEqual(Object.keys(files), ["peer.log"]);
  const dir = await Deno.makeTempDir({ prefix: "essaim-log-" });
  const options = { dir, name: "peer", level: "info", format: "text", maxSize: 5_000, keptFiles: 2 } as const;
  for (let run = 0; run < 5; run++) {
    await using log = openLog(options);
    for (let n = 0; n < 40; n++) log.info("line", "x".repeat(50));
  }
  const sizes = Array.from(Deno.readDirSync(dir), ({ name }) => Deno.statSync(`${dir}/${name}`).size);
  assert.equal(sizes.length, 2);
  assert.ok(sizes.every((size) => size <= 5_000), String(sizes));
  await Deno.remove(dir, { recursive: true });
});

Deno.test("data that cannot be written as JSON, and endless data, are shortened", async () => {
  const circular: Record<string, unknown> = { big: 10n, bytes: new Uint8Array(7) };
  circular["self"] = circular;
  const { "peer.log": text = "" } = await logged({ format: "json" }, (log) => {
    log.info("odd", "Odd", circular);
    log.info("long", "Long", { text: "x".repeat(1_000_000) });
  });
  const [odd, long] = text.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(odd.data, { big: "10", bytes: "7 bytes", self: "(circular)" });
  assert.equal(long.code, "long");
  assert.ok(text.length < 100_000);
});

Deno.test("a log that cannot be written stops nothing and says so", async () => {
  const said: string[] = [];
  const options = { name: "peer", level: "info", format: "text", maxSize: 5_000, keptFiles: 2 } as const;
  await using log = openLog({ ...options, dir: "/proc/nowhere/logs", echo: ({ message }) => void said.push(message) });
  log.error("x", "Still said");
  assert.match(said[0] ?? "", /There is no log/);
  assert.match(said[1] ?? "", /Still said/);
});

Deno.test({
  name: "a full disk costs lines, nothing else",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const dir = await Deno.makeTempDir({ prefix: "essaim-log-" });
    await Deno.symlink("/dev/full", `${dir}/peer.log`);
    {
      await using log = openLog({ dir, name: "peer", level: "info", format: "text", maxSize: 1e6, keptFiles: 2 });
      for (let n = 0; n < 2_000; n++) log.info("line", "x".repeat(50));
      await new Promise((resolve) => setTimeout(resolve, 50));
      log.info("line", "again");
    }
    await Deno.remove(dir, { recursive: true });
  },
});
