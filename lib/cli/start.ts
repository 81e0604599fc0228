import { styleText } from "node:util";
import type { Context } from "./context.ts";
import { commandLine } from "./command_line.ts";
import { EXIT, type ExitCode, UsageError } from "./exit_codes.ts";
import { lanAddresses } from "./lan.ts";
import { ownJoinLink } from "./own_class.ts";
import { REAL, supervise, type Supervised } from "./supervise.ts";
import { systemTerminal, type Terminal } from "./terminal.ts";

const NAMES =
  "alice bob chloé david emma farid gaëlle hugo inès jules karim léa manon noé olga paul quentin rose sami tess ugo vera william xavier yasmine zoé anna basile clara diego"
    .split(" ");
const COLOURS = ["cyan", "green", "yellow", "magenta", "blue", "red"] as const;
const FIRST_UI_PORT = 8001;
const UI_PORTS_EACH = 100; // alice 8001–8100, bob 8101–8200 …
const UI_PORTS_TRIED = 20;
const MOST_PEERS = 30;

const WITHOUT_TRACKER =
  "Nothing was started: the tracker does not run, for the reason above. If its port is taken by " +
  `another tracker, stop that one or choose another port: ${commandLine("start --port 5500")}`;

export interface StartOptions {
  /** How many, as typed. */
  readonly peers: string;
  /** The tracker's, as typed. */
  readonly port?: string | undefined;
  /** Folder for all of them, absolute. */
  readonly data: string;
  /** Fetches what is missing before a first start. */
  setup(): Promise<void>;
}

/** A tracker and some peers, each a process of its own, until Ctrl-C. */
export async function start(
  { terminal, json }: Context,
  { peers, port, data, setup }: StartOptions,
): Promise<ExitCode> {
  const count = /^\d{1,3}$/.test(peers) ? Number(peers) : 0;
  if (count < 1 || count > MOST_PEERS) throw new UsageError(`--peers must be a number from 1 to ${MOST_PEERS}.`);
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    throw new UsageError("--port must be a number from 0 to 65535 (0 takes any free port).");
  }
  await setup();
  const say = prefixed(terminal, ["tracker", ...NAMES.slice(0, count)]);
  const wards: Supervised[] = [];
  const stop = Promise.withResolvers<void>();
  const onSignal = () => stop.resolve();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);

  // The tracker goes first: its port is in the peers' arguments.
  const tracker = supervise({
    name: "tracker",
    // Beside a tracker at the usual ports; peers are told where members are answered.
    args: ["tracker", ...(port === undefined ? [] : ["--port", port, "--member-port", "0"])],
    data: `${data}/tracker`,
  }, { ...REAL, say });
  wards.push(tracker);
  const run = await Promise.race([tracker.ready, stop.promise.then(() => undefined)]);
  const url = `http://127.0.0.1:${run?.port}`;
  // Without the tracker the peers would join whatever else answers at its port.
  for (const [index, name] of run === undefined ? [] : NAMES.slice(0, count).entries()) {
    const uiPort = FIRST_UI_PORT + index * UI_PORTS_EACH;
    const args = ["peer", "--name", name, "--tracker", url, "--ui-port", `${uiPort}-${uiPort + UI_PORTS_TRIED}`];
    wards.push(supervise({ name, args, data: `${data}/peer-${index + 1}` }, { ...REAL, say }));
  }
  const joined = joinClass(wards.slice(1), `${data}/tracker`, url, (index) => `${data}/peer-${index + 1}`);
  void summarise(terminal, json, data, wards, count, joined);
  const outcomes = Promise.all(wards.map(({ over }) => over));
  await Promise.race([outcomes, stop.promise]);
  await Promise.all(wards.map((ward) => ward.stop()));
  const wellStopped = (await outcomes).every((outcome) => outcome);
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, onSignal);
  if (run === undefined && !wellStopped) terminal.remark(WITHOUT_TRACKER);
  else terminal.remark(wellStopped ? "Stopped." : "Not everything ran; the reasons are above.");
  return wellStopped ? EXIT.done : EXIT.failed;
}

/** Each peer joins the class of the tracker under its name, unless it belongs to one. */
async function joinClass(
  peers: readonly Supervised[],
  tracker: string,
  url: string,
  dataOf: (index: number) => string,
): Promise<void> {
  await Promise.all(peers.map(async ({ ready }, index) => {
    if (await ready === undefined) return;
    try {
      const { connectLocalPeer } = await import("./local_api.ts");
      const api = await connectLocalPeer(dataOf(index));
      const { joined } = await api.class();
      if (joined === null) await api.join({ link: await ownJoinLink(tracker, url), name: NAMES[index]! });
    } catch (error) {
      systemTerminal().remark(`${NAMES[index]} has not joined the class: ${(error as Error).message}`);
    }
  }));
}

/** Once all are ready (or refuse), where they are. */
async function summarise(
  terminal: Terminal,
  json: boolean,
  data: string,
  wards: readonly Supervised[],
  count: number,
  joined: Promise<unknown>,
) {
  const [tracker, ...peers] = await Promise.all(wards.map(({ ready }) => ready));
  await joined;
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
  terminal.line("\nRunning:");
  row("tracker", tracker?.port === undefined ? "does not run" : `http://127.0.0.1:${tracker.port}`);
  for (const { name, url, data } of places) row(name, url === undefined ? "does not run" : `${url}  (files: ${data})`);
  const addresses = tracker?.port === undefined ? [] : lanAddresses();
  if (addresses.length > 0) {
    terminal.line("Other computers of the network join the class by:");
    for (const address of addresses) {
      const link = await ownJoinLink(`${data}/tracker`, `http://${address}:${tracker?.port}`).catch(() => undefined);
      terminal.line(`  ${link ?? `http://${address}:${tracker?.port}`}`);
    }
  }
  terminal.line(`Try: ${commandLine("share FILE", `${data}/peer-1`)}\nStop with Ctrl-C.\n`);
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
