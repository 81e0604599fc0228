import assert from "node:assert/strict";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { TRACKER_SERVER_NAME } from "../../lib/core/class_messages.ts";
import { memberOn, newClass, newComputer } from "./class_setup.ts";

type Keys = { key: string; cert: string };
type Authority = Awaited<ReturnType<typeof newClass>>["authority"];

/** What the server saw of the client, or how the client failed. */
async function shake(server: Keys & { ca: string }, client: Partial<Keys> & { ca: string; servername: string }) {
  const listener = createServer(
    { ...server, requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.3" },
    ({ socket }, answer) => answer.end(new Uint8Array((socket as TLSSocket).getPeerCertificate(true).raw).toBase64()),
  );
  listener.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  try {
    return await new Promise<string>((resolve) => {
      const asked = request({ ...client, host: "127.0.0.1", port, agent: false }, (response) => {
        const parts: Uint8Array[] = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", () => resolve(new TextDecoder().decode(parts[0])));
        response.on("error", () => resolve("refused"));
      });
      asked.on("error", () => resolve("refused"));
      asked.end();
    });
  } finally {
    listener.closeAllConnections();
    await new Promise((resolve) => listener.close(resolve));
  }
}

Deno.test("TLS takes certificates of one class on both sides, and no others", async () => {
  const { authority } = await newClass(undefined, Date.now());
  const other = (await newClass(undefined, Date.now())).authority;
  const computer = await newComputer();
  const now = Date.now();
  const span = { notBefore: now - 1_000, notAfter: now + 60_000 };
  const issue = async (by: Authority, changes = {}): Promise<Keys> => {
    const certificate = await by.issue(memberOn(computer, { ...span, ...changes }));
    return { key: computer.pem, cert: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n` };
  };
  const mine = await issue(authority);
  const tracker = { ...await authority.serverCertificate(["127.0.0.1"], now), ca: authority.pem };
  const to = { ca: authority.pem, servername: TRACKER_SERVER_NAME };

  const seen = await shake(tracker, { ...to, ...mine });
  assert.equal((await authority.readCertificate(seen as never)).peerId, computer.peerId);
  const peer = { ...mine, ca: authority.pem };
  assert.notEqual(await shake(peer, { ...to, ...mine, servername: `${computer.peerId}.essaim.internal` }), "refused");

  for (
    const [name, server, client] of [
      ["no certificate", tracker, to],
      ["of another class", tracker, { ...to, ...await issue(other) }],
      ["ended", tracker, { ...to, ...await issue(authority, { notBefore: now - 90_000, notAfter: now - 60_000 }) }],
      ["another class's tracker", { ...await other.serverCertificate([], now), ca: authority.pem }, { ...to, ...mine }],
      ["a member that poses as the tracker", peer, { ...to, ...mine }],
      ["the tracker as a client", tracker, { ...to, key: tracker.key, cert: tracker.cert }],
    ] as const
  ) assert.equal(await shake(server, client), "refused", name);
});
