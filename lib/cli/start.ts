import { styleText } from "node:util";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode, UsageError } from "./exit_codes.ts";
import { REAL, supervise, type Supervised } from "./supervise.ts";
import type { Terminal } from "./terminal.ts";

const NAMES =
  "alice bob chloé david emma farid gaëlle hugo inès jules karim léa manon noé olga paul quentin rose sami tess ugo vera william xavier yasmine zoé anna basile clara diego"
    .split(" ");
const COLOURS = ["cyan", "green", "yellow", "magenta", "blue", "red"] as const;
const TRACKER_PORT = 5000; // when the tracker does not say
const FIRST_UI_PORT = 8001;
const UI_PORTS_EACH = 100; // alice 8001–8100, bob 8101–8200 …
const UI_PORTS_TRIED = 20;
const MOST_PEERS = 30;

export interface StartOptions {
  /** How many, as typed. */
  readonly peers: string;
  /** Folder for all of them, absolute. */
  readonly data: string;
  /** Fetches what is missing before a first start. */
  setup(): Promise<void>;
}

/** A tracker and some peers, each a process of its own, until Ctrl-C. */
export async function start({ terminal, json }: Context, { peers, data, setup }: StartOptions): Promise<ExitCode> {
  const count = /^\d{1,3}$/.test(peers) ? Number(peers) : 0;
  if (count < 1 || count > MOST_PEERS) throw new UsageError(`--peers must be a number from 1 to ${MOST_PEERS}.`);
  await setup();
  const say = prefixed(terminal, ["tracker", ...NAMES.slice(0, count)]);
  const wards: Supervised[] = [];
  const stop = Promise.withResolvers<void>();
  const onSignal = () => stop.resolve();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);

  // The tracker goes first: its port is in the peers' arguments.
  const tracker = supervise({ name: "tracker", args: ["tracker"], data: `${data}/tracker` }, { ...REAL, say });
  wards.push(tracker);
  const run = await Promise.race([tracker.ready, stop.promise.then(() => undefined)]);
  const url = `http://127.0.0.1:${run?.port ?? TRACKER_PORT}`;
  for (const [index, name] of NAMES.slice(0, count).entries()) {
    const uiPort = FIRST_UI_PORT + index * UI_PORTS_EACH;
    const args = ["peer", "--name", name, "--tracker", url, "--ui-port", `${uiPort}-${uiPort + UI_PORTS_TRIED}`];
    wards.push(supervise({ name, args, data: `${data}/peer-${index + 1}` }, { ...REAL, say }));
  }
  void summarise(terminal, json, data, wards, count);
  const outcomes = Promise.all(wards.map(({ over }) => over));
  await Promise.race([outcomes, stop.promise]);
  await Promise.all(wards.map((ward) => ward.stop()));
  const wellStopped = (await outcomes).every((outcome) => outcome);
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, onSignal);
  terminal.remark(wellStopped ? "Stopped." : "Not everything ran; the reasons are above.");
  return wellStopped ? EXIT.done : EXIT.failed;
}

/** Once all are ready (or refuse), where they are. */
async function summarise(terminal: Terminal, json: boolean, data: string, wards: readonly Supervised[], count: number) {
  const [tracker, ...peers] = await Promise.all(wards.map(({ ready }) => ready));
  if (tracker === undefined && peers.every((peer) => peer === undefined)) return;
  const places = peers.map((run, index) => ({
    name: NAMES[index] ?? "",
    url: run?.uiPort === undefined ? undefined : `http://127.0.0.1:${run.uiPort}`,
    data: `${data}/peer-${index + 1}`,
  }));
  if (json) {
    terminal.line(JSON.stringify({ tracker: tracker?.port && `http://127.0.0.1:${tracker.port}`, peers: places }));
    return;
  }
  const width = Math.max("tracker".length, ...NAMES.slice(0, count).map((name) => name.length));
  const row = (name: string, rest: string) => terminal.line(`  ${name.padEnd(width)}  ${rest}`);
  terminal.line("\nEssaim runs on this computer. Open in a browser:");
  row("tracker", tracker?.port === undefined ? "does not run" : `http://127.0.0.1:${tracker.port}`);
  for (const { name, url, data } of places) row(name, url === undefined ? "does not run" : `${url}  (files: ${data})`);
  const addresses = tracker?.port === undefined ? [] : lanAddresses();
  if (addresses.length > 0) {
    terminal.line("Other computers of the network reach this tracker at:");
    for (const address of addresses) terminal.line(`  http://${address}:${tracker?.port}`);
  }
  terminal.line(
    `Try: ${
      Deno.build.standalone ? "essaim" : "deno task essaim"
    } share FILE --data ${data}/peer-1\nStop with Ctrl-C.\n`,
  );
}

function lanAddresses(): string[] {
  try {
    return Deno.networkInterfaces()
      .filter(({ family, address }) => family === "IPv4" && !address.startsWith("127."))
      .map(({ address }) => address).slice(0, 5);
  } catch {
    return []; // not allowed, or not known here: the summary does without
  }
}

/** Writes a line after the coloured name of the process that it is about. */
function prefixed(terminal: Terminal, names: readonly string[]): (name: string, line: string) => void {
  const width = Math.max(...names.map((name) => name.length));
  const coloured = Deno.stdout.isTerminal() && !Deno.env.get("NO_COLOR");
  return (name, line) => {
    const colour = COLOURS[names.indexOf(name) % COLOURS.length] ?? "cyan";
    const label = name.padEnd(width);
    terminal.line(`${coloured ? styleText(colour, label) : label} │ ${line}`);
  };
}
