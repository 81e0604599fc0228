import { homedir } from "node:os";
import { dirname, resolve } from "node:path";
import { EssaimError } from "../core/errors.ts";
import { ownCommand, pause } from "./child.ts";
import { SERVICE_ACTIONS } from "./commands.ts";
import { type Context, printJson } from "./context.ts";
import { readRunFile } from "./data_folder.ts";
import { EXIT, type ExitCode, UsageError } from "./exit_codes.ts";
import { connectLocalPeer } from "./local_api.ts";
import { type ServiceManager, serviceManager, type ServiceStep, type Words } from "./service_manager.ts";
import { usedConfigFolder } from "./load_config.ts";

const STARTS_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 100;
const MANAGER_MS = 60_000;

/** The peer of a data folder as a service of the user: installs, removes or describes it. */
export async function service(context: Context, action: string): Promise<ExitCode> {
  const data = resolve(await context.dataFolder());
  const manager = serviceManager({
    ...{ os: Deno.build.os, home: homedir(), env: Deno.env.toObject(), uid: Deno.uid(), data },
  });
  switch (SERVICE_ACTIONS.find((known) => known === action)) {
    case "install":
      return await install(context, manager, data);
    case "remove":
      return await remove(context, manager);
    case "status":
      return await status(context, manager, data);
    default:
      throw new UsageError(`Give one of: ${SERVICE_ACTIONS.map((known) => `service ${known}`).join(", ")}`);
  }
}

async function install({ terminal, json, hint }: Context, manager: ServiceManager, data: string): Promise<ExitCode> {
  const isNew = !await exists(manager.file);
  const running = await addressOf(data);
  if (running !== undefined && (isNew || !await runs(manager, running))) {
    throw new EssaimError(
      "already-running",
      `A peer that was started by hand runs with the data folder ${data}. Stop it, then: ${hint("service install")}`,
    );
  }
  const own = ownCommand();
  const folder = await usedConfigFolder() ?? data;
  const definition = manager.define({ program: own.program, args: [...own.args, "peer", "--data", data], folder });
  try {
    await Deno.mkdir(data, { recursive: true, mode: 0o700 });
    await Deno.mkdir(dirname(manager.file), { recursive: true });
    await Deno.writeFile(manager.file, definition);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new EssaimError("unwritable", `Cannot write ${manager.file}: ${why}. Check the permissions of its folder.`, {
      cause,
    });
  }
  try {
    for (const step of manager.begin) await tell(manager, step);
  } catch (error) {
    if (isNew) await Deno.remove(manager.file).catch(() => {});
    throw error;
  }
  const address = await answering(data);
  if (address === undefined) {
    throw new EssaimError(
      "not-running",
      `The service is installed, but no peer answers yet. See why: ${manager.why}; then: ${hint("service status")}`,
    );
  }
  if (json) await printJson(terminal, { installed: true, running: true, file: manager.file, url: address });
  else terminal.line(`The peer runs at ${address}, now and after each login.`);
  terminal.remark(`To end that: ${hint("service remove")}`);
  return EXIT.done;
}

async function remove({ terminal, json }: Context, manager: ServiceManager): Promise<ExitCode> {
  const isInstalled = await exists(manager.file);
  if (isInstalled) {
    for (const step of manager.end) await tell(manager, step);
    await Deno.remove(manager.file);
    for (const step of manager.forget) await tell(manager, step);
  }
  if (json) await printJson(terminal, { removed: isInstalled, file: manager.file });
  else terminal.line(isInstalled ? "The service is stopped and removed. Its data stays." : "No service was installed.");
  return EXIT.done;
}

async function status({ terminal, json, hint }: Context, manager: ServiceManager, data: string): Promise<ExitCode> {
  const installed = await exists(manager.file);
  const url = await addressOf(data);
  const running = installed && await runs(manager, url);
  if (json) await printJson(terminal, { installed, running, file: manager.file, url: url ?? null });
  else {
    const state = running ? "runs" : `does not run; see why: ${manager.why}`;
    terminal.line(`Service     ${installed ? `installed in ${manager.file}` : "not installed"}`);
    if (installed) terminal.line(`State       ${state}`);
    terminal.line(`Peer        ${url === undefined ? "does not run" : `runs at ${url}`}`);
    if (!installed) terminal.remark(`To start the peer with each login: ${hint("service install")}`);
  }
  return running ? EXIT.done : EXIT.noPeer;
}

/** Lets the manager do something. Throws `unreachable` when it does not. */
async function tell(manager: ServiceManager, { words, mayFail }: ServiceStep): Promise<void> {
  const { code, out } = await run(words);
  if (code === 0 || mayFail) return;
  const [why = ""] = out.trim().split("\n");
  throw new EssaimError(
    "unreachable",
    `${words.join(" ")} fails: ${
      why.replace(/\.$/, "") || `exit code ${code}`
    }. It needs ${manager.name} of the user who ` +
      "is logged in: log in to this computer as the one for whom it is to be, and try again there.",
  );
}

async function runs({ state }: ServiceManager, url: string | undefined): Promise<boolean> {
  return state ? state.runs((await run(state.ask)).out) : url !== undefined;
}

async function run([program, ...args]: Words): Promise<{ readonly code: number; readonly out: string }> {
  const signal = AbortSignal.timeout(MANAGER_MS);
  try {
    const command = new Deno.Command(program, { args, signal, stdin: "null", stdout: "piped", stderr: "piped" });
    const { code, stdout, stderr } = await command.output();
    return { code, out: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  } catch (error) {
    return { code: EXIT.failed, out: `there is no ${program} here (${(error as Error).message})` };
  }
}

/** Where the peer of a data folder answers; undefined when none does. */
async function addressOf(data: string): Promise<string | undefined> {
  if (await readRunFile(data) === undefined) return undefined;
  try {
    await (await connectLocalPeer(data)).status();
    return `http://127.0.0.1:${(await readRunFile(data))?.uiPort}`;
  } catch {
    return undefined;
  }
}

async function answering(data: string): Promise<string | undefined> {
  const deadline = performance.now() + STARTS_WITHIN_MS;
  for (;;) {
    const address = await addressOf(data);
    if (address !== undefined || performance.now() > deadline) return address;
    await pause(LOOK_EVERY_MS);
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
