import assert from "node:assert/strict";
import { canMount, mount } from "../adapters/small_disk.ts";
import { namesIn, SmallExecutable, versionIn } from "./small_executable.ts";

const posix = Deno.build.os !== "windows";
const isRoot = posix && Deno.uid() === 0;

function journey(name: string, test: (essaim: SmallExecutable) => Promise<void>, ignore = false): void {
  Deno.test({
    name,
    ignore: !posix || ignore,
    async fn() {
      await using essaim = await SmallExecutable.write();
      await test(essaim);
    },
  });
}

journey("the first start extracts, the later ones take what is there", async (essaim) => {
  const first = await essaim.run(["status"]);
  assert.equal(first.code, 0, first.err);
  const version = await versionIn(essaim.base);
  assert.match(version, /\/1\.2\.3-[0-9a-f]{16}$/);
  const { ino } = await Deno.stat(`${version}/deno`);
  const second = await essaim.run(["status"]);
  assert.equal(second.out, first.out);
  assert.equal((await Deno.stat(`${version}/deno`)).ino, ino);
  assert.deepEqual(await namesIn(essaim.spare), []);
});

journey("arguments, exit code and search path reach the program as they are", async (essaim) => {
  const args = ["get", "a b", "", "*", "'\"$HOME\\", "--", "-x\ny"];
  for (const _ of ["first", "later"]) {
    const { code, out, err } = await essaim.run(args, { EXIT_CODE: "3", PATH: "/nowhere:/bin" });
    assert.equal(code, 3, err);
    assert.equal(out.slice(out.indexOf("main.ts|")), `main.ts|${args.join("|")}|`);
  }
});

journey("only start may start other programs", async (essaim) => {
  for (
    const [args, set] of [
      [["start"], "start"],
      [["--data", "a folder", "--json", "--port=5000", "start", "--peers", "3"], "start"],
      [["share", "start"], "essaim"],
      [["--data", "start"], "essaim"],
      [["--name", "start", "share", "start"], "essaim"],
      [["--data"], "essaim"],
      [["--", "start"], "essaim"],
      [[], "essaim"],
    ] as const
  ) {
    assert.match((await essaim.run(args)).out, new RegExp(`\\|-P=${set}\\|`), args.join(" "));
  }
});

journey("it is found by whatever name it is started", async (essaim) => {
  const PATH = `${essaim.folder}:/bin:/usr/bin`;
  await Deno.mkdir(`${essaim.folder}/below`);
  await Deno.symlink(essaim.file, `${essaim.folder}/below/link`);
  for (
    const [command, cwd] of [
      ["./essaim", essaim.folder],
      ["sh essaim", essaim.folder],
      ["../essaim", `${essaim.folder}/below`],
      ["essaim", "/"],
      ["./link", `${essaim.folder}/below`],
      ["PATH= ../essaim", `${essaim.folder}/below`],
    ] as const
  ) {
    await Deno.remove(`${essaim.home}/.cache`, { recursive: true }).catch(() => {});
    const { success, stderr } = await new Deno.Command("/bin/sh", {
      args: ["-c", command],
      env: { HOME: essaim.home, PATH },
      clearEnv: true,
      cwd,
    }).output();
    assert.ok(success, `${command}: ${new TextDecoder().decode(stderr)}`);
  }
});

journey("eight first starts at once all run, and leave one copy", async (essaim) => {
  const all = await Promise.all(Array.from({ length: 8 }, (_, index) => essaim.run([String(index)])));
  for (const [index, { code, out, err }] of all.entries()) {
    assert.equal(code, 0, err);
    assert.ok(out.endsWith(`|${index}|`), out);
  }
  await versionIn(essaim.base);
});

journey("what was cut off, lost or added in the cache is put right", async (essaim) => {
  await essaim.run();
  const version = await versionIn(essaim.base);
  const harms: Record<string, () => Promise<void>> = {
    "a file is cut off": () => Deno.truncate(`${version}/deno`, 10),
    "a file is lost": () => Deno.remove(`${version}/app/main.ts`),
    "a folder is lost": () => Deno.remove(`${version}/app`, { recursive: true }),
    "a file is added": () => Deno.writeTextFile(`${version}/app/more.ts`, "…"),
    "all is lost but the folder": async () => {
      await Deno.remove(version, { recursive: true });
      await Deno.mkdir(version, { mode: 0o700 });
    },
    "a start was killed": () => Deno.mkdir(`${essaim.base}/.new-${Deno.hostname()}-${2 ** 22 + 1}`),
    "the folder of Deno's own cache is lost": () => Deno.remove(`${essaim.base}/cache`, { recursive: true }),
  };
  for (const [harm, inflict] of Object.entries(harms)) {
    await inflict();
    const { code, err } = await essaim.run();
    assert.equal(code, 0, `${harm}: ${err}`);
    if (harm === "a start was killed") continue; // seen when something is extracted again
    assert.equal(await versionIn(essaim.base), version, harm);
    assert.deepEqual(await namesIn(version), ["app", "deno"], harm);
    assert.deepEqual(await namesIn(`${version}/app`), ["lib", "main.ts"], harm);
  }
});

journey("a home that cannot be written is replaced by TMPDIR, and without that too it says so", async (essaim) => {
  for (const HOME of ["/proc", ""]) {
    const { code, err } = await essaim.run([], { HOME });
    assert.equal(code, 0, err);
    assert.match(await versionIn(`${essaim.spare}/essaim-${Deno.uid()}`), /1\.2\.3/);
  }
  await Deno.remove(essaim.spare, { recursive: true });
  const { code, err, out } = await essaim.run([], { HOME: "/proc", TMPDIR: "/proc" });
  assert.deepEqual([code, out], [1, ""]);
  assert.match(
    err,
    /^essaim: It cannot be extracted\. \/proc\/.* cannot be written\. .*set XDG_CACHE_HOME or TMPDIR/,
  );
});

journey("a cache folder is never one that depends on where it is started", async (essaim) => {
  const here = `${essaim.folder}/here`;
  await Deno.mkdir(here);
  const spare = `/tmp/essaim-${Deno.uid()}`;
  const others = await namesIn(spare);
  const own = await essaim.run([], { XDG_CACHE_HOME: "cache" }, here);
  assert.equal(own.code, 0, own.err);
  await versionIn(essaim.base);
  const other = await essaim.run([], { HOME: "home", TMPDIR: "tmp" }, here);
  assert.equal(other.code, 0, other.err);
  assert.deepEqual(await namesIn(here), []);
  const added = (await namesIn(spare)).filter((name) => name.startsWith("1.2.3-") && !others.includes(name));
  assert.equal(added.length, 1);
  await Deno.remove(others.length === 0 ? spare : `${spare}/${added[0]}`, { recursive: true });
});

journey("a cache that others may write in, or a link, is refused", async (essaim) => {
  await essaim.run();
  const version = await versionIn(essaim.base);
  const real = `${essaim.folder}/elsewhere`;
  const preparations: Record<string, readonly [prepare: () => Promise<void>, undo: () => Promise<void>]> = {
    base: [() => Deno.chmod(essaim.base, 0o777), () => Deno.chmod(essaim.base, 0o700)],
    "base, by its group": [() => Deno.chmod(essaim.base, 0o770), () => Deno.chmod(essaim.base, 0o700)],
    program: [() => Deno.chmod(`${version}/deno`, 0o757), () => Deno.chmod(`${version}/deno`, 0o755)],
    "folder in it": [() => Deno.chmod(`${version}/app/lib`, 0o707), () => Deno.chmod(`${version}/app/lib`, 0o700)],
    "Deno's own cache": [
      () => Deno.chmod(`${essaim.base}/cache`, 0o777),
      () => Deno.chmod(`${essaim.base}/cache`, 0o700),
    ],
    "link in its place": [
      () => Deno.rename(essaim.base, real).then(() => Deno.symlink(real, essaim.base)),
      () => Deno.remove(essaim.base).then(() => Deno.rename(real, essaim.base)),
    ],
    "link in it": [
      () => Deno.symlink("/etc/hosts", `${version}/app/hosts`),
      () => Deno.remove(`${version}/app/hosts`),
    ],
  };
  for (const [what, [prepare, undo]] of Object.entries(preparations)) {
    await prepare();
    const { code, out, err } = await essaim.run();
    assert.deepEqual([code, out], [1, ""], what);
    assert.match(err, /belongs to somebody else, or others may write in it.*Delete it/, what);
    await undo();
    assert.equal((await essaim.run()).code, 0, what);
  }
});

journey("a cache of somebody else is refused", async (essaim) => {
  const nobody = 65_534;
  await essaim.run();
  const version = await versionIn(essaim.base);
  for (const path of [essaim.base, `${essaim.base}/cache`, version, `${version}/app/main.ts`]) {
    await Deno.chown(path, nobody, nobody);
    const { code, out, err } = await essaim.run();
    assert.deepEqual([code, out], [1, ""], path);
    assert.match(err, /belongs to somebody else/, path);
    await Deno.chown(path, 0, 0);
  }
  assert.equal((await essaim.run()).code, 0);
}, !isRoot);

journey("a file that was damaged on its way says so", async (essaim) => {
  using file = await Deno.open(essaim.file, { write: true });
  const { size } = await file.stat();
  await file.seek(size - 20, Deno.SeekMode.Start);
  await file.write(new Uint8Array(10));
  file.close();
  const { code, out, err } = await essaim.run();
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^essaim: This file is damaged/);
  assert.deepEqual(await namesIn(essaim.base), []);
});

journey("a start that is ended while it extracts leaves nothing, and ends by that signal", async (essaim) => {
  await Deno.writeTextFile(
    `${essaim.folder}/end`,
    "#!/bin/sh\nfor new in $HOME/.cache/essaim/.new-*; do kill -TERM ${new##*-}; done\n",
  );
  await Deno.chmod(`${essaim.folder}/end`, 0o755);
  const { signal, out } = await essaim.run([], { ON_EVAL: `${essaim.folder}/end` });
  assert.deepEqual([signal, out], ["SIGTERM", ""]);
  assert.deepEqual((await namesIn(essaim.base)).filter((name) => name.startsWith(".")), []);
  assert.equal((await essaim.run()).code, 0);
});

journey("where no program may be run, it is extracted to TMPDIR, once", async (essaim) => {
  await using _ = await mount(essaim.home, "mode=700,noexec");
  for (const _ of ["first", "later"]) assert.equal((await essaim.run()).code, 0);
  assert.deepEqual(await namesIn(essaim.base), ["cache"]);
  await versionIn(`${essaim.spare}/essaim-${Deno.uid()}`);
  const { code, err } = await essaim.run([], { TMPDIR: essaim.home });
  assert.equal(code, 1);
  assert.match(err, /no program may be run \(noexec\)/);
}, !canMount);

Deno.test({
  name: "on a full disk it says how much it needs, and leaves nothing",
  ignore: !canMount,
  async fn() {
    await using essaim = await SmallExecutable.write(3_000_000);
    await using _ = await mount(essaim.home, "size=1m,mode=700");
    const { code, err } = await essaim.run([], { TMPDIR: essaim.home });
    assert.equal(code, 1);
    assert.match(
      err,
      /To .*\/essaim, which needs 13 MB \(1 MB are free\), it cannot be extracted: tar: .*Free some space/,
    );
    assert.deepEqual(await namesIn(essaim.base), ["cache"]);
    const elsewhere = await essaim.run();
    assert.equal(elsewhere.code, 0, elsewhere.err);
  },
});
