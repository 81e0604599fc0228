import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { openClass } from "../../lib/adapters/class_folder.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { DAY_MS } from "../../lib/core/membership.ts";
import { newClass, NOW } from "./class_setup.ts";
import { tempDir } from "../temp.ts";

const unreadable = (error: unknown) => error instanceof EssaimError && error.code === "unreadable";
const onWindows = Deno.build.os === "windows";

Deno.test("a class is made once, closed to others, and is the same class afterwards", async () => {
  const { dir, authority, folder } = await newClass();
  assert.deepEqual({ ...folder.settings, secret: undefined }, { name: "6e B", enrolment: "code", secret: undefined });
  assert.match(folder.settings.secret, /^[0-9A-HJKMNP-TV-Z]{8}$/);
  assert.equal(folder.revocations, undefined);
  await folder.putRevocations("a.b.c");
  await folder.putSettings({ ...folder.settings, name: "6e C", enrolment: "open" });
  const again = await openClass({ dir, name: "other", now: NOW + 300 * DAY_MS });
  assert.equal(again.authority.classId, authority.classId);
  assert.deepEqual(again.folder.settings, folder.settings);
  assert.equal(again.folder.settings.name, "6e C");
  assert.equal(again.folder.revocations, "a.b.c");
  if (onWindows) return;
  assert.equal((await Deno.stat(dir)).mode! & 0o777, 0o700);
  for (const name of ["ca.key", "ca.pem", "class.json", "revocations.jws"]) {
    assert.equal((await Deno.stat(join(dir, name))).mode! & 0o777, 0o600, name);
  }
});

Deno.test({
  name: "a class that others on the computer may read is refused, with what to do",
  ignore: onWindows,
  async fn() {
    const { dir } = await newClass();
    for (
      const [path, mode, right] of [[dir, 0o755, 0o700], ...["ca.key", "class.json"].map((n) => [n, 0o644, 0o600])]
    ) {
      const file = path === dir ? dir : join(dir, String(path));
      await Deno.chmod(file, Number(mode));
      await assert.rejects(newClass(dir), (error) => unreadable(error) && /Run: chmod [67]00/.test(String(error)));
      await Deno.chmod(file, Number(right));
    }
    await newClass(dir);
  },
});

Deno.test("a class whose files are missing or damaged is left as it is and never begun anew", async () => {
  const { dir, authority } = await newClass();
  const other = (await newClass()).dir;
  for (
    const [name, content] of [
      ["ca.key", undefined],
      ["ca.pem", undefined],
      ["ca.key", ""],
      ["ca.pem", "junk"],
      ["ca.key", await Deno.readTextFile(join(other, "ca.key"))],
      ["ca.pem", await Deno.readTextFile(join(other, "ca.pem"))],
      ["class.json", "{}"],
    ] as const
  ) {
    const path = join(dir, name);
    const good = await Deno.readTextFile(path);
    if (content === undefined) await Deno.remove(path);
    else await Deno.writeTextFile(path, content);
    await assert.rejects(newClass(dir), unreadable, name);
    await Deno.writeTextFile(path, good, { mode: 0o600 });
  }
  assert.equal((await newClass(dir)).authority.classId, authority.classId);
});

Deno.test("deleted settings begin with a new code, and a crash while a class was made leaves nothing behind", async () => {
  const { dir, authority, folder } = await newClass();
  await Deno.remove(join(dir, "class.json"));
  const again = await newClass(dir);
  assert.equal(again.authority.classId, authority.classId);
  assert.notEqual(again.folder.settings.secret, folder.settings.secret);
  assert.equal((await newClass(dir)).folder.settings.secret, again.folder.settings.secret);

  const crashed = join(await tempDir(), "class");
  await Deno.mkdir(`${crashed}.new`);
  await Deno.writeTextFile(join(`${crashed}.new`, "ca.key"), "half");
  await Deno.mkdir(crashed);
  await newClass(crashed);
  await assert.rejects(Deno.stat(`${crashed}.new`), Deno.errors.NotFound);
});

Deno.test("the tracker's server certificate is for its name and addresses, and lasts for a year", async () => {
  const { authority } = await newClass();
  const { key, cert } = await authority.serverCertificate(["192.168.1.7", "::1"], NOW);
  const seen = new X509Certificate(cert);
  assert.match(key, /PRIVATE KEY/);
  assert.equal(seen.subjectAltName, "DNS:tracker.essaim.internal, IP Address:192.168.1.7, IP Address:::1");
  assert.ok(Date.parse(seen.validTo) > NOW + 365 * DAY_MS);
  assert.ok(Date.parse(seen.validFrom) < NOW - DAY_MS);
  assert.ok(seen.verify(new X509Certificate(authority.pem).publicKey));
});
