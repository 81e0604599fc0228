import assert from "node:assert/strict";
import { systemdUnit } from "../../lib/core/service_definition.ts";
import { connectLocalPeer } from "../../lib/cli/local_api.ts";
import { MB, randomFile, sha256 } from "./files.ts";
import { serviceManager } from "../../lib/cli/service_manager.ts";
import { Home } from "./home.ts";
import { Classroom } from "./processes.ts";
import { until } from "./until.ts";

/** `essaim service` with a real systemd of a user, in a place where nothing but the test sees it. Linux, root. */

const SYSTEMD = "/lib/systemd/systemd";
const RUNTIME = "/run/user/essaim";
/** systemd looks there whether it may run, and puts its own there. */
const BEGIN = `mount -t tmpfs none /run && mkdir -p -m 700 /run/systemd/system ${RUNTIME} && exec ${SYSTEMD} --user`;

class UserSystemd implements AsyncDisposable {
  private constructor(readonly child: Deno.ChildProcess) {}

  static async start(home: Home): Promise<UserSystemd> {
    home.env["XDG_RUNTIME_DIR"] = RUNTIME;
    const env = { HOME: home.folder, PATH: Deno.env.get("PATH")!, XDG_RUNTIME_DIR: RUNTIME, DENO_DIR: home.denoDir };
    const child = new Deno.Command("unshare", {
      args: ["--mount", "sh", "-c", BEGIN],
      ...{ env, clearEnv: true, stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    const systemd = new UserSystemd(child);
    home.within = systemd.#inside();
    await until("systemd answers", async () => /^(running|degraded)$/m.test(await systemd.ctl("is-system-running")));
    return systemd;
  }

  #inside(): string[] {
    return ["nsenter", "--mount", "--wdns=/", "--target", String(this.child.pid)];
  }

  async ctl(...args: string[]): Promise<string> {
    const [program, ...words] = [...this.#inside(), "systemctl", "--user", ...args];
    const env = { XDG_RUNTIME_DIR: RUNTIME };
    const { stdout, stderr } = await new Deno.Command(program!, { args: words, env }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ctl("exit").catch(() => {});
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
    await this.child.status;
    clearTimeout(timer);
  }
}

const isHere = Deno.build.os === "linux" && Deno.uid() === 0 && await Deno.stat(SYSTEMD).then(() => true, () => false);
const ignore = !isHere && Deno.env.get("CI") !== "true";
if (ignore) console.log("skipped: no systemd here, or not root");

const ANY_PORT = { port: "0", member_port: "0", ui_port: "0" };

Deno.test({
  name:
    "installed as a service the peer runs, stops cleanly in the middle of a download, goes on with it, and is removed",
  ignore,
  fn: async () => {
    await using room = await Classroom.with("alice");
    const film = await randomFile(`${room.folder}/film.mp4`, 5 * MB);
    const { id } = await room.peer("alice").share(film);
    await using home = await Home.empty(undefined, "essaim 100% $HOME é ' ");
    await Deno.mkdir(home.data, { recursive: true });
    const tracker = `http://127.0.0.1:${room.tracker.port}`;
    await Deno.writeTextFile(
      `${home.data}/config.yaml`,
      JSON.stringify({
        peer: { ...ANY_PORT, tracker },
        discovery: { udp_port: 0 },
        limits: { download_rate: "1 MB/s" },
        chunking: { threshold: "1 MB" },
      }),
    );
    await using systemd = await UserSystemd.start(home);
    const service = async (action: string) => {
      const { code, out, err } = await home.run("service", action, "--json");
      return { code, err, said: JSON.parse(out || "{}") };
    };
    assert.deepEqual((await service("status")).said.installed, false);
    const installed = await service("install");
    assert.equal(installed.code, 0, installed.err);
    const { code, said } = await service("status");
    assert.deepEqual([code, said.installed, said.running, said.url], [0, true, true, installed.said.url]);

    const only = async () => (await (await connectLocalPeer(home.data)).downloads())[0];
    await (await connectLocalPeer(home.data)).download({ fileId: id as never });
    await until("some of it is there", async () => ((await only())?.done ?? 0) > MB);
    await systemd.ctl("stop", "essaim.service");
    // Whoever does not stop by itself within 4.5 s ends with 1; whoever is killed has another result.
    const end = await systemd.ctl("show", "essaim.service", "--property", "Result,ExecMainStatus,ActiveState");
    assert.deepEqual(end.trim().split("\n").sort(), ["ActiveState=inactive", "ExecMainStatus=0", "Result=success"]);
    assert.equal((await service("status")).code, 3);

    await systemd.ctl("start", "essaim.service");
    const after = await until("it answers again", () => only().catch(() => undefined));
    assert.ok(after.done >= MB, `only ${after.done} bytes were kept`);
    const path = await until("it is complete", async () => {
      const download = await only();
      return download?.status === "complete" && download.path;
    });
    assert.equal(await sha256(path), await sha256(film));

    assert.deepEqual((await service("remove")).said.removed, true);
    assert.equal((await home.run("status")).code, 3);
    assert.deepEqual((await service("remove")).said.removed, false);
    assert.ok(!await home.isThere(".config/systemd/user/essaim.service"));
  },
});

Deno.test("where no service manager answers, or a peer was started by hand, it is said what to do and nothing is left", async () => {
  await using home = await Home.empty();
  await Deno.writeTextFile(`${home.folder}/bin/systemctl`, "#!/bin/sh\necho 'No medium found' >&2\nexit 1\n", {
    mode: 0o755,
  });
  const refused = await home.run("service", "install");
  assert.equal(refused.code, 1);
  assert.match(refused.err, /daemon-reload fails: No medium found\. .*log in to this computer/);
  assert.ok(!await home.isThere(".config/systemd/user/essaim.service"));
  const { code, out } = await home.run("service", "status");
  assert.deepEqual([code, out.split("\n")[0]], [3, "Service     not installed"]);

  home.start();
  await until("the peer runs", async () => (await home.run("status")).code === 0);
  const second = await home.run("service", "install");
  assert.equal(second.code, 1);
  assert.match(second.err, /started by hand .* Stop it, then: essaim service install/);
  const unknown = await home.run("service", "restart");
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /service install, service remove, service status/);
});

Deno.test("systemd itself finds nothing wrong with it, and would with another", async () => {
  const isThere = await new Deno.Command("systemd-analyze", { args: ["--version"] }).output().then(
    () => true,
    () => false,
  );
  if (!isThere) {
    assert.notEqual(Deno.env.get("CI"), "true", "CI needs systemd-analyze");
    return console.log("skipped: no systemd-analyze here");
  }
  const folder = await Deno.makeTempDir({ prefix: "essaim unit 100% $HOME é ' " });
  try {
    const program = `${folder}/essaim`;
    await Deno.writeTextFile(program, "#!/bin/sh\n", { mode: 0o755 });
    const unit = systemdUnit({ program, args: ["peer", "--data", `${folder}/$x "%h"`], folder });
    for (
      const [text, isFine] of [[unit, true], [unit.replace("[Service]\n", "[Service]\nExecStrat=x\n"), false]] as const
    ) {
      await Deno.writeTextFile(`${folder}/essaim.service`, text);
      const command = new Deno.Command("systemd-analyze", {
        args: ["verify", "--user", "--man=no", `${folder}/essaim.service`],
        env: { HOME: folder, XDG_RUNTIME_DIR: folder },
        signal: AbortSignal.timeout(30_000),
      });
      const { code, stderr } = await command.output();
      const said = new TextDecoder().decode(stderr);
      assert.equal(code === 0 && said === "", isFine, said);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("each system is told in its own words, of the very file that is written", () => {
  const command = { program: "/opt/essaim", args: ["peer"], folder: "/data" };
  const on = (os: string) =>
    serviceManager({ os, home: "/home/zoé", env: { USERDOMAIN: "PC", USERNAME: "zoé" }, uid: 501, data: "/data" });
  const words = (os: string) => [...on(os).begin, ...on(os).end].map(({ words }) => words.join(" "));
  assert.equal(on("linux").file, "/home/zoé/.config/systemd/user/essaim.service");
  assert.deepEqual(words("darwin"), [
    "launchctl bootout gui/501/essaim.peer",
    "launchctl bootstrap gui/501 /home/zoé/Library/LaunchAgents/essaim.peer.plist",
    "launchctl bootout gui/501/essaim.peer",
  ]);
  assert.match(new TextDecoder().decode(on("darwin").define(command)), /<key>Label<\/key>\s*<string>essaim\.peer</);
  assert.ok(on("darwin").state?.runs("gui/501/essaim.peer = {\n\tstate = running\n}"));
  assert.ok(!on("darwin").state?.runs("\tstate = not running\n"));
  assert.deepEqual(words("windows"), [
    "schtasks /end /tn Essaim",
    `schtasks /create /f /xml ${on("windows").file} /tn Essaim`,
    "schtasks /run /tn Essaim",
    "schtasks /end /tn Essaim",
    "schtasks /delete /f /tn Essaim",
  ]);
  const task = on("windows").define(command);
  assert.deepEqual([...task.subarray(0, 4)], [0xff, 0xfe, 0x3c, 0]); // byte order mark, then "<"
  assert.match(new TextDecoder("utf-16le").decode(task), /<UserId>PC\\zoé<\/UserId>/);
});
