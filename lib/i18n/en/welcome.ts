/** The first steps, on a computer where nothing is set up. */
export const welcome = {
  title: "Welcome to Essaim",
  text: "Files go straight from one computer of the class to the others. Three short steps, and each can be skipped.",
  steps: { class: "Your class", folder: "Your folder", file: "A first file" },
  progress: "First steps",
  class: {
    title: "Which class is it?",
    skip: "Without a class for now",
    skipHelp: "Files for everyone are shared all the same. A class can be joined later, in Settings.",
  },
  folder: {
    title: "Which folder is shared?",
    text: "Whatever is put into this folder is shared by itself, and what is taken out is not shared any more.",
    who: (choice: string) => `Who can see it: ${choice}.`,
    change: "This can be changed for each file in My files, and for all new ones in Settings.",
    label: "Folder",
    help: "It is made if it is not there. Better not a folder with other things in it: all of them would be shared.",
    submit: "Share this folder",
    skip: "Decide later",
    fixed: "It was chosen when Essaim was started.",
    next: "Go on",
  },
  file: {
    title: "Share a first file",
    text: "Drop a file on this page, or choose one with “Add files”. Then say who can see it.",
    skip: "Not now",
  },
};
