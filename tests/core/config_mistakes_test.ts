import assert from "node:assert/strict";
import fc from "fast-check";
import { CONFIG_KEYS, type ConfigSources, parseConfig, setConfigValue } from "../../lib/core/config.ts";
import { EssaimError } from "../../lib/core/errors.ts";

function parse(sources: Partial<ConfigSources> = {}) {
  return parseConfig({ files: [], env: {}, flags: {}, ...sources });
}

function fromText(text: string) {
  return parse({ files: [{ path: "config.yaml", text }] });
}

/** The message of the refusal; fails when the configuration is accepted. */
function refusal(sources: Partial<ConfigSources> | string): string {
  try {
    if (typeof sources === "string") fromText(sources);
    else parse(sources);
  } catch (error) {
    assert.ok(error instanceof EssaimError && error.code === "bad-config", String(error));
    return error.message;
  }
  assert.fail("the configuration was accepted");
}

Deno.test("a mistake in the file is refused at its line and column with what to write instead", () => {
  const table: [string, string, RegExp][] = [
    [
      "a misspelt key",
      "tracker:\n  prot: 5000",
      /config\.yaml:2:3: unknown key "prot" in "tracker"\. Did you mean "port"\?/,
    ],
    [
      "a key of another section",
      "peer:\n  upload_rate: 0",
      /config\.yaml:2:3: .*"upload_rate" belongs under "limits:"/,
    ],
    ["an unrecognisable key", "log:\n  zzzzzzzz: 0", /2:3: .*Its keys are level, format, max_size, kept_files/],
    [
      "a misspelt section",
      "\nlimit:\n  connections: 8",
      /config\.yaml:2:1: unknown section "limit"\. Did you mean "limits"\?/,
    ],
    ["a key outside its section", "port: 5000", /1:1: .*Write "port:" under "tracker:" or "peer:"/],
    ["a dotted key", "tracker.port: 5000", /1:1: .*Write "port:" under "tracker:"/],
    [
      "a wrong type",
      "tracker:\n  port: lots",
      /config\.yaml:2:9: tracker\.port must be a whole number from 0 to 65535 .*"lots"/,
    ],
    ["a quoted number", 'tracker:\n  port: "5000"', /2:9: tracker\.port must be a whole number/],
    [
      "a number out of bounds",
      "limits:\n  hash_workers: 9",
      /2:17: limits\.hash_workers must be .* from 0 to 8; it is 9/,
    ],
    ["a wrong unit", "discovery:\n  interval: 10 MB", /2:13: discovery\.interval must be a duration from 1 s to 5 min/],
    ["a duration without unit", "discovery:\n  interval: 10", /2:13: .* with its unit, such as "10 s"/],
    ["a chunk that is no power of two", "chunking:\n  chunk_size: 1 MB", /2:15: .*power of two from 256 KiB to 16 MiB/],
    ["a chunk that is too large", "chunking:\n  chunk_size: 32 MiB", /2:15: .*power of two/],
    ["a port range backwards", "peer:\n  port: 5100-5001", /2:9: peer\.port must be a port from 1 to 65535, a range/],
    ["too many ports", "peer:\n  port: 1-65535", /2:9: .*at most 1000 ports/],
    [
      "an unknown choice",
      "log:\n  level: loud",
      /2:10: log\.level must be one of debug, info, warning, error; it is "loud"/,
    ],
    ["a join link as tracker", "peer:\n  tracker: http://h:5000/join#ABCD", /2:12: .*an address such as/],
    ["another protocol", "peer:\n  tracker: ftp://h", /2:12: peer\.tracker must be an address/],
    ["a database outside its folder", "tracker:\n  database: ../x.db", /2:13: .*a plain file name/],
    ["a key without value", "tracker:\n  port:", /2:8: tracker\.port must be .*it is empty/],
    ["a section as value", "tracker:\n  port: { a: 1 }", /2:9: .*it is this section/],
    [
      "a quiet time among others",
      'limits:\n  quiet_times: ["mon 08:00-12:00 upload 1 MB/s", "lessons upload 1 MB/s"]',
      /2:16: limits\.quiet_times must be a list .* like "mon-fri 08:00-12:00 .*; entry 2 is "lessons upload 1 MB\/s"/,
    ],
    ["a list as value", "tracker:\n  port: [1]", /2:9: .*it is this list/],
    ["a value as section", "tracker: 5000", /1:10: "tracker" is a section; write its keys on the lines below/],
    [
      "a key written twice",
      "log:\n  level: info\n  level: debug",
      /3:3: "level" is written twice; it is already at config\.yaml:2:3/,
    ],
    ["a section written twice", "log:\n  level: info\nlog:\n  kept_files: 1", /3:1: "log" is written twice/],
    ["a list at the top", "- a", /1:1: sections are expected: tracker, peer/],
    ["two documents", "log:\n---\nlog:", /config\.yaml:2:1: this is not valid YAML/],
    ["a tab as indentation", "log:\n\tlevel: info", /config\.yaml:2:1: this is not valid YAML/],
    ["an alias", "log: &a\n  level: info\npeer: *a", /3:7: .*aliases \(\*name\) are not accepted/],
    ["a merge key", "log:\n  <<: { level: info }", /2:3: unknown key "<<"/],
    ["a prototype key", "__proto__:\n  port: 1", /1:1: unknown section "__proto__"/],
    ["a prototype key in a section", "log:\n  __proto__: 1", /2:3: unknown key "__proto__" in "log"/],
    ["an inherited name", "log:\n  constructor: 1", /2:3: unknown key "constructor"/],
    ["a mapping as key", "log:\n  ? { a: 1 }\n  : 1", /2:5: a key must be a word/],
    ["control characters", 'peer:\n  name: "a\\e[2Jb"', /2:9: peer\.name must be a name.*"a\\u001b\[2Jb"/],
    ["Windows line ends", "tracker:\r\n  prot: 1\r\n", /config\.yaml:2:3: unknown key "prot"/],
    ["a byte order mark", "\ufefftracker:\n  prot: 1\n", /config\.yaml:2:3: unknown key "prot"/],
    [
      "an expiry shorter than the announces",
      "tracker:\n  peer_expires: 20 s",
      /2:17: tracker\.peer_expires \(20 s\) must be longer than tracker\.announce_interval \(30 s\)/,
    ],
  ];
  for (const [name, text, expected] of table) assert.match(refusal(text), expected, name);
});

Deno.test("all mistakes of all sources are told at once", () => {
  const message = refusal({
    files: [
      { path: "config.yaml", text: "tracker:\n  prot: 1\n  member_port: -1\nlog:\n  level: 3\n" },
      { path: "data/config.yaml", text: "peer: [" },
    ],
    env: { ESSAIM_TRACKER_PROT: "1", ESSAIM_LOG_LEVEL: "x", ESSAIM_NOTHING_LIKE_IT: "" },
    flags: { "peer.port": "x", "peer.prt": 1 },
  });
  assert.match(message, /: 9 things to correct\./);
  const places = message.split("\n").slice(1).map((line) => line.trim().split(/: /)[0]);
  assert.deepEqual(places, [
    "config.yaml:2:3",
    "config.yaml:3:16",
    "config.yaml:5:10",
    "data/config.yaml:1:8",
    '"ESSAIM_TRACKER_PROT"',
    "ESSAIM_LOG_LEVEL",
    '"ESSAIM_NOTHING_LIKE_IT"',
    "--port",
    '"peer.prt"',
  ]);
  assert.match(message, /Did you mean ESSAIM_TRACKER_PORT\?/);
  assert.match(message, /Did you mean "peer\.port"\?/);
});

Deno.test("a hostile file is refused quickly", () => {
  const bomb = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`).join("\n");
  const table: [string, string, RegExp][] = [
    ["too large", "#".repeat(256 * 1024 + 1), /larger than 256 KiB/],
    ["too large once encoded", "# " + "é".repeat(140_000), /larger than 256 KiB/],
    ["aliases of aliases", `a0: &a0 x\n${bomb}`, /aliases/],
    ["deep nesting", "[".repeat(200_000), /config\.yaml/],
    ["deep nesting, closed", "[".repeat(100_000) + "]".repeat(100_000), /config\.yaml/],
    ["deep value", `log:\n  level: ${"[".repeat(2000)}${"]".repeat(2000)}`, /config\.yaml/],
    ["thousands of keys", Array.from({ length: 25_000 }, (_, i) => `k${i}: 1`).join("\n"), /50 things to correct/],
    ["thousands of keys in a section", "log:\n" + " a:\n".repeat(50_000), /50 things to correct/],
    ["a very long word", "a".repeat(1000) + ": 1", /unknown section "a{60}…"/],
    ["thousands of documents", "---\n".repeat(60_000), /multiple documents/],
    ["a port thousands of times", `peer:\n  port: "${"1,".repeat(100_000)}1"`, /2:9: peer\.port must be/],
  ];
  for (const [name, text, expected] of table) {
    const start = performance.now();
    assert.match(refusal(text), expected, name);
    const seconds = (performance.now() - start) / 1000;
    assert.ok(seconds < 5, `${name}: ${seconds} s`);
  }
});

Deno.test("no text whatever makes the parser fail with anything but an explanation", () => {
  const words = fc.constantFrom(
    ...[
      "tracker",
      "port",
      "log",
      "level",
      "ignore",
      "__proto__",
      "sharing",
      "10 MB",
      "5000",
      "info",
      "<<",
      "%YAML 1.1",
    ],
    ...[
      ":",
      ": ",
      "\n",
      "\n  ",
      "- ",
      "[",
      "]",
      "{",
      "}",
      '"',
      "'",
      "&a ",
      "*a ",
      "!!str ",
      "# ",
      "|",
      ">",
      "\t",
      "---\n",
      "?",
    ],
  );
  const yamlLike = fc.array(words, { maxLength: 25 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(yamlLike, fc.string({ unit: "binary" })), (text) => {
      for (const attempt of [() => fromText(text), () => setConfigValue(text, "log.level", "debug")]) {
        try {
          attempt();
        } catch (error) {
          assert.ok(error instanceof EssaimError && error.code === "bad-config", String(error));
        }
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("no environment or command line makes the parser fail with anything but an explanation", () => {
  const name = fc.constantFrom(...CONFIG_KEYS.map(({ key }) => key), "__proto__", "x");
  const env = fc.dictionary(
    name.map((key) => `ESSAIM_${key.replace(".", "_")}`.toUpperCase()),
    fc.string({ unit: "binary" }),
  );
  fc.assert(fc.property(env, fc.dictionary(name, fc.anything()), (env, flags) => {
    try {
      parse({ env, flags });
    } catch (error) {
      assert.ok(error instanceof EssaimError && error.code === "bad-config", String(error));
    }
  }));
});
