import type { ChosenVisibility } from "../core/local_messages.ts";

const KEY = "essaim.visibility";

/** With which the permission dialog opens: who could see what was added last; everyone at first. */
export function lastChoice(): ChosenVisibility {
  try {
    const { visibility, allow, groups = [] } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (visibility === "class") return { visibility };
    if (visibility === "private" && Array.isArray(allow) && Array.isArray(groups)) return { visibility, allow, groups };
  } catch {
    // A browser that keeps nothing, or something else under this name.
  }
  return { visibility: "public" };
}

export function rememberChoice(choice: ChosenVisibility): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(choice));
  } catch {
    // A browser that keeps nothing.
  }
}
