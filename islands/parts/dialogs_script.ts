/** Dialogs of "My files", together in one script that is loaded when the first of them opens. */
export { default as FileDetails } from "./FileDetails.tsx";
export { default as LinkDialog } from "./LinkDialog.tsx";
export { default as WhoQuestion } from "./WhoQuestion.tsx";
