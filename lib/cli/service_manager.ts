import { join } from "node:path";
import { launchdAgent, type ServiceCommand, systemdUnit, windowsTask } from "../core/service_definition.ts";

/** What starts a program at each login, and how it is told. */
export interface ServiceManager {
  /** "systemd", for messages. */
  readonly name: string;
  /** Where the definition is kept. */
  readonly file: string;
  define(command: ServiceCommand): string | Uint8Array;
  /** Each a program with its arguments, once the definition is written: now and at each login. */
  readonly begin: readonly Words[];
  /** Before the definition is removed. */
  readonly end: readonly Words[];
  /** After it was removed. */
  readonly forget: readonly Words[];
  readonly ask: Words;
  /** Whether the answer to `ask` says that it runs. */
  runs(answer: string): boolean;
  /** What says why it does not run. */
  readonly why: string;
}

export type Words = readonly [program: string, ...args: string[]];

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

export function serviceManager({ os, home, env, uid, data }: ManagedUser): ServiceManager {
  switch (os) {
    case "windows":
      return {
        name: "the Task Scheduler",
        file: join(data, "service.xml"),
        define: (command) => utf16(windowsTask(`${env["USERDOMAIN"] ?? "."}\\${env["USERNAME"] ?? ""}`, command)),
        begin: [
          ["schtasks", "/create", "/tn", TASK, "/xml", join(data, "service.xml"), "/f"],
          ["schtasks", "/run", "/tn", TASK],
        ],
        end: [["schtasks", "/end", "/tn", TASK], ["schtasks", "/delete", "/tn", TASK, "/f"]],
        forget: [],
        ask: ["schtasks", "/query", "/tn", TASK, "/fo", "csv", "/nh"],
        runs: (answer) => /"Running"/i.test(answer),
        why: `${join(data, "logs")}`,
      };
    case "darwin":
      return {
        name: "launchd",
        file: `${home}/Library/LaunchAgents/${LABEL}.plist`,
        define: (command) => launchdAgent(LABEL, command),
        begin: [["launchctl", "bootstrap", `gui/${uid}`, `${home}/Library/LaunchAgents/${LABEL}.plist`]],
        end: [["launchctl", "bootout", `gui/${uid}/${LABEL}`]],
        forget: [],
        ask: ["launchctl", "print", `gui/${uid}/${LABEL}`],
        runs: (answer) => /^\s*state = running$/m.test(answer),
        why: `${join(data, "logs")}`,
      };
    default: {
      const config = env["XDG_CONFIG_HOME"]?.startsWith("/") ? env["XDG_CONFIG_HOME"] : `${home}/.config`;
      return {
        name: "systemd",
        file: `${config}/systemd/user/${UNIT}`,
        define: systemdUnit,
        begin: [
          ["systemctl", "--user", "daemon-reload"],
          ["systemctl", "--user", "enable", UNIT],
          ["systemctl", "--user", "restart", UNIT],
        ],
        end: [["systemctl", "--user", "disable", "--now", UNIT]],
        forget: [["systemctl", "--user", "daemon-reload"]],
        ask: ["systemctl", "--user", "is-active", UNIT],
        runs: (answer) => answer.trim() === "active",
        why: `journalctl --user --unit ${UNIT}`,
      };
    }
  }
}

/** As schtasks wants it: with a byte order mark, little end first. */
function utf16(text: string): Uint8Array {
  const units = Uint16Array.from(`\ufeff${text}`, (unit) => unit.charCodeAt(0));
  const bytes = new DataView(new ArrayBuffer(units.length * 2));
  units.forEach((unit, index) => bytes.setUint16(index * 2, unit, true));
  return new Uint8Array(bytes.buffer);
}
