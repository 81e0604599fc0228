import { EssaimError } from "./errors.ts";

/** What a service of the user runs, at each login and again after a failure. */
export interface ServiceCommand {
  /** Absolute. */
  readonly program: string;
  readonly args: readonly string[];
  /** Working directory, absolute. */
  readonly folder: string;
}

const ABOUT = "Essaim: share files in a class, from computer to computer";
/** Essaim stops within 5 s; whoever is slower, on a busy disk, is not to be killed in the middle. */
const STOPS_WITHIN_S = 10;

/**
 * A systemd user unit (systemd.service(5), systemd.syntax(7)); by way of a shell, since systemd itself starts nothing with a
 * quote in its name, and env takes a name with "=" for a variable. An end with an error is followed by a new start after
 * 10 s, unless that happened five times in five minutes. Throws `bad-input` for a folder that no unit can name.
 */
export function systemdUnit({ program, args, folder }: ServiceCommand): string {
  if (/[\r\n]|[\s\\]$/.test(folder)) {
    throw new EssaimError(
      "bad-input",
      `The service cannot run in the folder ${
        JSON.stringify(folder)
      }: systemd cannot name it. Choose a folder whose name has ` +
        "no line break and ends neither with a space nor with a backslash.",
    );
  }
  return `[Unit]
Description=${ABOUT}
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=exec
ExecStart=/bin/sh -c "exec \\"$$@\\"" essaim ${[program, ...args].map(unitWord).join(" ")}
WorkingDirectory=${folder.replaceAll("%", "%%")}
Restart=on-failure
RestartSec=10
TimeoutStopSec=${STOPS_WITHIN_S}

[Install]
WantedBy=default.target
`;
}

function unitWord(word: string): string {
  return `"${word.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
}

/** A launchd agent (launchd.plist(5)), named `label`. */
export function launchdAgent(label: string, { program, args, folder }: ServiceCommand): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${xml(label)}</string>
  <key>ProgramArguments</key>
  <array>
${[program, ...args].map((word) => `    <string>${xml(word)}</string>\n`).join("")}  </array>
  <key>WorkingDirectory</key>
  <string>${xml(folder)}</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ExitTimeOut</key>
  <integer>${STOPS_WITHIN_S}</integer>
</dict>
</plist>
`;
}

/** A task of the Windows Task Scheduler (schema 1.2) for one user: `COMPUTER\name`. */
export function windowsTask(user: string, { program, args, folder }: ServiceCommand): string {
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${ABOUT}</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>${xml(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${xml(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>5</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xml(program)}</Command>
      <Arguments>${xml(args.map(windowsWord).join(" "))}</Arguments>
      <WorkingDirectory>${xml(folder)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`;
}

/** As programs take their command line apart (CommandLineToArgvW): backslashes count only before a quote. */
function windowsWord(word: string): string {
  if (word !== "" && !/[\s"]/.test(word)) return word;
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
