import assert from "node:assert/strict";
import { classBanner } from "../../lib/cli/class_banner.ts";
import { displayWidth } from "../../lib/cli/width.ts";

const LINKS = ["10.0.0.1", "192.168.1.10", "a", "b", "c", "d"].map((host) =>
  `http://${host}:5000/join#ABCD-EFGH-JKMN-PQRS`
);
const ESCAPE = String.fromCharCode(27);
const banner = (columns: number | undefined, colours = false) =>
  classBanner({ links: LINKS, pages: "http://127.0.0.1:5000/class", columns, colours });

Deno.test("the terminal shows code, links and the teacher's pages, and a QR code where it fits", () => {
  const lines = banner(80);
  assert.match(lines[0]!, /^Class code: ABCD-EFGH-JKMN-PQRS$/);
  assert.match(lines[1]!, /http:\/\/10\.0\.0\.1:5000\/join#ABCD/);
  assert.equal(lines.filter((line) => line.includes("/join#")).length, 4);
  assert.match(lines.join("\n"), /127\.0\.0\.1:5000\/class/);
  const code = lines.filter((line) => /^[█▀▄ ]+$/.test(line) && line !== "");
  assert.ok(code.length > 10);
  for (const columns of [80, 40, 33, 32, 20, 1]) {
    const shown = banner(columns).filter((line) => /^[█▀▄ ]+$/.test(line));
    assert.ok(shown.every((line) => displayWidth(line) <= columns), String(columns));
    assert.equal(shown.length > 0, columns >= displayWidth(code[0]!), String(columns));
  }
});

Deno.test("where nobody looks there is no QR code, and without colours no escape", () => {
  assert.doesNotMatch(banner(undefined).join("\n"), /[█▀▄]/);
  assert.ok(!banner(undefined, true).concat(banner(80)).join("\n").includes(ESCAPE));
  const last = banner(80, true).at(-1)!;
  assert.ok(last.startsWith(`${ESCAPE}[97;40m`) && last.endsWith(`${ESCAPE}[0m`));
});
