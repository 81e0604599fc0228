import assert from "node:assert/strict";
import { standing } from "../../components/standing.ts";
import type { Download } from "../../lib/core/local_messages.ts";
import { isolated } from "../../lib/core/visible_text.ts";
import { texts } from "../../lib/i18n/mod.ts";

type Moment = Pick<Download, "status" | "why" | "owner" | "rate" | "done">;

const quiet = { owner: "chloé", rate: 0, done: 0 } as const;
const plain = (text: string | undefined) => text?.replace(/[\u2068\u2069]/g, "").replace(/[\u00a0\u202f]/g, " ");

Deno.test("a transfer that does not move says why, in the language of the page", () => {
  const table: [Moment, en: RegExp | undefined, fr: RegExp | undefined][] = [
    [{ ...quiet, status: "queued" }, /its turn/, /son tour/],
    [{ ...quiet, status: "finding" }, /Looking for/, /Recherche/],
    [{ ...quiet, status: "fetching" }, /first bytes/, /premiers octets/],
    [{ ...quiet, status: "fetching", rate: 5, done: 5 }, undefined, undefined],
    [{ ...quiet, status: "fetching", done: 5 }, undefined, undefined],
    [
      { ...quiet, status: "waiting", why: { code: "no-source" } },
      /chloé, who shares it, is away.* by itself/,
      /chloé, qui le partage, .* tout seul/,
    ],
    [
      { ...quiet, status: "waiting", why: { code: "missing-chunks", missing: 1 } },
      /the one chunk still missing.* when chloé, or somebody else who has it,/,
      /le dernier morceau.* chloé/,
    ],
    [
      { ...quiet, status: "waiting", why: { code: "missing-chunks", missing: 12 } },
      /the 12 chunks still missing.* when chloé, or somebody else who has them,/,
      /les 12 morceaux qui manquent.* chloé/,
    ],
    [{ ...quiet, status: "waiting", why: { code: "disk-full" } }, /disk is full/, /disque est plein/],
    [{ ...quiet, status: "waiting", why: { code: "toString" } }, /^Waiting\. It goes on/, /^En attente\. Cela/],
    [{ ...quiet, status: "waiting" }, /^Waiting\. It goes on/, /^En attente\. Cela/],
    [{ ...quiet, status: "paused" }, /Paused/, /En pause/],
    [{ ...quiet, status: "failed", why: { code: "bad-content" } }, /not the file/, /n’est pas le fichier/],
    [{ ...quiet, status: "failed", why: { code: "conflict" } }, /download it again/, /télécharger à nouveau/],
    [{ ...quiet, status: "failed" }, /stopped/, /Arrêté/],
    [{ ...quiet, status: "complete" }, undefined, undefined],
  ];
  for (const [moment, en, fr] of table) {
    for (const [lang, expected] of [["en", en], ["fr", fr]] as const) {
      const said = plain(standing(moment, texts(lang)));
      if (expected) assert.match(said ?? "", expected);
      else assert.equal(said, undefined);
    }
  }
});

Deno.test("the name of an owner cannot reorder the sentence that it stands in", () => {
  const said = standing(
    { ...quiet, owner: "\u202eelohc\u2069\u202e", status: "waiting", why: { code: "no-source" } },
    texts("en"),
  )!;
  assert.doesNotMatch(said, /[\u202a-\u202e\u2066\u2067]/);
  assert.equal(said.match(/\u2068/g)?.length, said.match(/\u2069/g)?.length);
  assert.equal(isolated("chloé"), "\u2068chloé\u2069");
});
