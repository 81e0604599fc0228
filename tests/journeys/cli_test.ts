import assert from "node:assert/strict";
import { configFlags } from "../../lib/core/config.ts";
import { commandFirst, optionsWithValue } from "../../lib/cli/program.ts";
import { describedProgram } from "../../scripts/described_program.ts";
import { essaim } from "./cli_runner.ts";

/** What the command line says without any peer. Talking to one is in cli_local_peer_test.ts. */

const COMMANDS = [
  "share",
  "unshare",
  "search",
  "get",
  "downloads",
  "shares",
  "peers",
  "status",
  "config",
  "tracker",
  "peer",
  "start",
];

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "essaim-cli-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("every command explains itself, its options and the exit codes", async () => {
  for (const command of COMMANDS) {
    const { code, out, err } = await essaim([command, "--help"]);
    assert.equal(code, 0, command);
    assert.equal(err, "", command);
    for (const part of [`essaim ${command}`, "--data", "--json", "Exit codes:"]) assert.ok(out.includes(part), command);
    assert.ok(!out.includes("stop-with-stdin"));
  }
});

Deno.test("the help fits on one screen, names every command and gives three examples", async () => {
  const { code, out } = await essaim(["--help"]);
  assert.equal(code, 0);
  const lines = out.trimEnd().split("\n");
  assert.ok(lines.length <= 24 && lines.every((line) => line.length <= 80), out);
  for (const command of COMMANDS) assert.match(out, new RegExp(`^  \\S.* {2,}.*\\b${command}\\b`, "m"));
  assert.equal(out.split("Examples:")[1]?.match(/^ {2}essaim /gm)?.length, 3);
});

Deno.test("a command line that makes no sense ends with exit code 2 and says why", async () => {
  const wrong: [string[], RegExp][] = [
    [["gte"], /Did you mean get\?.*Help: essaim --help/s],
    [["notes.pdf"], /unknown command 'notes\.pdf'\nHelp: essaim --help/],
    [["--data", "x", "gte"], /Did you mean get\?.*Help: essaim --help/s],
    [["--jsno"], /Did you mean --json/],
    [["get"], /missing required argument.*Help: essaim get --help/s],
    [["shares", "a"], /too many arguments/],
    [["start", "--port", "x"], /from 0 to 65535/],
    [["peer", "--host", "not an address"], /--host: peer\.host must be an address/],
    [["tracker", "--host", "127.0.0.1:5000"], /--host: tracker\.host must be an address/],
    [["search", "x", "--jsno"], /Did you mean --json/],
    [["downloads", "destroy"], /pause, resume or cancel/],
    [["downloads", "pause"], /Which download/],
    [["start", "--peers", "0"], /from 1 to 30/],
    [["peer", "--port", "abc"], /--port/],
  ];
  for (const [args, why] of wrong) {
    const { code, out, err } = await essaim(args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(out, "");
    assert.match(err, why);
  }
});

Deno.test("options may stand before the command; where none is given, the peer and its pages are meant", async () => {
  const valued = optionsWithValue(describedProgram());
  assert.deepEqual(["--data", "--peers", "--json", "--open"].filter((option) => valued.has(option)), [
    "--data",
    "--peers",
  ]);
  const lines: [string, string][] = [
    ["--data d start --peers 3", "start --data d --peers 3"],
    ["--json --data=d status", "status --json --data=d"],
    ["--paths-from p --data d get x", "--paths-from p get --data d x"],
    ["--data start", "peer --open --data start"],
    ["--data", "peer --open --data"],
    ["--paths-from p", "--paths-from p peer --open"],
    ["--json -- status", "peer --open --json -- status"],
    ["--help --data d", "--help --data d"],
    ["share -- --data", "share -- --data"],
    ["", "peer --open"],
  ];
  for (const [given, meant] of lines) {
    assert.deepEqual(commandFirst(given.split(" ").filter(Boolean), valued), meant.split(" "), given);
  }
  const { code, err } = await essaim(["--data", "/nowhere at all", "--json", "status"]);
  assert.equal(code, 3, err);
});

Deno.test("with no peer in the data folder the exit code is 3 and the message says what to do", () =>
  inFolder(async (folder) => {
    for (const args of [["status"], ["get", "x"], ["search", "x"], ["shares"], ["downloads"], ["peers"]]) {
      const { code, out, err } = await essaim([...args, "--data", folder]);
      assert.equal(code, 3, args.join(" "));
      assert.equal(out, "");
      assert.ok(err.includes(`essaim peer --data ${folder}`), err);
    }
  }));

Deno.test("a run file left behind by a killed peer is no peer, and others nearby are proposed", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/peer-1`);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close(); // nobody listens there now
    for (const place of [folder, `${folder}/peer-1`]) {
      await Deno.writeTextFile(`${place}/run.json`, JSON.stringify({ pid: 1, uiPort: port }));
      await Deno.writeTextFile(`${place}/api-token`, "x");
    }
    const { code, err } = await essaim(["status", "--data", folder]);
    assert.equal(code, 3);
    assert.ok(err.includes(`--data ${folder}/peer-1`), err);
  }));

Deno.test("config prints every value with the place it comes from", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/mine`);
    await Deno.writeTextFile(`${folder}/config.yaml`, "limits:\n  upload_slots: 3\n  connections: 50\n");
    await Deno.writeTextFile(`${folder}/mine/config.yaml`, "limits:\n  upload_slots: 4\n");
    const env = { ESSAIM_PEER_NAME: "zoé" };
    const { code, out } = await essaim(["config", "--data", "mine", "--json"], { cwd: folder, env });
    assert.equal(code, 0);
    const lines = JSON.parse(out) as { key: string; value: unknown; origin: string }[];
    const line = (key: string) => lines.find((line) => line.key === key);
    assert.equal(line("limits.upload_slots")?.value, 4);
    assert.match(line("limits.upload_slots")?.origin ?? "", /mine\/config\.yaml:2:\d+$/);
    assert.match(line("limits.connections")?.origin ?? "", /^config\.yaml:3:\d+$/);
    assert.deepEqual(line("peer.name"), { key: "peer.name", value: "zoé", origin: "ESSAIM_PEER_NAME" });
    assert.equal(line("peer.data")?.origin, "--data");
    assert.equal(line("tracker.port")?.origin, "default");
    const text = await essaim(["config", "--data", "mine"], { cwd: folder });
    assert.match(text.out, /^ {2}upload_slots: 4 +# .*mine\/config\.yaml:2/m);
  }));

Deno.test("a wrong key is refused with file, line, column and the nearest one; a wrong variable too", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, "tracker:\n  prot: 5000\n");
    for (const command of ["config", "peer", "tracker"]) {
      const { code, err } = await essaim([command], { cwd: folder });
      assert.equal(code, 1, command);
      assert.match(err, /config\.yaml:2:3/);
      assert.match(err, /Did you mean "port"/);
    }
    await Deno.remove(`${folder}/config.yaml`);
    const { code, err } = await essaim(["config"], { cwd: folder, env: { ESSAIM_TRACKER_PROT: "1" } });
    assert.equal(code, 1);
    assert.match(err, /ESSAIM_TRACKER_PORT/);
  }));

Deno.test("an address that this computer does not have is refused with what to do", () =>
  inFolder(async (folder) => {
    for (const [command, host] of [["tracker", "203.0.113.7"], ["peer", "203.0.113.7"], ["peer", "no.such.invalid"]]) {
      const { code, err } = await essaim([command!, "--host", host!, "--port", "0", "--data", folder], { cwd: folder });
      assert.equal(code, 1, err);
      assert.match(err, new RegExp(`^essaim: Cannot listen on ${host}: this computer has no such address`));
    }
  }));

Deno.test("hints are typed as the command was: by deno task when it was", () =>
  inFolder(async (folder) => {
    const { err } = await essaim(["--paths-from", folder, "status", "--data", "mine"], { cwd: folder });
    assert.ok(err.includes(`deno task peer --data ${folder}/mine`), err);
  }));

Deno.test("every option with a value that tracker and peer offer reaches a setting", async () => {
  for (const command of ["tracker", "peer"] as const) {
    const { out } = await essaim([command, "--help"]);
    const options = [...out.matchAll(/^ {2}--([a-z-]+) </gm)].map(([, name]) => name!);
    assert.ok(options.length >= 4, out);
    for (const option of options) {
      const name = option.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
      assert.equal(Object.keys(configFlags(command, { [name]: "x" })).length, 1, `${command} --${option}`);
    }
  }
});
