import assert from "node:assert/strict";
import fc from "fast-check";
import { localPath, publicAccess } from "../../lib/core/public_access.ts";

Deno.test("pages of the tracker itself get in, under every name of a local network, and no page of another site", () => {
  for (
    const [host, origin, publicUrl, expected] of [
      ["192.168.1.10:5000", null, "", true],
      ["192.168.1.10:5000", "http://192.168.1.10:5000", "", true],
      ["[fd00::1]:5000", "http://[fd00::1]:5000", "", true],
      ["localhost:5000", null, "", true],
      ["tracker:5000", null, "", true],
      ["prof.local:5000", "http://prof.local:5000", "", true],
      ["prof.fritz.box", null, "", true],
      ["evil.box", null, "", 421],
      ["share.school.example", "https://share.school.example", "https://share.school.example/", true],
      ["10.0.0.1:5000", "https://share.school.example", "https://share.school.example", true],
      ["10.0.0.1:5000", null, "https://share.school.example", true],
      ["192.168.1.10:5000", "http://evil.example", "", 403],
      ["192.168.1.10:5000", "null", "", 403],
      ["192.168.1.10:5000", "http://192.168.1.10:8001", "", 403],
      ["192.168.1.10:5000", "http://192.168.1.10", "", 403],
      ["192.168.1.10:5000", "", "", 403],
      ["evil.example:5000", null, "", 421],
      ["evil.example:5000", "http://evil.example:5000", "", 421],
      ["evil.example", null, "https://share.school.example", 421],
      ["notlocal", null, "", true],
      ["evil.notlocal", null, "", 421],
      ["192.168.1.10.evil.example", null, "", 421],
      ["a b", null, "", 421],
    ] as const
  ) {
    const access = publicAccess({ host, origin }, publicUrl);
    assert.equal(access.allow || access.status, expected, `${host} ${origin} ${publicUrl}`);
  }
});

Deno.test("a form leads back to a page of this site and nowhere else", () => {
  for (
    const [path, expected] of [
      ["/", "/"],
      ["/search?q=a%20b&type=image", "/search?q=a%20b&type=image"],
      ["/files/../search", "/search"],
      ["//evil.example/", "/"],
      ["/\\evil.example", "/"],
      ["/.//evil.example", "/evil.example"],
      ["\\\\evil.example", "/"],
      ["https://evil.example/", "/"],
      ["javascript:alert(1)", "/"],
      ["", "/"],
      ["search", "/"],
      ["/\t/evil.example", "/"],
      ["/a\r\nSet-Cookie: b", "/aSet-Cookie:%20b"],
    ] as const
  ) assert.equal(localPath(path), expected, JSON.stringify(path));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const path of [localPath(text), localPath(`/${text}`)]) {
      assert.match(path, /^\/(?![/\\])[\x21-\x7e]*$/);
    }
  }));
});
