import { ignoreProxies } from "./lib/cli/no_proxy.ts";
import { ownFile } from "./lib/cli/own_file.ts";
import { EXIT } from "./lib/cli/exit_codes.ts";
import type { ServeOptions, Wiring } from "./lib/cli/commands.ts";
import { runCommandLine } from "./lib/cli/program.ts";
import type { Service } from "./lib/cli/serve.ts";
import { asEssaimError, EssaimError } from "./lib/core/errors.ts";
import { VERSION } from "./lib/core/version.ts";
import type { LoadedConfig } from "./lib/cli/load_config.ts";
import type { Log } from "./lib/ports.ts";

/** The one command line. Everything but the parsing of arguments is loaded when a command needs it. */

async function serve(command: "tracker" | "peer", { flags, stopWithStdin, json, open }: ServeOptions): Promise<number> {
  ignoreProxies();
  const { loadConfig } = await import("./lib/cli/load_config.ts");
  const loaded = await loadConfig(command, flags);
  const { config } = loaded;
  const { data, host } = config[command];
  const pages = open ? await pagesIn(data, json) : undefined;
  if (await pages?.showRunning()) return EXIT.done;
  const [{ openLog }, { serveUntilStopped }, { watchedConsole }] = await Promise.all([
    import("./lib/adapters/log.ts"),
    import("./lib/cli/serve.ts"),
    import("./lib/cli/console.ts"),
  ]);
  const tell = watchedConsole(config.peer.tracker, (line) => console.error(line));
  let echoing = true;
  await using log = openLog({
    dir: `${data}/logs`,
    name: command,
    ...config.log,
    echo: (entry) => echoing && tell(entry),
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault(); // one failure never stops the rest
    log.error("internal", `Unforeseen failure; the log in ${data}/logs has more.`, {
      reason: event.reason,
      stack: (event.reason as Error)?.stack,
    });
  });
  const start = command === "tracker" ? tracker : peer;
  try {
    return await serveUntilStopped(async () => {
      const { ready, more, close } = await start(loaded, log);
      return { ready: stopWithStdin ? ready : [ready, ...more].join("\n"), close };
    }, { data, stopWithStdin, json, ...pages && { onReady: pages.show } });
  } catch (caught) {
    const error = absentHost(caught, host) ?? asEssaimError(caught);
    if (error.code === "already-running" && await pages?.showRunning(true)) return EXIT.done;
    echoing = false; // the command line says it
    log.error(error.code, `The ${command} does not run. ${error.message}`, { stack: (error.cause as Error)?.stack });
    throw error;
  }
}

async function pagesIn(data: string, json: boolean) {
  const [{ showPages, showRunning }, { browse }] = await Promise.all([
    import("./lib/cli/open.ts"),
    import("./lib/adapters/desktop.ts"),
  ]);
  const shown = { data, browse, json };
  return {
    show: () => showPages(shown),
    showRunning: (isStarting = false) => showRunning(shown, isStarting),
  };
}

const ABSENT: ReadonlySet<unknown> = new Set(["EADDRNOTAVAIL", "EINVAL", "EAFNOSUPPORT", "ENOTFOUND", "EAI_AGAIN"]);

/** The address to listen on is none of this computer's. */
function absentHost(caught: unknown, host: string): EssaimError | undefined {
  const { code } = ((caught as Error | undefined)?.cause ?? {}) as { readonly code?: unknown };
  if (!ABSENT.has(code)) return undefined;
  return new EssaimError(
    "bad-config",
    `Cannot listen on ${host}: this computer has no such address. Give one that it has, or 0.0.0.0 for all of them.`,
    { cause: caught },
  );
}

/** `more`: lines for a person who started it alone. */
type Started = Service & { readonly more: readonly string[] };

async function tracker({ config }: LoadedConfig, log: Log): Promise<Started> {
  const [{ startTracker }, { classBanner }] = await Promise.all([
    import("./tracker.ts"),
    import("./lib/cli/class_banner.ts"),
  ]);
  const { port, joinLinks, close } = await startTracker({ config, log, program: ownProgram() });
  const pages = `http://127.0.0.1:${port}`;
  const isSeen = Deno.stdout.isTerminal();
  const more = classBanner({
    links: joinLinks(),
    pages: `${pages}/class`,
    columns: isSeen ? Deno.consoleSize().columns : undefined,
    colours: isSeen && !Deno.env.get("NO_COLOR"),
  });
  return { ready: `The tracker runs at ${pages}`, more, close };
}

async function peer({ ifSaved, usual, ...configuration }: LoadedConfig, log: Log): Promise<Started> {
  const { startPeer } = await import("./peer.ts");
  const { name, uiPort, close } = await startPeer({ configuration, ifSaved, usual, log, program: ownProgram() });
  return { ready: `${name} runs at http://127.0.0.1:${uiPort}`, more: [], close };
}

/** What pages tell people to type, on this computer and on those that have their copy of it; undefined from source. */
function ownProgram(): string | undefined {
  return ownFile() === undefined ? undefined : "essaim";
}

async function setup(): Promise<void> {
  if ((await Deno.permissions.query({ name: "run" })).state !== "granted") {
    throw new Error("This runs several programs, which needs more permissions. Use: deno task start");
  }
  const { setupWhenNeeded } = await import("./scripts/setup.ts");
  await setupWhenNeeded();
}

async function importIdentity(data: string, passphrase: string, file: Uint8Array) {
  const [{ lockData }, { importIdentity }] = await Promise.all([
    import("./lib/adapters/data_lock.ts"),
    import("./lib/adapters/identity_file.ts"),
  ]);
  await Deno.mkdir(data, { recursive: true, mode: 0o700 });
  await using _lock = await lockData(data);
  const { kept } = await importIdentity(`${data}/identity`, passphrase, file);
  return { className: kept?.name };
}

async function setTrackerPassword(data: string, password: string): Promise<void> {
  const { AdminPassword } = await import("./lib/adapters/admin_password.ts");
  await new AdminPassword(`${data}/class`).set(password);
}

if (import.meta.main) {
  const wiring: Wiring = { version: VERSION, serve, setup, importIdentity, setTrackerPassword };
  Deno.exit(await runCommandLine(Deno.args, wiring));
}
