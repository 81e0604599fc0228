/** The parts of a FileSystemEntry that are used. */
export interface Entry {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly name: string;
}

export interface DroppedItem {
  readonly entry: Entry | null;
  /** Of what lies in no file system, such as a picture dragged out of another page. */
  readonly file: File | null;
}

interface Item {
  readonly kind: string;
  webkitGetAsEntry(): Entry | null;
  getAsFile(): File | null;
}

/** The files and folders of a drop; they can be had only before its event ends. */
export function droppedItems(items: Iterable<Item>): DroppedItem[] {
  return [...items].filter(({ kind }) => kind === "file").map((item) => ({
    entry: item.webkitGetAsEntry(),
    file: item.getAsFile(),
  }));
}
