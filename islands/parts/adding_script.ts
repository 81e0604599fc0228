/** Everything for adding files, together in one script that is loaded when something is added. */
export { addingNotices } from "../../lib/client/adding_words.ts";
export { addedByChoice, addedByDrop } from "../../lib/client/dropped_files.ts";
export { FilesAdding } from "../../lib/client/files_adding.ts";
export { default as UploadList } from "./UploadList.tsx";
