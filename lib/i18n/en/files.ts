export const files = {
  title: "My files",
};
