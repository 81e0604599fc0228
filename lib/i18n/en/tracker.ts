export const tracker = {
  title: "The tracker of the class",
};
