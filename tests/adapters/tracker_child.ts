/** A tracker in a process of its own, to be killed: prints its port. Argument: its data folder. */
import { FakeLog } from "../fakes.ts";
import { startTracker } from "../../tracker.ts";

const [data] = Deno.args;
const tracker = await startTracker({
  config: {
    tracker: {
      host: "127.0.0.1",
      port: 0,
      memberPort: 0,
      data: data!,
      database: "tracker.db",
      peerExpires: 90_000,
      announceInterval: 30_000,
      activityKept: 100,
    },
    chunking: { chunkSize: null },
  },
  log: new FakeLog(),
});
console.log(tracker.port);
