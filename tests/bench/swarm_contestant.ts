import type { Desk } from "../lan/networks.ts";
import type { Entrant } from "./measure.ts";
import type { Service } from "./run.ts";
import type { TestFile } from "./test_file.ts";

/** The file lies on the teacher's computer and is to be delivered to each pupil's. `dir` is empty. */
export interface SwarmJob {
  readonly file: TestFile;
  readonly dir: string;
  readonly teacher: Desk;
  readonly pupils: readonly Desk[];
  readonly signal: AbortSignal;
}

/** What one pupil does when the time begins. */
export interface Order {
  /** Runs on the pupil's computer. An exit code other than 0 is a failure. */
  readonly command: readonly string[];
  /** What is there as soon as this pupil has the whole file, and not before. */
  readonly done: string;
  readonly delivered: string;
}

/** Everything that runs before the time begins. Disposing it ends what it started. */
export interface Prepared extends AsyncDisposable {
  readonly services: readonly Service[];
  /** One for each pupil. */
  readonly orders: readonly Order[];
}

/** One way of bringing a file from one computer to many. */
export interface SwarmContestant extends Entrant {
  prepare(job: SwarmJob): Promise<Prepared>;
}

/** Where the files of a pupil lie. */
export async function pupilFolder(job: SwarmJob, index: number): Promise<string> {
  const folder = `${job.dir}/pupil${index + 1}`;
  await Deno.mkdir(folder);
  return folder;
}
