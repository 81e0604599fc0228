import { type FileType, fileType } from "../lib/core/file_type.ts";
import { Icon, type IconName } from "./icon.tsx";

const ICONS: Record<FileType, IconName> = {
  document: "file-earmark-text",
  image: "file-earmark-image",
  video: "file-earmark-play",
  audio: "file-earmark-music",
  archive: "file-earmark-zip",
  code: "file-earmark-code",
  folder: "folder",
  other: "file-earmark",
};
/** Documents that are known by their look. */
const SPECIAL: Readonly<Record<string, IconName>> = {
  pdf: "file-earmark-pdf",
  ...named("file-earmark-spreadsheet", "csv ods ots tsv xls xlsm xlsx"),
  ...named("file-earmark-slides", "key odp otp pps ppsx ppt pptm pptx"),
};

function named(icon: IconName, ends: string): Record<string, IconName> {
  return Object.fromEntries(ends.split(" ").map((end) => [end, icon]));
}

export interface FileIconProps {
  readonly name: string;
  readonly kind: "file" | "folder";
  readonly size?: 16 | 20 | 24;
}

/** What a file looks like, told by its name; an ornament next to it. */
export function FileIcon({ name, kind, size = 20 }: FileIconProps) {
  const type = fileType(name, kind);
  const end = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const special = type === "document" && Object.hasOwn(SPECIAL, end) ? SPECIAL[end] : undefined;
  return <Icon name={special ?? ICONS[type]} size={size} class={`file-icon file-icon-${type}`} />;
}
