import { launchdAgent, type ServiceCommand, systemdUnit, windowsTask } from "../core/service_definition.ts";

/** A program with its arguments. */
export type Words = readonly [program: string, ...args: string[]];

export interface ServiceStep {
  readonly words: Words;
  /** It may be that there is nothing to do. */
  readonly mayFail?: boolean;
}

/** What starts a program at each login, and how it is told. */
export interface ServiceManager {
  /** "systemd", for messages. */
  readonly name: string;
  /** Where the definition is kept. */
  readonly file: string;
  define(command: ServiceCommand): Uint8Array;
  /** Once the definition is written: now and at each login, also if an earlier one runs. */
  readonly begin: readonly ServiceStep[];
  /** Before the definition is removed. */
  readonly end: readonly ServiceStep[];
  /** After it was removed. */
  readonly forget: readonly ServiceStep[];
  /** Says whether it runs; undefined where only the peer itself can tell. */
  readonly state?: { readonly ask: Words; runs(answer: string): boolean };
  /** What says why it does not run. */
  readonly why: string;
}

export interface ManagedUser {
  readonly os: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number | null;
  /** Of the peer. */
  readonly data: string;
}

const UNIT = "essaim.service";
const LABEL = "essaim.peer";
const TASK = "Essaim";

export function serviceManager(user: ManagedUser): ServiceManager {
  switch (user.os) {
    case "windows":
      return taskScheduler(user);
    case "darwin":
      return launchd(user);
    default:
      return systemd(user);
  }
}

function systemd({ home, env }: ManagedUser): ServiceManager {
  const config = env["XDG_CONFIG_HOME"]?.startsWith("/") ? env["XDG_CONFIG_HOME"] : `${home}/.config`;
  const ctl = (...args: string[]): ServiceStep => ({ words: ["systemctl", "--user", ...args] });
  return {
    name: "systemd",
    file: `${config}/systemd/user/${UNIT}`,
    define: (command) => utf8(systemdUnit(command)),
    begin: [ctl("daemon-reload"), ctl("enable", UNIT), ctl("restart", UNIT)],
    end: [ctl("disable", "--now", UNIT)],
    forget: [ctl("daemon-reload")],
    state: { ask: ctl("is-active", UNIT).words, runs: (answer) => answer.trim() === "active" },
    why: `journalctl --user --unit ${UNIT}`,
  };
}

function launchd({ home, uid, data }: ManagedUser): ServiceManager {
  const file = `${home}/Library/LaunchAgents/${LABEL}.plist`;
  const stop: ServiceStep = { words: ["launchctl", "bootout", `gui/${uid}/${LABEL}`], mayFail: true };
  return {
    name: "launchd",
    file,
    define: (command) => utf8(launchdAgent(LABEL, command)),
    begin: [stop, { words: ["launchctl", "bootstrap", `gui/${uid}`, file] }],
    end: [stop],
    forget: [],
    state: {
      ask: ["launchctl", "print", `gui/${uid}/${LABEL}`],
      runs: (answer) => /^\s*state = running$/m.test(answer),
    },
    why: `the logs in ${data}/logs`,
  };
}

/** What it answers is in the language of Windows, so nothing is read from it. */
function taskScheduler({ env, data }: ManagedUser): ServiceManager {
  const file = `${data}\\service.xml`;
  const tasks = (...args: string[]): ServiceStep => ({ words: ["schtasks", ...args, "/tn", TASK] });
  const stop = { ...tasks("/end"), mayFail: true };
  return {
    name: "the Task Scheduler",
    file,
    define: (command) => utf16(windowsTask(`${env["USERDOMAIN"] ?? "."}\\${env["USERNAME"] ?? ""}`, command)),
    begin: [stop, tasks("/create", "/f", "/xml", file), tasks("/run")],
    end: [stop, tasks("/delete", "/f")],
    forget: [],
    why: `the logs in ${data}\\logs`,
  };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** As schtasks wants it: with a byte order mark, little end first. */
function utf16(text: string): Uint8Array {
  const units = Uint16Array.from(`\ufeff${text}`, (unit) => unit.charCodeAt(0));
  const bytes = new DataView(new ArrayBuffer(units.length * 2));
  units.forEach((unit, index) => bytes.setUint16(index * 2, unit, true));
  return new Uint8Array(bytes.buffer);
}
