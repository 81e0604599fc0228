import { startNginx } from "./nginx.ts";
import { missingPrograms } from "./run.ts";
import { type Order, type Prepared, pupilFolder, type SwarmContestant, type SwarmJob } from "./swarm_contestant.ts";

/** nginx runs; then each pupil starts curl. Nothing is verified. */
export const nginxSwarm: SwarmContestant = {
  title: "nginx + curl, each from the teacher",
  missing: () => missingPrograms(["nginx", "curl"]),
  async prepare(job: SwarmJob): Promise<Prepared> {
    const { file, dir, teacher, pupils, signal } = job;
    const nginx = await startNginx(file.dir, dir, signal, teacher);
    const orders = await Promise.all(pupils.map(async (_, index): Promise<Order> => {
      const folder = await pupilFolder(job, index);
      const delivered = `${folder}/${file.name}`;
      const script = 'curl -q -sS --fail --noproxy "*" -o "$1.part" "$2" && mv "$1.part" "$1"';
      return {
        command: ["sh", "-c", script, "sh", delivered, `${nginx.url}/${file.name}`],
        done: delivered,
        delivered,
      };
    }));
    return { services: [nginx.service], orders, [Symbol.asyncDispose]: () => nginx[Symbol.asyncDispose]() };
  },
};
