import { Note } from "./(_components)/Note.tsx";

export default function None() {
  return <Note />;
}
