import { resolve } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { commandLine } from "./command_line.ts";
import { type Context, makeContext } from "./context.ts";
import { EXIT, EXIT_CODES_HELP, exitCodeOf, UsageError } from "./exit_codes.ts";
import type { ImportIdentity } from "./identity.ts";
import type { SetTrackerPassword } from "./tracker_password.ts";
import { plainly } from "./plainly.ts";
import { systemTerminal } from "./terminal.ts";

/** What the command line needs of the rest of the program: main.ts gives it. */
export interface Wiring {
  readonly version: string;
  /** Runs a tracker or a peer until it is stopped. `flags`: configuration by dotted key. */
  serve(command: "tracker" | "peer", options: ServeOptions): Promise<number>;
  /** Fetches what is missing before a first start. */
  setup(): Promise<void>;
  readonly importIdentity: ImportIdentity;
  readonly setTrackerPassword: SetTrackerPassword;
}

export interface ServeOptions {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly stopWithStdin: boolean;
  readonly json: boolean;
}

type Options = Readonly<Record<string, string | boolean | undefined>>;

/** Runs one command line and gives its exit code. Each command's code is loaded when it is used. */
export async function runCommandLine(args: readonly string[], wiring: Wiring): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command("essaim")
    .description("Shares files in a class, from computer to computer.")
    .version(wiring.version)
    .addOption(new Option("--paths-from <folder>").hideHelp()) // deno task changes the folder; it says which it was
    .addHelpText("after", EXIT_CODES_HELP)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({ writeErr: (text) => systemTerminal().remark(text.trimEnd()) });

  /** A command that talks to the local peer. */
  const ask = (usage: string, about: string) =>
    program.command(usage).description(about)
      .option("--data <folder>", "data folder of the local peer that is meant")
      .option("--json", "print the result as JSON")
      .addHelpText("after", EXIT_CODES_HELP);
  /** An action with the context made of the common options. */
  const using = (command: Command, action: (context: Context) => Promise<number>) =>
    action(makeContext(command.opts(), program.opts()["pathsFrom"])).then((result) => {
      code = result;
    });

  ask("share <path...>", "share files or folders with everybody on the network, or as config.yaml says")
    .option("--class", "only with members of the class (join one first)")
    .option("--private", "only with those named by --allow; without it, with the own computers only")
    .option("--allow <names>", "who may have it: people or groups, with commas between the names; means --private")
    .action((paths: string[], options: Options, command: Command) =>
      using(command, async (context) => (await import("./share.ts")).share(context, paths, options))
    );
  ask("unshare <id-or-name...>", "stop sharing files: by share id, file id, name or path")
    .action((ids: string[], _: Options, command: Command) =>
      using(command, async (context) => (await import("./unshare.ts")).unshare(context, ids))
    );
  ask("search [words...]", "find shared files by words of their names; without words, the newest")
    .addHelpText("after", "\nFinding nothing is no failure: the exit code is 0 then too.")
    .action((words: string[], _: Options, command: Command) =>
      using(command, async (context) => (await import("./search.ts")).search(context, words))
    );
  ask("get <id-or-name...>", "fetch files one after the other and wait until each is complete and verified")
    .option("--out <folder>", "put it into this folder instead of the downloads")
    .addHelpText(
      "after",
      "\nThe local peer does the work: after Ctrl-C (exit code 1) the download goes on in the background.\n" +
        "The same command follows it again; essaim downloads shows, pauses or cancels it.",
    )
    .action((wanted: string[], options: Options, command: Command) =>
      using(command, async (context) => (await import("./get.ts")).get(context, wanted, text(options["out"])))
    );
  ask("downloads [action] [id...]", "list downloads; actions: pause, resume, cancel, with ids, names or all")
    .action((action: string | undefined, ids: string[], _: Options, command: Command) =>
      using(command, async (context) => (await import("./downloads.ts")).downloads(context, action, ids))
    );
  ask("shares", "list what this computer shares")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./shares.ts")).shares(context))
    );
  ask("peers", "list the other computers that are present")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./peers.ts")).peers(context))
    );
  ask("connect [address]", "connect to a computer that is not found by itself: HOST or HOST:PORT; it is remembered")
    .option("--remove", "forget this address instead")
    .addHelpText(
      "after",
      "\nWithout an address, the remembered ones are listed. Port 5001 is meant when none is given.",
    )
    .action((address: string | undefined, options: Options, command: Command) =>
      using(
        command,
        async (context) => (await import("./connect.ts")).connect(context, address, options["remove"] === true),
      )
    );
  ask("status", "say how the local peer and its tracker are doing")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./status.ts")).status(context))
    );
  ask("doctor", "look at the network around this computer, and say what to do where something is in the way")
    .addHelpText("after", "\nThe exit code is 1 when something is wrong; what is only to be looked at leaves it 0.")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./doctor.ts")).doctor(context))
    );
  ask("join <link-or-code>", "join a class, by the link or the code that the teacher shows")
    .requiredOption("--name <name>", "how the others call you")
    .option("--tracker <url>", "address of the tracker, when only a code is given and none is set")
    .addHelpText(
      "after",
      "\nIn no class, `essaim class` lists the trackers heard on this network and how the codes of their classes begin.",
    )
    .action((link: string, options: Options, command: Command) =>
      using(command, async (context) => {
        const name = text(options["name"]) ?? "";
        return (await import("./class.ts")).join(context, link, { name, tracker: text(options["tracker"]) });
      })
    );
  ask("leave", "leave the class; what was for it or for some people is shown to nobody then")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./class.ts")).leave(context))
    );
  ask("class", "show the class, who you are there, and who else is in it; or the classes heard on this network")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./class.ts")).classOf(context))
    );
  ask("device-code", "print a code by which one more computer of yours joins the class, once")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./class.ts")).deviceCode(context))
    );
  ask("group <action> [name] [users]", "groups of people: list, set NAME USER,… or remove NAME")
    .action((action: string, name: string | undefined, users: string | undefined, _: Options, command: Command) =>
      using(command, async (context) => (await import("./group.ts")).group(context, action, name, users))
    );
  ask("identity <action> <file>", "move this peer to another computer: export to a file, or import from one")
    .option("--passphrase-stdin", "read the passphrase from standard input instead of asking for it")
    .addHelpText(
      "after",
      "\nImporting needs the peer to be stopped. Moving means moving: do not use the old computer's peer any more.",
    )
    .action((action: string, file: string, options: Options, command: Command) =>
      using(command, async (context) => {
        const { exportIdentity, importIdentity } = await import("./identity.ts");
        const fromStdin = options["passphraseStdin"] === true;
        if (action === "export") return await exportIdentity(context, file, fromStdin);
        if (action !== "import") throw new UsageError("Give one of: identity export FILE, identity import FILE");
        return await importIdentity(context, file, await context.dataFolder(), fromStdin, wiring.importIdentity);
      })
    );
  ask("open", "print the address of the pages in the browser; when they are locked, a link that opens them once")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./open.ts")).open(context))
    );
  ask("config", "print the effective configuration and where each value comes from")
    .action((options: Options, command: Command) =>
      using(command, async (context) => (await import("./config.ts")).config(context, text(options["data"])))
    );

  /** A command that runs until it is stopped. */
  const serve = (name: "tracker" | "peer", about: string) =>
    program.command(name).description(about)
      .option("--data <folder>", "folder for everything it keeps")
      .option("--port <port>", "port for the other computers (0: any free one)")
      .option("--member-port <port>", "the same for members of the class, encrypted")
      .option("--udp-port <port>", "port by which computers find each other without the tracker (0: not at all)")
      .option("--host <address>", "address to listen on")
      .addOption(new Option("--stop-with-stdin").hideHelp()) // for `start`: stops when its parent is gone
      .option("--json", "print ports and process id as one line of JSON when ready")
      .addHelpText("after", EXIT_CODES_HELP)
      .action(async (options: Options, command: Command) => {
        const { configFlags } = await import("../core/config.ts");
        const context = makeContext(command.opts(), program.opts()["pathsFrom"]);
        const data = text(options["data"]);
        const flags = configFlags(name, data === undefined ? options : { ...options, data: context.absolute(data) });
        code = await wiring.serve(name, {
          flags,
          stopWithStdin: options["stopWithStdin"] === true,
          json: context.json,
        });
      });
  serve("tracker", "run the tracker, which knows who shares what");
  serve("peer", "run the peer of this computer")
    .option("--name <name>", "name shown to the others")
    .option("--tracker <url>", 'address of the tracker, such as http://192.168.1.10:5000 ("" for none)')
    .option("--ui-port <port>", "port of the pages, for this computer only");

  program.command("tracker-password").description("set the password of the teacher's pages, for other computers")
    .option("--data <folder>", "data folder of the tracker")
    .option("--stdin", "read the password from standard input instead of asking for it")
    .addHelpText("after", EXIT_CODES_HELP)
    .action((options: Options, command: Command) =>
      using(command, async (context) => {
        const { trackerPassword } = await import("./tracker_password.ts");
        return trackerPassword(context, text(options["data"]), options["stdin"] === true, wiring.setTrackerPassword);
      })
    );

  program.command("start").description("run a tracker and some peers on this computer, to try it out")
    .option("--peers <number>", "how many peers, from 1 to 30", "2")
    .option("--port <port>", "port of the tracker (default: 5000)")
    .option("--data <folder>", "folder for everything they keep (default: data)")
    .option("--json", "print the addresses as one line of JSON when all are ready")
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (options: Options, command: Command) => {
      const context = makeContext(command.opts(), program.opts()["pathsFrom"]);
      const { start } = await import("./start.ts");
      const data = text(options["data"]);
      code = await start(context, {
        peers: text(options["peers"]) ?? "2",
        port: text(options["port"]),
        data: data === undefined ? resolve("data") : context.absolute(data),
        setup: wiring.setup,
      });
    });

  try {
    if (args.length === 0) program.help({ error: true });
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage; // it has printed why
    const message = plainly(error instanceof Error ? error.message : String(error));
    const { printableLines } = await import("./table.ts");
    systemTerminal().remark(printableLines(`essaim: ${message}`));
    if (error instanceof UsageError) systemTerminal().remark(`Help: ${commandLine("--help")}`);
    return exitCodeOf(error);
  }
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
