import assert from "node:assert/strict";
import { render } from "preact-render-to-string";
import { FolderState } from "../../components/files/folder_state.tsx";
import { openChoice } from "../../components/files/permission_choice.ts";
import { PermissionDialog } from "../../components/files/permission_dialog.tsx";
import { Readers } from "../../components/files/readers.tsx";
import type { Directory } from "../../components/files/recipients.ts";
import type { UserId } from "../../lib/core/ids.ts";
import type { ScanState } from "../../lib/core/local_messages.ts";
import type { Language } from "../../lib/i18n/language.ts";

/** What a person reads. */
function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, " ").replaceAll("&lt;", "<").replaceAll("&#39;", "'").replace(/\s+/g, " ");
}

Deno.test("while the shared folder is looked at, the page says how far that is", () => {
  const scan: ScanState = { kind: "scanning", seen: 10_000, toHash: 9_660, hashedBytes: 5_000_000, totalBytes: 2e9 };
  const said = (lang: Language, scan: ScanState) =>
    textOf(render(<FolderState lang={lang} scan={scan} problems={[]} />));
  assert.match(said("en", scan), /Looking at the folder, 340 of 10,000 · 5 MB of 2 GB read/);
  assert.match(said("fr", scan), /Lecture du dossier, 340 sur 10 000 · 5 Mo sur 2 Go lus/);
  assert.match(
    said("en", { ...scan, toHash: 0, totalBytes: 0, hashedBytes: 0 }),
    /Looking at the folder, 10,000 files seen/,
  );
  assert.equal(said("en", { kind: "idle" }), "");
});

Deno.test("files that cannot be shared are named with the reason; a name is text, and a long list is bounded", () => {
  const problem = { code: "unreadable", message: "EACCES", path: "/home/a/<b>secret</b>.txt" };
  const many = Array.from({ length: 1_000 }, (_, n) => ({ ...problem, path: `${problem.path}${n}` }));
  const html = render(<FolderState lang="en" scan={{ kind: "idle" }} problems={many} />);
  assert.match(textOf(html), /1,000 files of the shared folder are not shared/);
  assert.ok(textOf(html).includes("/home/a/<b>secret</b>.txt"));
  assert.ok(!html.includes("<b>"));
  assert.match(textOf(html), /A file or folder cannot be read/);
  assert.match(textOf(html), /and 950 others/);
  const one = textOf(render(<FolderState lang="fr" scan={{ kind: "idle" }} problems={[problem]} />));
  assert.match(one, /1 fichier du dossier partagé n’est pas partagé/);
});

const CHLOE = { kind: "person", id: "1".repeat(32) as UserId, name: "Chloé" } as const;
const CLASS: Directory = {
  className: "Terminale S2",
  recipients: [CHLOE, { kind: "group", id: "g", name: "Groupe B", members: [CHLOE.id] }],
};

function dialog(
  directory: Directory | undefined,
  allow: readonly UserId[] = [CHLOE.id],
  lang: Language = "en",
  purpose: "adding" | "editing" = "adding",
): string {
  const choice = openChoice({ visibility: "private", allow: [...allow] }, directory);
  const nothing = () => {};
  return render(
    <PermissionDialog
      lang={lang}
      subject={{ names: ["a.txt", "b.txt"], hasFolders: false }}
      choice={choice}
      directory={directory}
      purpose={purpose}
      tell={nothing}
      onSave={nothing}
      onCancel={nothing}
    />,
  );
}

Deno.test("with a class, the dialog offers its people and groups, and shows those chosen", () => {
  const text = textOf(dialog(CLASS));
  assert.match(text, /Who can see these 2 files\?/);
  assert.match(text, /The members of Terminale S2\./);
  assert.match(text, /Groupe B group of 1 person/);
  assert.match(dialog(CLASS), /aria-label="Take Chloé away"/);
  assert.ok(!dialog(CLASS).includes("disabled"));
});

Deno.test("who left the class is called so, and the dialog says whom it cannot show any more", () => {
  const gone = "9".repeat(32) as UserId;
  const row = { visibility: "private", users: [CHLOE.id, gone], groups: [] } as const;
  const readers = (lang: Language) =>
    textOf(render(<Readers lang={lang} row={{ ...row, users: [...row.users], groups: [] }} directory={CLASS} />));
  assert.match(readers("en"), /Chloé ,\s*somebody who left the class/);
  assert.match(readers("fr"), /une personne qui n’est plus dans la classe/);
  assert.match(textOf(dialog(CLASS, row.users, "en", "editing")), /1 person who left the class cannot be shown here\./);
  assert.match(textOf(dialog(CLASS, row.users, "fr", "editing")), /1 personne qui n’est plus dans la classe/);
  assert.doesNotMatch(textOf(dialog(CLASS, [CHLOE.id], "en", "editing")), /left the class/);
});

Deno.test("nobody chosen can be saved, and the dialog says that only this user's own computers will have it", () => {
  assert.ok(!dialog(CLASS, []).includes("disabled"));
  assert.match(textOf(dialog(CLASS, [])), /Nobody is chosen: only your own computers will have it\./);
  assert.match(textOf(dialog(CLASS, [], "fr")), /seuls les ordinateurs de la même personne l’auront\./);
});

Deno.test("without a class, only everyone can be chosen, and the dialog says what to do for the others", () => {
  const html = dialog(undefined);
  assert.equal(html.match(/disabled/g)?.length, 2);
  assert.equal(html.match(/Join a class first\./g)?.length, 2);
  assert.ok(!html.includes("combobox"));
});
