import assert from "node:assert/strict";
import { ownCommand, V8_FLAGS } from "../../lib/cli/child.ts";
import { compileArgs } from "../../scripts/compile/deno_compile.ts";
import config from "../../deno.json" with { type: "json" };
import head from "../../scripts/compile/head.sh" with { type: "text" };

Deno.test("every way to start the program keeps its memory as small", () => {
  const tasks = Object.values(config.tasks).map((task) => typeof task === "string" ? task : task.command);
  const starting = tasks.filter((command) => / main\.ts /.test(command));
  assert.equal(starting.length, 4);
  for (const command of [...starting, head]) assert.ok(command.includes(V8_FLAGS), command);
  assert.ok(ownCommand().args.includes(V8_FLAGS));
  assert.ok(compileArgs("tree", [], "out", "x86_64-unknown-linux-gnu").includes(V8_FLAGS));
});
