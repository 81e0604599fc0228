import assert from "node:assert/strict";
import { openIdentity } from "../../lib/adapters/identity.ts";
import { decryptIdentity, encryptIdentity, importIdentity } from "../../lib/adapters/identity_file.ts";
import type { KeptMembership } from "../../lib/class_ports.ts";

Deno.test("an exported identity opens with its passphrase only, and tells nothing otherwise", async () => {
  const dir = await Deno.makeTempDir({ prefix: "essaim-identity-" });
  try {
    const { keyPem: key } = await openIdentity(`${dir}/a`);
    const file = await encryptIdentity("Pass phrase é", { key, kept: undefined });
    assert.deepEqual(await decryptIdentity("Pass phrase e\u0301", file), { key, kept: undefined }, "composed or not");
    await assert.rejects(decryptIdentity("pass phrase é", file), { code: "bad-input", message: /passphrase/ });
    const text = new TextDecoder().decode(file);
    const [header, ...rest] = text.split(".");
    const weaker = { ...JSON.parse(atob(header!)), p2c: 1 };
    const strange = [
      "",
      "x",
      text.slice(0, -20),
      text.trim().slice(0, -4) + "AAAA",
      [btoa(JSON.stringify(weaker)).replaceAll("=", ""), ...rest].join("."),
      [btoa(JSON.stringify({ ...weaker, p2c: 1e9 })).replaceAll("=", ""), ...rest].join("."),
      [btoa(JSON.stringify({ ...weaker, alg: "dir" })).replaceAll("=", ""), ...rest].join("."),
    ];
    for (const other of strange) {
      await assert.rejects(decryptIdentity("Pass phrase é", new TextEncoder().encode(other)), { code: "bad-input" });
    }
    const kept = { name: "x", ca: "x", certificate: "AAAA", revocations: "", tracker: "http://x", memberPort: 1 };
    const foreign = await encryptIdentity("12345678", { key, kept: kept as KeptMembership });
    await assert.rejects(importIdentity(`${dir}/b`, "12345678", foreign), { code: "bad-input" });
    const noKey = await encryptIdentity("12345678", { key: "no key", kept: undefined });
    await assert.rejects(importIdentity(`${dir}/b`, "12345678", noKey), { code: "bad-input" });
    await assert.rejects(Deno.stat(`${dir}/b/key.pem`), Deno.errors.NotFound);
    await importIdentity(`${dir}/b`, "Pass phrase é", file);
    await importIdentity(`${dir}/b`, "Pass phrase é", file);
    assert.equal((await openIdentity(`${dir}/b`)).keyPem.trim(), key.trim());
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
