import { randomBytes } from "node:crypto";
import type { DatagramOrder } from "./lan_room.ts";

/** A stranger on the network: does what its argument says. */

const PORT = 5_555;
const TICK_MS = 10;

const order: DatagramOrder = JSON.parse(Deno.args[0]!);
const socketAt = (hostname: string, port: number) => {
  return Deno.listenDatagram({ transport: "udp", hostname, port, reuseAddress: true });
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const hex = (bytes: number) => randomBytes(bytes).toString("hex");

switch (order.kind) {
  case "send": {
    const socket = socketAt(order.from, 0);
    for (let time = 0; time < order.times; time++) {
      for (const text of order.texts) {
        await socket.send(new TextEncoder().encode(text), { transport: "udp", hostname: order.to, port: PORT });
      }
      await pause(order.everyMs);
    }
    break;
  }
  case "hear": {
    const socket = socketAt("0.0.0.0", PORT);
    for await (const [bytes] of socket) {
      const text = new TextDecoder().decode(bytes);
      if (!text.includes(order.text)) continue;
      console.log(text);
      break;
    }
    break;
  }
  case "flood": {
    const socket = socketAt("0.0.0.0", 0);
    const until = performance.now() + order.seconds * 1_000;
    const begun = performance.now();
    let sent = 0;
    while (performance.now() < until) {
      const due = (performance.now() - begun) / 1_000 * order.perSecond;
      for (; sent < due; sent++) {
        const like = { essaim: 1, kind: "peer", peer: hex(16), instance: hex(16), port: 2_000 + sent % 60_000 };
        const junk = sent % 2 === 0
          ? randomBytes(200)
          : new TextEncoder().encode(JSON.stringify({ ...like, index: { epoch: hex(16), version: sent } }));
        await socket.send(junk, { transport: "udp", hostname: order.to, port: PORT });
      }
      await pause(TICK_MS);
    }
    console.log(sent);
    break;
  }
  default:
    order satisfies never;
}
