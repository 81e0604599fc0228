import assert from "node:assert/strict";
import { Settings } from "../../lib/app/settings.ts";
import { type Config, parseConfig } from "../../lib/core/config.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { SettingsFile } from "../../lib/disk_ports.ts";

const OWN = `# mine
limits:
  upload_rate: 2 MB/s # the teacher asked
`;

/** Settings over a file in memory; `--name` was given as a flag. */
function open(text = OWN) {
  const file: SettingsFile & { text: string; writes: number } = {
    text,
    writes: 0,
    read: () => Promise.resolve(file.text),
    write: (text) => {
      [file.text, file.writes] = [text, file.writes + 1];
      return Promise.resolve();
    },
  };
  const ifSaved = (text: string) =>
    parseConfig({ files: [{ path: "data/config.yaml", text }], env: {}, flags: { "peer.name": "alice" } });
  const applied: Config[] = [];
  const settings = new Settings({
    ...{ file, ifSaved },
    started: ifSaved(text),
    check: ({ peer }) =>
      peer.sharedFolder === "/keys"
        ? Promise.reject(new EssaimError("bad-config", "No.", { details: { key: "peer.shared_folder" } }))
        : Promise.resolve(),
    apply: (config) => void applied.push(config),
  });
  return { file, settings, applied, setting: (key: string) => settings.list().find((setting) => setting.key === key) };
}

async function refusal(work: Promise<unknown>): Promise<[string, unknown]> {
  const error = await work.then(() => undefined, (error) => error);
  assert.ok(error instanceof EssaimError);
  return [error.code, error.details?.key];
}

Deno.test("a changed setting is saved with every comment, and takes effect at once where it can", async () => {
  const { settings, file, applied, setting } = open();
  await settings.change({ "limits.upload_rate": "5 MB/s", "ui.theme": "dark" });
  assert.equal(
    file.text,
    "# mine\nlimits:\n  upload_rate: 5 MB/s # the teacher asked\nui:\n  theme: dark\n",
  );
  assert.equal(applied.at(-1)?.limits.uploadRate, 5_000_000);
  assert.equal(settings.config.ui.theme, "dark");
  assert.deepEqual([setting("ui.theme")?.pending, setting("ui.theme")?.origin], [false, "data/config.yaml:5:10"]);
});

Deno.test("what is read at the start only is shown as waiting for the next one", async () => {
  const { settings, setting } = open();
  await settings.change({ "limits.parallel_downloads": 5 });
  assert.deepEqual([setting("limits.parallel_downloads")?.value, setting("limits.parallel_downloads")?.pending], [
    5,
    true,
  ]);
  await settings.change({ "limits.parallel_downloads": 3 });
  assert.equal(setting("limits.parallel_downloads")?.pending, false);
});

Deno.test("a wrong value changes nothing and names its key", async () => {
  for (
    const [change, expected] of [
      [{ "ui.theme": "dark", "limits.upload_rate": "fast" }, ["bad-config", "limits.upload_rate"]],
      [{ "limits.parallel_downloads": 0 }, ["bad-config", "limits.parallel_downloads"]],
      [{ "sharing.default_visibility": "friends" }, ["bad-config", "sharing.default_visibility"]],
      [{ "ui.theme": "dark", "peer.shared_folder": "/keys" }, ["bad-config", "peer.shared_folder"]],
      [{ "peer.nmae": "bob" }, ["bad-config", "peer.nmae"]],
      [{ "tracker.port": 80 }, ["bad-config", "tracker.port"]],
      [{ "peer.name": "bob" }, ["conflict", "peer.name"]],
    ] as const
  ) {
    const { settings, file, applied } = open();
    assert.deepEqual(await refusal(settings.change(change)), expected, JSON.stringify(change));
    assert.deepEqual([file.text, file.writes, applied.length], [OWN, 0, 0]);
  }
});

Deno.test("what a flag or variable decides cannot be changed on the page, and says by what", () => {
  const { setting } = open();
  assert.deepEqual([setting("peer.name")?.editable, setting("peer.name")?.origin], [false, "--name"]);
  assert.equal(setting("peer.tracker")?.editable, true);
});

Deno.test("two changes at once are both kept", async () => {
  const { settings, setting } = open("");
  await Promise.all([settings.change({ "ui.theme": "light" }), settings.change({ "ui.language": "fr" })]);
  assert.deepEqual([setting("ui.theme")?.value, setting("ui.language")?.value], ["light", "fr"]);
});

Deno.test("a file that became invalid by hand is left as it is", async () => {
  const { settings, file } = open("");
  file.text = "limits: {";
  assert.deepEqual((await refusal(settings.change({ "ui.theme": "dark" })))[0], "bad-config");
  assert.equal(file.text, "limits: {");
});
