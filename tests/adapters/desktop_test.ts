import assert from "node:assert/strict";
import { browse, desktop, type System } from "../../lib/adapters/desktop.ts";
import { codeOf } from "../fakes.ts";

function on(os: System["os"], answer: Partial<System> = {}) {
  const ran: string[] = [];
  const run: System["run"] = (program, args) =>
    Promise.resolve(void ran.push([program, ...args].join(" "))).then(() => 0);
  return { ran, shown: desktop({ os, hasScreen: true, run, ...answer }) };
}

Deno.test("a folder is shown with what each system has for that", async () => {
  for (
    const [os, what, command] of [
      ["linux", "item", "xdg-open /home/alice/down loads"],
      ["linux", "folder", "xdg-open /home/alice/down loads/a.pdf"],
      ["darwin", "item", "open -R /home/alice/down loads/a.pdf"],
      ["darwin", "folder", "open /home/alice/down loads/a.pdf"],
      ["windows", "item", "explorer /select,\\home\\alice\\down loads\\a.pdf"],
    ] as const
  ) {
    const { ran, shown } = on(os);
    await shown.reveal("/home/alice/down loads/a.pdf", what);
    assert.deepEqual(ran, [command]);
  }
});

Deno.test("without a screen, a program or its success it is told where the file is", async () => {
  for (
    const answer of [
      { hasScreen: false },
      { run: () => Promise.reject(new Deno.errors.NotFound("xdg-open")) },
      { run: () => Promise.resolve(3) },
    ]
  ) {
    await assert.rejects(on("linux", answer).shown.reveal("/x/a.pdf", "item"), (error: Error) => {
      assert.match(error.message, /\/x\/a\.pdf/);
      return "code" in error && error.code === "no-desktop";
    });
  }
  assert.equal(await codeOf(on("windows", { run: () => Promise.resolve(1) }).shown.reveal("/x", "item")), undefined);
  assert.equal(
    await codeOf(on("linux", { run: () => Promise.resolve(undefined) }).shown.reveal("/x", "item")),
    undefined,
  );
});

Deno.test("a file is read as it is, and nothing else is a file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "essaim-desktop-" });
  try {
    await Deno.writeTextFile(`${folder}/a.txt`, "abc");
    const { shown } = on("linux");
    const file = await shown.read(`${folder}/a.txt`);
    assert.deepEqual([file?.size, await new Response(file?.body).text()], [3, "abc"]);
    for (const path of [folder, `${folder}/b.txt`, `${folder}/a.txt/b`]) {
      assert.equal(await shown.read(path), undefined);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a page is opened with what each system has for that, or it is said that nothing can", async () => {
  const url = "http://127.0.0.1:8001/enter?key=1";
  for (
    const [os, command] of [
      ["linux", `xdg-open ${url}`],
      ["darwin", `open ${url}`],
      ["windows", `rundll32 url.dll,FileProtocolHandler ${url}`],
    ] as const
  ) {
    const ran: string[] = [];
    const run: System["run"] = (program, args) =>
      Promise.resolve(void ran.push([program, ...args].join(" "))).then(() => 0);
    assert.ok(await browse(url, { os, hasScreen: true, run }));
    assert.deepEqual(ran, [command]);
  }
  const answers: [Partial<System>, boolean][] = [
    [{ hasScreen: false }, false],
    [{ run: () => Promise.reject(new Deno.errors.NotFound("xdg-open")) }, false],
    [{ run: () => Promise.resolve(3) }, false],
    [{ run: () => Promise.resolve(undefined) }, true], // it is still about it
  ];
  for (const [answer, isOpen] of answers) {
    assert.equal(await browse(url, { os: "linux", hasScreen: true, run: () => Promise.resolve(0), ...answer }), isOpen);
  }
});
