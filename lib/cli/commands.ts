import { Command, Option } from "commander";
import { commandLine } from "./command_line.ts";
import { type Context, makeContext } from "./context.ts";
import { EXIT_CODES_HELP, UsageError } from "./exit_codes.ts";
import type { ImportIdentity } from "./identity.ts";
import { systemTerminal } from "./terminal.ts";
import type { SetTrackerPassword } from "./tracker_password.ts";

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
  /** Whether to open its pages in the browser; if it runs already, only that. */
  readonly open: boolean;
}

type Options = Readonly<Record<string, string | boolean | undefined>>;

export const SERVICE_ACTIONS = ["install", "remove", "status"] as const;
export const SHELLS = ["bash", "zsh", "fish"] as const;
const COMPLETION_HELP = `
For every new window:
  bash  echo 'source <(essaim completion bash)' >> ~/.bashrc
  zsh   echo 'autoload -U compinit && compinit; source <(essaim completion zsh)' >> ~/.zshrc
  fish  essaim completion fish > ~/.config/fish/completions/essaim.fish`;

/** What a person wants of the commands, in the order of the help. */
export const GROUPS = {
  share: "Share files",
  fetch: "Find and fetch",
  class: "Belong to a class",
  look: "See what goes on",
  run: "Run it on this computer",
  teach: "Run it for a class",
} as const;

/** Adds every command to `program`; `done` gets what an action ends with. Each command's code is loaded when it is used. */
export function addCommands(program: Command, wiring: Wiring, done: (code: number) => void): void {
  const add = (usage: string, about: string, group: keyof typeof GROUPS) => {
    const command = program.command(usage).description(about).helpGroup(GROUPS[group]);
    return command.showHelpAfterError(`Help: ${commandLine(`${command.name()} --help`)}`);
  };
  /** A command that talks to the local peer. */
  const ask = (usage: string, about: string, group: keyof typeof GROUPS) =>
    add(usage, about, group)
      .option("--data <folder>", "data folder of the local peer that is meant")
      .option("--json", "print the result as JSON")
      .addHelpText("after", EXIT_CODES_HELP);
  /** An action with the context made of the common options. */
  const using = (command: Command, action: (context: Context) => Promise<number>) =>
    action(makeContext(command.opts(), program.opts()["pathsFrom"])).then(done);

  ask("share <path...>", "share files or folders with everybody on the network, or as config.yaml says", "share")
    .option("--class", "only with members of the class (join one first)")
    .option("--private", "only with those named by --allow; without it, with the own computers only")
    .option("--allow <names>", "who may have it: people or groups, with commas between the names; means --private")
    .action((paths: string[], options: Options, command: Command) =>
      using(command, async (context) => (await import("./share.ts")).share(context, paths, options))
    );
  ask("unshare <id-or-name...>", "stop sharing files: by share id, file id, name or path", "share")
    .action((ids: string[], _: Options, command: Command) =>
      using(command, async (context) => (await import("./unshare.ts")).unshare(context, ids))
    );
  ask("search [words...]", "find shared files by words of their names; without words, the newest", "fetch")
    .addHelpText("after", "\nFinding nothing is no failure: the exit code is 0 then too.")
    .action((words: string[], _: Options, command: Command) =>
      using(command, async (context) => (await import("./search.ts")).search(context, words))
    );
  ask("get <id-or-name...>", "fetch files one after the other and wait until each is complete and verified", "fetch")
    .option("--out <folder>", "put it into this folder instead of the downloads")
    .addHelpText(
      "after",
      "\nThe local peer does the work: after Ctrl-C (exit code 1) the download goes on in the background.\n" +
        "The same command follows it again; essaim downloads shows, pauses or cancels it.",
    )
    .action((wanted: string[], options: Options, command: Command) =>
      using(command, async (context) => (await import("./get.ts")).get(context, wanted, text(options["out"])))
    );
  among(
    ["pause", "resume", "cancel"],
    ask(
      "downloads [action] [id...]",
      "list downloads; actions: pause, resume, cancel, with ids, names or all",
      "fetch",
    ),
  )
    .action((action: string | undefined, ids: string[], _: Options, command: Command) =>
      using(command, async (context) => (await import("./downloads.ts")).downloads(context, action, ids))
    );
  ask("shares", "list what this computer shares", "share")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./shares.ts")).shares(context))
    );
  ask("peers", "list the other computers that are present", "look")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./peers.ts")).peers(context))
    );
  ask(
    "connect [address]",
    "connect to a computer that is not found by itself: HOST or HOST:PORT; it is remembered",
    "look",
  )
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
  ask("status", "say how the local peer and its tracker are doing", "look")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./status.ts")).status(context))
    );
  ask("doctor", "look at the network around this computer, and say what to do where something is in the way", "look")
    .addHelpText("after", "\nThe exit code is 1 when something is wrong; what is only to be looked at leaves it 0.")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./doctor.ts")).doctor(context))
    );
  ask("join <link-or-code>", "join a class, by the link or the code that the teacher shows", "class")
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
  ask("leave", "leave the class; what was for it or for some people is shown to nobody then", "class")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./class.ts")).leave(context))
    );
  ask(
    "class",
    "show the class, who you are there, and who else is in it; or the classes heard on this network",
    "class",
  )
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./class.ts")).classOf(context))
    );
  ask("device-code", "print a code by which one more computer of yours joins the class, once", "class")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./class.ts")).deviceCode(context))
    );
  among(
    ["list", "set", "remove"],
    ask("group <action> [name] [users]", "groups of people: list, set NAME USER,… or remove NAME", "share"),
  )
    .action((action: string, name: string | undefined, users: string | undefined, _: Options, command: Command) =>
      using(command, async (context) => (await import("./group.ts")).group(context, action, name, users))
    );
  among(
    ["export", "import"],
    ask(
      "identity <action> <file>",
      "move this peer to another computer: export to a file, or import from one",
      "class",
    ),
  )
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
  ask("open", "print the address of the pages in the browser; when they are locked, a link that opens them once", "run")
    .action((_: Options, command: Command) =>
      using(command, async (context) => (await import("./open.ts")).open(context))
    );
  ask(
    "config [key] [value]",
    "print the effective configuration, or one key of it, and where each value comes from; with a value, change it",
    "look",
  )
    .addHelpText(
      "after",
      "\nA change is saved by the running peer, as on its page Settings: limits take effect at once, much else at the next\n" +
        "start. Several quiet times have a semicolon between them, several names a comma.",
    )
    .action((key: string | undefined, value: string | undefined, options: Options, command: Command) =>
      using(command, async (context) => {
        const { changeConfig, config } = await import("./config.ts");
        if (key !== undefined && value !== undefined) return await changeConfig(context, key, value);
        return await config(context, text(options["data"]), key);
      })
    );

  among(
    [...SERVICE_ACTIONS],
    ask("service <action>", "start the peer with each login: install, remove or status", "run"),
  )
    .addHelpText(
      "after",
      "\nIt is a service of this user: of systemd on Linux, launchd on macOS, the Task Scheduler on Windows.\n" +
        "What it is to know must stand in config.yaml of the data folder: it is given no ESSAIM_* variables.\n" +
        "status ends with exit code 3 when it does not run.",
    )
    .action((action: string, _: Options, command: Command) =>
      using(command, async (context) => (await import("./service.ts")).service(context, action))
    );
  among([...SHELLS], add("completion <shell>", "print what lets a shell complete commands: bash, zsh or fish", "run"))
    .addHelpText("after", COMPLETION_HELP)
    .action(async (shell: string) => {
      const { printCompletion } = await import("./completion.ts");
      done(printCompletion(systemTerminal(), shell, program));
    });

  /** A command that runs until it is stopped. */
  const serve = (name: "tracker" | "peer", about: string) =>
    add(name, about, name === "peer" ? "run" : "teach")
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
        done(
          await wiring.serve(name, {
            flags,
            stopWithStdin: options["stopWithStdin"] === true,
            json: context.json,
            open: options["open"] === true,
          }),
        );
      });
  serve("tracker", "run the tracker, which knows who shares what");
  serve("peer", "run the peer of this computer")
    .option("--open", "open its pages in the browser; if it runs already, only that")
    .option("--name <name>", "name shown to the others")
    .option("--tracker <url>", 'address of the tracker, such as http://192.168.1.10:5000 ("" for none)')
    .option("--ui-port <port>", "port of the pages, for this computer only");

  add("tracker-password", "set the password of the teacher's pages, for other computers", "teach")
    .option("--data <folder>", "data folder of the tracker")
    .option("--stdin", "read the password from standard input instead of asking for it")
    .addHelpText("after", EXIT_CODES_HELP)
    .action((options: Options, command: Command) =>
      using(command, async (context) => {
        const { trackerPassword } = await import("./tracker_password.ts");
        return trackerPassword(context, text(options["data"]), options["stdin"] === true, wiring.setTrackerPassword);
      })
    );

  add("start", "run a tracker and some peers on this computer, to try it out", "teach")
    .option("--peers <number>", "how many peers, from 1 to 30", "2")
    .option("--port <port>", "port of the tracker (default: 5000)")
    .option("--data <folder>", "folder for everything they keep")
    .option("--json", "print the addresses as one line of JSON when all are ready")
    .addHelpText("after", EXIT_CODES_HELP)
    .action(async (options: Options, command: Command) => {
      const context = makeContext(command.opts(), program.opts()["pathsFrom"]);
      const { start } = await import("./start.ts");
      const data = text(options["data"]);
      const { startFolder } = await import("./load_config.ts");
      done(
        await start(context, {
          peers: text(options["peers"]) ?? "2",
          port: text(options["port"]),
          data: data === undefined ? await startFolder() : context.absolute(data),
          setup: wiring.setup,
        }),
      );
    });
}

/** What can be given for the first argument; the command itself says so when it is something else. */
function among(words: string[], command: Command): Command {
  command.registeredArguments[0]!.argChoices = words;
  return command;
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
