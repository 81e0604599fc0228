import { type ChosenVisibility, chosenVisibilitySchema } from "../lib/core/local_messages.ts";
import { parseInput } from "./http.ts";

/** Who may see something, as the plain forms say it: `visibility`, and with `private` the ids of people and groups as `who`. */
export function readChosen(form: URLSearchParams): ChosenVisibility {
  const visibility = form.get("visibility");
  if (visibility !== "private") return parseInput(chosenVisibilitySchema, { visibility });
  const who = form.getAll("who");
  return parseInput(chosenVisibilitySchema, {
    visibility,
    allow: who.filter((id) => id.length === 32),
    groups: who.filter((id) => id.length !== 32),
  });
}
