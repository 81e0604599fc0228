import assert from "node:assert/strict";
import { describeConfig, parseConfig, type Plain, setConfigValue } from "../../lib/core/config.ts";

const SHIPPED = Deno.readTextFileSync(new URL("../../config.yaml", import.meta.url)).replaceAll("\r\n", "\n");

function fromText(text: string) {
  return parseConfig({ files: [{ path: "config.yaml", text }], env: {}, flags: {} });
}

function commentsOf(text: string): string[] {
  return text.split("\n").flatMap((line) => /(?:^|\s)#\s.*$/.exec(line)?.[0].trim() ?? []);
}

Deno.test("saving a setting changes its line only and keeps every comment", () => {
  const edited = setConfigValue(SHIPPED, "peer.tracker", "http://10.0.0.7:5000");
  const changed = edited.split("\n").filter((line, index) => line !== SHIPPED.split("\n")[index]);
  assert.deepEqual(changed, ['  tracker: "http://10.0.0.7:5000"']);
});

Deno.test("saving a setting works whatever the file holds", () => {
  const table: [string, string, string, Plain][] = [
    ["an empty file", "", "peer.name", "Zoé"],
    ["a file of comments", "# hello\n\n# bye\n", "peer.name", "Zoé"],
    ["an empty section", "peer: # me\nlog:\n  level: debug\n", "peer.name", "Zoé"],
    ["a section of comments", "peer:\n  # name: x\n  # more\nlog:\n  level: debug # loud\n", "peer.name", "Zoé"],
    ["a value with a comment", "peer:\n  name: Al # short\n  # after\n", "peer.name", "Zoé"],
    ["an explicit type", "tracker:\n  port: !!int 5 # x\n", "tracker.port", 6],
    ["a number in base 16", "tracker:\n  port: 0x10\n", "tracker.port", 6],
    ["a text like a number", "peer:\n  name: Al\n", "peer.name", "1234"],
    ["a text like yes", "peer:\n  name: Al\n", "peer.name", "true"],
    ["a list", "sharing:\n  # names\n  ignore:\n    - a # first\n    - b\n  # end\n", "sharing.ignore", ["c", "*.d"]],
    ["a one-line file", "{ log: { level: debug } }", "peer.name", "Zoé"],
    ["Windows line ends", "# a\r\npeer:\r\n  name: x # b\r\n", "peer.name", "Zoé"],
    ["a block of text", "peer:\n  name: >-\n    Al\n# end\n", "peer.name", "Zoé"],
  ];
  for (const [name, text, key, value] of table) {
    const edited = setConfigValue(text, key, value);
    const shown = describeConfig(fromText(edited)).find((line) => line.key === key);
    assert.deepEqual(shown?.value, value, `${name}:\n${edited}`);
    for (const comment of commentsOf(text).filter((comment) => comment !== "# first")) {
      assert.ok(edited.includes(comment), `${name} lost ${comment}:\n${edited}`);
    }
    if (text.includes("debug")) assert.equal(fromText(edited).config.log.level, "debug", name);
  }
});

Deno.test("a setting that does not exist, a wrong value or a broken file is not saved", () => {
  const table: [string, string, Plain, RegExp][] = [
    ["", "peer.nam", "x", /no setting "peer\.nam"\. Did you mean "peer\.name"\?/],
    ["", "__proto__.x", "x", /no setting/],
    ["", "tracker.port", "x", /tracker\.port must be a whole number/],
    ["peer: [", "peer.name", "x", /not valid YAML/],
    ["- a", "peer.name", "x", /no sections/],
  ];
  for (const [text, key, value, message] of table) {
    assert.throws(() => setConfigValue(text, key, value), { code: "bad-config", message });
  }
});
