import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Button } from "../../components/button.tsx";
import { DropZone } from "../../components/files/drop_zone.tsx";
import { droppedItems } from "../../lib/client/dropped_items.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import type { Language } from "../../lib/i18n/language.ts";
import type { Adder } from "./adder.ts";

/** Ways to add files: dropped anywhere on the page, or chosen. Part of `MyFiles`. */
export default function FileAdding({ lang, adder }: { readonly lang: Language; readonly adder: Adder }) {
  const isOver = useDrops(adder);
  const adding = adder.adding.value;
  const reading = adding?.all.find(({ isReading }) => isReading);
  return (
    <DropZone lang={lang} isOver={isOver} reading={reading && adding?.queue.progress(reading.batch).files}>
      <AddButtons lang={lang} adder={adder} />
    </DropZone>
  );
}

function AddButtons({ lang, adder }: { readonly lang: Language; readonly adder: Adder }) {
  const t = filesTexts(lang).add;
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (field: HTMLInputElement) => {
    // The list of the field empties with it.
    const chosen = [...field.files ?? []];
    field.value = "";
    void adder.choose(chosen);
  };
  return (
    <div class="add-buttons">
      <input ref={files} type="file" multiple hidden data-add="files" onChange={(event) => take(event.currentTarget)} />
      <input
        ref={(field) => {
          folder.current = field;
          if (field) field.webkitdirectory = true;
        }}
        type="file"
        hidden
        data-add="folder"
        onChange={(event) => take(event.currentTarget)}
      />
      <Button kind="primary" icon="plus-lg" onClick={() => files.current?.click()}>{t.files}</Button>
      <Button icon="folder-plus" onClick={() => folder.current?.click()}>{t.folder}</Button>
    </div>
  );
}

/** Takes files dropped anywhere on the page; tells whether some are held over it. */
function useDrops(adder: Adder): boolean {
  const isOver = useSignal(false);
  useEffect(() => {
    const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = "copy";
      isOver.value = true;
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) isOver.value = false;
    };
    const drop = (event: DragEvent) => {
      isOver.value = false;
      if (!hasFiles(event)) return;
      event.preventDefault();
      void adder.drop(droppedItems(event.dataTransfer!.items));
    };
    addEventListener("dragenter", over);
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragenter", over);
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, [adder]);
  return isOver.value;
}
