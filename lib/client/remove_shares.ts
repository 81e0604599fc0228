import type { ShareRow } from "../core/local_messages.ts";
import { errorsTexts } from "../i18n/errors.ts";
import { filesTexts } from "../i18n/files.ts";
import { frameTexts } from "../i18n/frame.ts";
import type { Language } from "../i18n/language.ts";
import { allOf } from "./all_of.ts";
import { api } from "./api.ts";
import type { FilesList } from "./files_list.ts";
import { notices } from "./notices.ts";

/** Deletes shares, says what happened to their files, and offers to take it back. */
export async function removeShares(list: FilesList, rows: readonly ShareRow[], lang: Language): Promise<void> {
  const t = filesTexts(lang).deleted;
  const ids = rows.map(({ shareId }) => shareId);
  list.leaving.value = new Set([...list.leaving.value, ...ids]);
  const gone: ShareRow[] = [];
  const errors = await allOf(rows, async (row) => {
    await api.delete(`/api/shares/${row.shareId}?file=trash`);
    gone.push(row);
  });
  const selected = new Map(list.selected.value);
  for (const { shareId } of gone) selected.delete(shareId);
  list.selected.value = selected;
  list.refresh();
  list.leaving.value = new Set([...list.leaving.value].filter((id) => !ids.includes(id)));
  if (errors.length > 0) notices.failed(errors[0], errorsTexts(lang));
  if (gone.length === 0) return;
  const what = gone.length === 1 ? gone[0]!.name : filesTexts(lang).table.total(gone.length);
  const text = gone.length > 1 ? t.some(what) : gone[0]!.owned ? t.owned(what) : t.elsewhere(what);
  notices.undoable(text, frameTexts(lang).notices.undo, async () => {
    const [error] = await allOf(gone, ({ shareId }) => api.post(`/api/shares/${shareId}/restore`));
    list.refresh();
    if (error !== undefined) notices.failed(error, errorsTexts(lang));
    else notices.done(t.restored(what));
  });
}
