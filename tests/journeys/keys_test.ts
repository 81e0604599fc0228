import assert from "node:assert/strict";
import { Classroom } from "./processes.ts";

/** As programs do: with the token of the data folder. */
async function ask(data: string, port: number, method: string, path: string, body?: unknown): Promise<Response> {
  const token = (await Deno.readTextFile(`${data}/api-token`)).trim();
  return await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

Deno.test("a shared folder that holds the keys of this computer is refused, on the page and at the start", async () => {
  await using room = await Classroom.with("alice");
  const alice = room.peer("alice");
  await Deno.symlink(room.folder, `${room.folder}/link`);
  for (
    const folder of [
      room.folder,
      `${room.folder}/link`,
      alice.data,
      `${alice.data}/incoming`,
      `${alice.data}/identity/x`,
    ]
  ) {
    const response = await ask(alice.data, alice.uiPort, "PATCH", "/api/settings", { "peer.shared_folder": folder });
    const { code, key } = await response.json();
    assert.deepEqual([response.status, code, key], [400, "bad-config", "peer.shared_folder"], folder);
  }
  const other = `${room.folder}/lessons`;
  assert.equal(
    (await ask(alice.data, alice.uiPort, "PATCH", "/api/settings", { "peer.shared_folder": other })).status,
    200,
  );
  await alice.stop();
  const saved = await Deno.readTextFile(`${alice.data}/config.yaml`);
  await Deno.writeTextFile(`${alice.data}/config.yaml`, saved.replace(other, room.folder));
  await assert.rejects(alice.start(), /peer\.shared_folder cannot be .*keys or private data/s);
});

Deno.test("the port for other peers answers no site of the internet that leads its name here", async () => {
  await using room = await Classroom.with("alice");
  const { port } = room.peer("alice");
  const status = async (headers: string) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(`GET /v1/hello HTTP/1.1\r\n${headers}connection: close\r\n\r\n`));
    return (await new Response(connection.readable).text()).split(" ")[1];
  };
  assert.equal(await status(`host: 127.0.0.1:${port}\r\n`), "200");
  assert.equal(await status(`host: alice.local:${port}\r\n`), "200");
  assert.equal(await status(`host: evil.test:${port}\r\n`), "421");
  assert.equal(await status(`host: 127.0.0.1:${port}\r\norigin: http://evil.test\r\n`), "403");
});
