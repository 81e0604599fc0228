import { parseBeacon, type TrackerBeacon } from "../core/beacon.ts";
import type { BeaconSocket } from "../discovery_ports.ts";
import type { Clock } from "../ports.ts";
import { BeaconSender } from "./beacon_sender.ts";

export interface TrackerBeaconPorts {
  readonly socket: BeaconSocket;
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly memberPort: number;
  readonly port: number;
  readonly classId: TrackerBeacon["class"];
  /** Of the class, as it is now. */
  name(): string;
}

/** Makes a tracker known, so that who has just come to its network can be asked whether to join the class. */
export class TrackerBeacons {
  readonly #sender: BeaconSender;

  constructor(readonly ports: TrackerBeaconPorts) {
    const { classId, port, memberPort, name } = ports;
    this.#sender = new BeaconSender({
      ...ports,
      beacon: () => ({ essaim: 1, kind: "tracker", class: classId, name: name(), port, memberPort }),
    });
  }

  start(): void {
    const sender = this.#sender;
    this.ports.socket.open({
      heard({ bytes, way, isOwn }) {
        const beacon = parseBeacon(bytes);
        if (beacon?.kind !== "peer") return;
        if (!isOwn && way === "broadcast") sender.heardBroadcast();
        if (beacon.isNew) sender.newcomer(isOwn ? "here" : "networks");
      },
      moved: () => sender.moved(),
    });
    sender.start();
  }

  /** The class has another name. */
  changed(): void {
    this.#sender.changed();
  }

  async close(): Promise<void> {
    await this.#sender.close();
    await this.ports.socket.close();
  }
}
