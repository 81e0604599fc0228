import { ignoreProxies } from "./lib/cli/no_proxy.ts";
import { runCommandLine, type ServeOptions, type Wiring } from "./lib/cli/program.ts";
import type { Service } from "./lib/cli/serve.ts";
import { asEssaimError } from "./lib/core/errors.ts";
import type { Config } from "./lib/core/config.ts";
import type { Log } from "./lib/ports.ts";

/** The one command line. Everything but the parsing of arguments is loaded when a command needs it. */

const VERSION = "0.1.0";

async function serve(command: "tracker" | "peer", { flags, stopWithStdin, json }: ServeOptions): Promise<number> {
  ignoreProxies();
  const [{ loadConfig }, { openLog }, { serveUntilStopped }] = await Promise.all([
    import("./lib/cli/load_config.ts"),
    import("./lib/adapters/log.ts"),
    import("./lib/cli/serve.ts"),
  ]);
  const { config } = await loadConfig(command, flags);
  const { data } = config[command];
  let echoing = true;
  await using log = openLog({
    dir: `${data}/logs`,
    name: command,
    ...config.log,
    echo: (line) => echoing && console.error(line),
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault(); // one failure never stops the rest
    log.error("internal", "Unforeseen failure", { reason: event.reason, stack: (event.reason as Error)?.stack });
  });
  const start = command === "tracker" ? tracker : peer;
  try {
    return await serveUntilStopped(() => start(config, log), { data, stopWithStdin, json });
  } catch (caught) {
    const error = asEssaimError(caught);
    echoing = false; // the command line says it
    log.error(error.code, `The ${command} does not run. ${error.message}`, { stack: (error.cause as Error)?.stack });
    throw error;
  }
}

async function tracker(config: Config, log: Log): Promise<Service> {
  const { startTracker } = await import("./tracker.ts");
  const { port, close } = await startTracker({ config, log });
  return { ready: `The tracker runs at http://127.0.0.1:${port}`, close };
}

async function peer(config: Config, log: Log): Promise<Service> {
  const { startPeer } = await import("./peer.ts");
  const { name, uiPort, close } = await startPeer({ config, log });
  return { ready: `${name} runs at http://127.0.0.1:${uiPort}`, close };
}

async function setup(): Promise<void> {
  if (Deno.build.standalone) return; // everything is inside
  if ((await Deno.permissions.query({ name: "run" })).state !== "granted") {
    throw new Error("This runs several programs, which needs more permissions. Use: deno task start");
  }
  const { setupWhenNeeded } = await import("./scripts/setup.ts");
  await setupWhenNeeded();
}

if (import.meta.main) {
  const wiring: Wiring = { version: VERSION, serve, setup };
  Deno.exit(await runCommandLine(Deno.args, wiring));
}
