import assert from "node:assert/strict";
import fc from "fast-check";
import { launchdAgent, systemdUnit, windowsTask } from "../../lib/core/service_definition.ts";

const COMMAND = { program: "/opt/essaim", args: ["peer", "--data", "/home/zoé/a b"], folder: "/home/zoé/a b" };

Deno.test("a systemd unit starts with each login, again after a failure, and is left time to stop", () => {
  assert.equal(
    systemdUnit(COMMAND),
    `[Unit]
Description=Essaim: share files in a class, from computer to computer
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=exec
ExecStart=/bin/sh -c "exec \\"$$@\\"" essaim "/opt/essaim" "peer" "--data" "/home/zoé/a b"
WorkingDirectory=/home/zoé/a b
Restart=on-failure
RestartSec=10
TimeoutStopSec=10

[Install]
WantedBy=default.target
`,
  );
  const odd = systemdUnit({ program: "/a%b", args: ['x"y\\z', "$HOME", "%h"], folder: "/100%" });
  assert.ok(odd.includes('"/a%%b" "x\\"y\\\\z" "$$HOME" "%%h"\nWorkingDirectory=/100%%\n'), odd);
});

Deno.test("a folder that would end its line of a systemd unit, or run on into the next one, is refused", () => {
  for (const folder of ["/a\nExecStart=/bin/evil", "/a\r", "/a\\", "/a "]) {
    assert.throws(() => systemdUnit({ ...COMMAND, folder }), { code: "bad-input" }, folder);
  }
});

function unescaped(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}

Deno.test("a launchd agent holds each word, runs at login and again when it ends with an error", () => {
  const words = ["/Applications/A & B/essaim", "peer", "--data", '/Users/zoé/<"x">'];
  const plist = launchdAgent("essaim.peer", { program: words[0]!, args: words.slice(1), folder: "/Users/zoé" });
  const [, array] = /<key>ProgramArguments<\/key>\s*<array>(.*)<\/array>/s.exec(plist) ?? [];
  assert.deepEqual([...array!.matchAll(/<string>(.*)<\/string>/g)].map(([, word]) => unescaped(word!)), words);
  for (
    const part of [
      "<string>essaim.peer</string>",
      "<key>RunAtLoad</key>\n  <true/>",
      "<key>SuccessfulExit</key>\n    <false/>",
    ]
  ) {
    assert.ok(plist.includes(part), part);
  }
});

/** Takes a command line apart as Windows programs do: "Parsing C++ command-line arguments" of Microsoft. */
function windowsWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    if (!isQuoted && /\s/.test(line[at]!)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word ??= "";
    const [slashes] = /^\\*/.exec(line.slice(at))!;
    if (line[at + slashes.length] === '"') {
      word += "\\".repeat(slashes.length >> 1);
      if (slashes.length % 2 === 1) word += '"';
      else isQuoted = !isQuoted;
      at += slashes.length;
    } else if (slashes !== "") {
      word += slashes;
      at += slashes.length - 1;
    } else word += line[at];
  }
  return word === undefined ? words : [...words, word];
}

Deno.test("a Windows task begins when its user logs on, and its program gets each word as it was", () => {
  const task = windowsTask("PC\\zoé & co", COMMAND);
  assert.equal(task.match(/<UserId>PC\\zoé &amp; co<\/UserId>/g)?.length, 2);
  for (
    const part of [
      "<LogonTrigger>",
      "<ExecutionTimeLimit>PT0S<",
      "<Command>/opt/essaim<",
      "StopIfGoingOnBatteries>false",
    ]
  ) {
    assert.ok(task.includes(part), part);
  }
  const odd = fc.string({ unit: fc.constantFrom("a", " ", '"', "\\", "&", "<", "é", "\t") });
  fc.assert(fc.property(fc.array(odd), (args) => {
    const [, line] = /<Arguments>(.*)<\/Arguments>/s.exec(windowsTask("u", { ...COMMAND, args })) ?? [];
    assert.deepEqual(windowsWords(unescaped(line!)), args);
  }));
});
