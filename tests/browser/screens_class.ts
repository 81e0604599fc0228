import type { Browser } from "playwright-core";
import { MB, randomFile } from "../journeys/files.ts";
import { Classroom, type Peer } from "../journeys/processes.ts";
import { until } from "../journeys/until.ts";

/** A class that works, for pictures: its people, what they share and for whom, and one large file on its way. */

export type Language = "fr" | "en";

interface Shared {
  readonly by: string;
  readonly name: string;
  readonly bytes: number;
  /** Options of `essaim share`; without any, the file is put into the shared folder. */
  readonly who?: readonly string[];
}

interface Cast {
  readonly name: string;
  readonly teacher: string;
  readonly pupils: readonly string[];
  readonly newcomer: string;
  readonly group: { readonly name: string; readonly members: readonly string[] };
  /** What everybody has already, but for the one who fetches it: the last pupil. */
  readonly video: string;
  readonly shared: readonly Shared[];
  /** Words of what each of the pupils has fetched. */
  readonly fetched: readonly (readonly string[])[];
  readonly folder: {
    readonly name: string;
    readonly by: string;
    readonly files: readonly (readonly [string, number])[];
  };
  /** What is being added in the picture of the question who can see it. */
  readonly added: string;
}

export const CASTS: Record<Language, Cast> = {
  fr: {
    name: "Terminale S2",
    teacher: "Mme Martin",
    pupils: ["Alice", "Chloé", "David", "Emma", "Bob"],
    newcomer: "Zoé",
    group: { name: "Groupe 1", members: ["Bob", "Chloé"] },
    video: "Vidéo du cours du 12 novembre.mp4",
    shared: [
      { by: "Mme Martin", name: "Leçon 4 – Les fonctions affines.pdf", bytes: 2_140_000, who: ["--class"] },
      { by: "Mme Martin", name: "Exercices chapitre 4.odt", bytes: 184_000, who: ["--allow", "Groupe 1"] },
      { by: "Mme Martin", name: "Contrôle corrigé de Bob.pdf", bytes: 310_000, who: ["--allow", "Bob"] },
      { by: "Mme Martin", name: "Photos de la sortie au Louvre.zip", bytes: 38 * MB },
      { by: "Chloé", name: "Exposé Marie Curie.pptx", bytes: 5_300_000, who: ["--class"] },
      { by: "Chloé", name: "Carte de l'Europe 1914.png", bytes: 1_720_000 },
      { by: "Emma", name: "Enregistrement de la chorale.mp3", bytes: 6_400_000, who: ["--class"] },
      { by: "Bob", name: "Notes du cours de physique.odt", bytes: 18_000, who: ["--class"] },
    ],
    fetched: [["Leçon", "Carte", "Photos"], ["Leçon", "Photos"], ["Carte", "Exposé"], ["Leçon"], ["Leçon", "Carte"]],
    folder: {
      name: "Projet robotique",
      by: "Chloé",
      files: [["plan.pdf", 420_000], ["moteur.py", 9_000], ["capteurs.csv", 61_000]],
    },
    added: "Contrôle de maths.pdf",
  },
  en: {
    name: "Year 10 Science",
    teacher: "Ms Martin",
    pupils: ["Alice", "Chloe", "David", "Emma", "Bob"],
    newcomer: "Zoe",
    group: { name: "Group 1", members: ["Bob", "Chloe"] },
    video: "Video of Thursday's lesson.mp4",
    shared: [
      { by: "Ms Martin", name: "Lesson 4 – Forces and motion.pdf", bytes: 2_140_000, who: ["--class"] },
      { by: "Ms Martin", name: "Exercises for chapter 4.odt", bytes: 184_000, who: ["--allow", "Group 1"] },
      { by: "Ms Martin", name: "Test of Bob, marked.pdf", bytes: 310_000, who: ["--allow", "Bob"] },
      { by: "Ms Martin", name: "Photos of the museum trip.zip", bytes: 38 * MB },
      { by: "Chloe", name: "Talk on Marie Curie.pptx", bytes: 5_300_000, who: ["--class"] },
      { by: "Chloe", name: "Map of Europe 1914.png", bytes: 1_720_000 },
      { by: "Emma", name: "Recording of the choir.mp3", bytes: 6_400_000, who: ["--class"] },
      { by: "Bob", name: "Physics notes.odt", bytes: 18_000, who: ["--class"] },
    ],
    fetched: [["Lesson 4", "Map", "Photos"], ["Lesson 4", "Photos"], ["Map", "Talk"], ["Lesson 4"], [
      "Lesson 4",
      "Map",
    ]],
    folder: {
      name: "Robotics project",
      by: "Chloe",
      files: [["plan.pdf", 420_000], ["motor.py", 9_000], ["sensors.csv", 61_000]],
    },
    added: "Maths test.pdf",
  },
};

export interface WorkingClass extends AsyncDisposable {
  readonly cast: Cast;
  readonly teacher: Peer;
  /** Who fetches the video. */
  readonly fetcher: Peer;
  /** Who has not joined. */
  readonly newcomer: Peer;
  /** Second half of the class code. */
  readonly secret: string;
}

/** `homes`: a folder for the people's folders. `tracker`: its address, where all usual ports are free. */
export async function openClass(
  lang: Language,
  homes: string,
  tracker: string,
  browser: Browser,
): Promise<WorkingClass> {
  const cast = CASTS[lang];
  await using stack = new AsyncDisposableStack();
  const room = stack.use(await Classroom.open());
  const ports = ["--udp-port", "5555"];
  await room.startTracker({ ports });
  const last = cast.pupils.at(-1)!;
  const settings = (name: string) => ({
    peer: { download_folder: `${homes}/${name}/Downloads/Essaim`, shared_folder: `${homes}/${name}/Documents/Essaim` },
    sharing: { rescan_interval: "60 s" },
    limits: name === last ? { download_rate: "2 MB/s" } : {},
  });
  const start = (name: string) => room.startPeer(name, { ports, settings: settings(name) }, tracker);
  const people = [cast.teacher, ...cast.pupils];
  for (const name of people) await start(name);
  await nameClass(browser, cast.name);
  const link = `${tracker}/join#${(await room.joinLink()).split("#")[1]}`;
  for (const name of people) await ran(room.peer(name), "join", link, "--name", name);
  await share(room, cast, homes);
  const newcomer = await room.startPeer(cast.newcomer, { ports, settings: settings(cast.newcomer) }, "");
  const secret = link.slice(-"XXXX-XXXX".length);
  const kept = stack.move();
  return {
    ...{ cast, newcomer, teacher: room.peer(cast.teacher), fetcher: room.peer(last), secret },
    [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
  };
}

async function share(room: Classroom, cast: Cast, homes: string): Promise<void> {
  const teacher = room.peer(cast.teacher);
  await ran(teacher, "group", "set", cast.group.name, cast.group.members.join(","));
  for (const { by, name, bytes, who } of cast.shared) {
    const path = await randomFile(`${homes}/${by}/${who ? "Desktop" : "Documents/Essaim"}/${name}`, bytes);
    if (who) await ran(room.peer(by), "share", path, ...who);
  }
  const { name, by, files } = cast.folder;
  for (const [file, bytes] of files) await randomFile(`${homes}/${by}/Desktop/${name}/${file}`, bytes);
  await room.peer(by).share(`${homes}/${by}/Desktop/${name}`);
  await ran(teacher, "share", await randomFile(`${homes}/${cast.teacher}/Desktop/${cast.video}`, 64 * MB), "--class");
  for (const [index, all] of cast.fetched.entries()) {
    const peer = room.peer(cast.pupils[index]!);
    for (const words of all) await peer.get((await found(peer, words)).id);
  }
  const video = await found(teacher, cast.video);
  await Promise.all(cast.pupils.slice(0, 3).map((name) => room.peer(name).get(video.id)));
  const fetcher = room.peer(cast.pupils.at(-1)!);
  await fetcher.reaches(await fetcher.begin(await found(fetcher, cast.video)), ["fetching"], 0.3);
}

async function ran(peer: Peer, ...args: string[]): Promise<void> {
  const { code, err } = await peer.cli(...args);
  if (code !== 0) throw new Error(err);
}

async function nameClass(browser: Browser, name: string): Promise<void> {
  const page = await browser.newPage();
  await page.goto("http://127.0.0.1:5000/class/settings");
  await page.locator("input[name=name]").fill(name);
  await page.locator("form", { has: page.locator("input[name=name]") }).locator("button[type=submit]").click();
  await page.waitForURL(/done=/);
  await page.close();
}

function found(peer: Peer, words: string) {
  return until(`${words} is found`, async () => (await peer.search(words)).find(({ peers }) => peers > 0));
}
