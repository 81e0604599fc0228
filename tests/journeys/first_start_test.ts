import assert from "node:assert/strict";
import { ANY_PORTS, Home, RECORDS } from "./home.ts";
import { until } from "./until.ts";

/** `essaim` alone, as somebody runs it who has just got it: an empty home folder, no settings. */

Deno.test("essaim alone keeps its data in the user's folders and opens its pages; again, it opens those that run", async () => {
  await using home = await Home.empty(RECORDS);
  await Deno.mkdir(`${home.folder}/Documents`);
  await Deno.mkdir(`${home.folder}/.config`);
  await Deno.writeTextFile(`${home.folder}/.config/user-dirs.dirs`, 'XDG_DOWNLOAD_DIR="$HOME/Téléchargements"\n');
  const first = home.start();
  const [address] = await until("a page is opened", async () => {
    const opened = await home.opened();
    return opened.length === 1 && opened;
  });
  assert.match(address!, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const answer = await fetch(address!, { headers: { "accept": "text/html" } });
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
  await until("it says so", () => Promise.resolve(first.said.join("").includes("Its pages open in the browser")));
  for (const path of ["Documents/Essaim", "Téléchargements/Essaim", ".local/share/essaim/peer.db"]) {
    assert.ok(await home.isThere(path), path);
  }
  assert.ok(!await home.isThere("data"));
  assert.equal((await Deno.stat(home.data)).mode! & 0o077, 0, "other accounts see nothing");
  const status = await home.run("status", "--json");
  assert.equal(JSON.parse(status.out).tracker.state, "none", status.err);

  const second = await home.run();
  assert.equal(second.code, 0, second.err);
  assert.match(second.out, new RegExp(`^Essaim runs already.*${address}`));
  assert.deepEqual(await home.opened(), [address, address]);

  const told = await home.run("--json");
  assert.equal(`http://127.0.0.1:${JSON.parse(told.out).uiPort}/`, address, told.err);

  first.kill();
  assert.equal(await first.ended, 0);
  assert.ok(!await home.isThere(".local/share/essaim/run.json"));
  const none = await home.run("status");
  assert.equal(none.code, 3);
  assert.match(none.err, /Start it in another window: essaim\n/);
});

Deno.test("what lies in the folder to share before the first start is shown to nobody, also not after the next one", async () => {
  await using home = await Home.empty(RECORDS);
  await Deno.mkdir(`${home.folder}/Essaim`);
  await Deno.writeTextFile(`${home.folder}/Essaim/from before.txt`, "x");
  for (const name of ["first.txt", "second.txt"]) {
    const { kill, ended } = home.start();
    await until("it runs", async () => (await home.run("status")).code === 0);
    await Deno.writeTextFile(`${home.data}/shared_files/${name}`, name);
    const shared = await until(`${name} is shared`, async () => {
      const shared = (JSON.parse((await home.run("shares", "--json")).out) as { name: string }[]).map(({ name }) =>
        name
      );
      return shared.includes(name) && shared;
    });
    assert.ok(!shared.includes("from before.txt"));
    kill();
    await ended;
  }
});

Deno.test("two starts at the same moment are one peer, whose pages open twice", async () => {
  await using home = await Home.empty(RECORDS);
  const starts = [home.start(), home.start()];
  assert.equal(await Promise.race(starts.map(({ ended }) => ended)), 0);
  await until("both have opened it", async () => (await home.opened()).length === 2);
  assert.equal(new Set(await home.opened()).size, 1);
  assert.equal((await home.run("status")).code, 0);
});

Deno.test("without a screen or a browser that can be opened, the address is printed", async () => {
  for (const opens of [undefined, "exit 3\n"]) {
    await using home = await Home.empty(opens);
    const { said } = home.start();
    await until(
      "it says where",
      () =>
        Promise.resolve(
          /No browser can be opened from here\. Open this address .* http:\/\/127\.0\.0\.1:\d+\/\n/.test(said.join("")),
        ),
    );
  }
});

Deno.test("a home folder in which nothing can be written, and ports that are all taken, are named with what to do", async () => {
  await using home = await Home.empty(RECORDS);
  await Deno.writeTextFile(`${home.folder}/file`, "");
  home.env["XDG_DATA_HOME"] = `${home.folder}/file`;
  const unwritable = await home.run(...ANY_PORTS);
  assert.equal(unwritable.code, 1);
  assert.match(
    unwritable.err,
    /essaim: .*\/file\/essaim cannot be the data folder: it is a file, or lies in one\. .* with --data/,
  );
  delete home.env["XDG_DATA_HOME"];

  const listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = listener.addr;
  for (const option of ["--port", "--ui-port"]) {
    const { code, err } = await home.run(...ANY_PORTS, option, String(port));
    assert.equal(code, 1, option);
    assert.match(err, new RegExp(`essaim: .*port ${port}.*set another`, "s"), option);
  }
  listener.close();
  assert.deepEqual(await home.opened(), []);
});
