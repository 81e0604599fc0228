import { removeOwnRunFile } from "./data_folder.ts";
import { EXIT } from "./exit_codes.ts";

/** A started tracker or peer; its DATA/run.json is there. */
export interface Service {
  /** Told when it is ready: "alice runs at http://127.0.0.1:8001". */
  readonly ready: string;
  close(): Promise<void>;
}

export interface ServeUntil {
  /** Where run.json is. */
  readonly data: string;
  /** Standard input is a pipe from a supervisor: its end means that the supervisor is gone. */
  readonly stopWithStdin: boolean;
  /** Print the run file instead of the sentence. */
  readonly json: boolean;
  /** Called once it is ready and has said so. */
  onReady?(): Promise<void>;
}

const STOP_WITHIN_MS = 4_500; // promised: 5 s
/** One Ctrl-C arrives several times: from the terminal, from deno task, from `start`. */
const SAME_SIGNAL_MS = 1_500;

/** Keeps a service running until SIGINT, SIGTERM or the end of standard input; a second Ctrl-C does not wait. */
export async function serveUntilStopped(start: () => Promise<Service>, until: ServeUntil): Promise<number> {
  const stop = Promise.withResolvers<void>();
  let first: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const giveUp = () => {
    removeOwnRunFile(until.data);
    Deno.exit(EXIT.failed);
  };
  const onSignal = () => {
    first ??= performance.now();
    if (performance.now() - first > SAME_SIGNAL_MS) giveUp();
    begin();
  };
  const begin = () => {
    timer ??= setTimeout(giveUp, STOP_WITHIN_MS);
    stop.resolve();
  };
  for (const signal of stopSignals()) Deno.addSignalListener(signal, onSignal);
  if (until.stopWithStdin) void endOfInput().then(begin);

  const service = await start();
  say(until.json ? JSON.stringify(JSON.parse(await Deno.readTextFile(`${until.data}/run.json`))) : service.ready);
  void until.onReady?.().catch((error: Error) => console.error(error.message));
  await stop.promise;
  try {
    await service.close();
  } finally {
    clearTimeout(timer);
  }
  return EXIT.done;
}

/** SIGTERM does not exist on Windows, where SIGBREAK is sent when the window is closed. */
function stopSignals(): Deno.Signal[] {
  return Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM", "SIGHUP"];
}

async function endOfInput(): Promise<void> {
  const buffer = new Uint8Array(256);
  try {
    while (await Deno.stdin.read(buffer) !== null);
  } catch {
    // as good as ended
  }
}

function say(text: string): void {
  try {
    console.log(text);
  } catch {
    // nobody reads; it runs all the same
  }
}
