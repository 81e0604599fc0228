export const FILE_TYPES = ["document", "image", "video", "audio", "archive", "code", "other", "folder"] as const;
/** What a person calls a kind of file. Told by the end of its name, which is all that a search knows of it. */
export type FileType = (typeof FILE_TYPES)[number];

/** Ends of names, without the point. Each stands once. */
export const EXTENSIONS: Readonly<Record<Exclude<FileType, "other" | "folder">, readonly string[]>> = {
  document: (
    "pdf doc docx docm dot dotx odt ott rtf txt md markdown rst tex bib epub mobi azw3 fb2 djvu ps xps pages numbers key " +
    "xls xlsx xlsm xlt xltx ods ots csv tsv ppt pptx pptm pps ppsx odp otp odg odf vsd vsdx one pub eml msg ics vcf srt vtt " +
    "ggb xopp"
  ).split(" "),
  image: (
    "jpg jpeg jpe jfif png apng gif bmp tif tiff webp avif heic heif svg svgz ico psd xcf kra ai eps indd raw cr2 cr3 nef arw " +
    "dng orf rw2 jxl"
  ).split(" "),
  video: "mp4 m4v mkv webm avi mov qt wmv flv f4v mpg mpeg mpe m2v m2ts mts vob ogv 3gp 3g2 divx rm rmvb asf".split(
    " ",
  ),
  audio: "mp3 m4a m4b aac flac wav wave ogg oga opus wma aif aiff aifc mid midi amr ape alac ac3 dts mka mpc".split(
    " ",
  ),
  archive: (
    "zip zipx 7z rar tar gz tgz bz2 tbz tbz2 xz txz zst tzst lz lz4 lzma z cab iso img dmg jar war apk deb rpm pkg msi cbz cbr"
  ).split(" "),
  code: (
    "js mjs cjs jsx ts tsx json jsonc json5 html htm xhtml css scss sass less vue svelte py pyw ipynb java kt kts scala " +
    "groovy c h cc cpp cxx hpp hxx cs fs vb go rs swift m mm rb php pl pm lua r jl dart hs ml mli ex exs erl clj lisp scm el " +
    "asm s sh bash zsh fish ps1 bat cmd sql xml xsl xslt yaml yml toml ini cfg conf diff patch gradle cmake mk sb3 sb2 ino"
  ).split(" "),
};

const TYPES: ReadonlyMap<string, FileType> = new Map(
  Object.entries(EXTENSIONS).flatMap(([type, ends]) => ends.map((end) => [end, type as FileType] as const)),
);

export function fileType(name: string, kind: "file" | "folder"): FileType {
  if (kind === "folder") return "folder";
  const point = name.lastIndexOf(".");
  return (point > 0 ? TYPES.get(name.slice(point + 1).toLowerCase()) : undefined) ?? "other";
}
