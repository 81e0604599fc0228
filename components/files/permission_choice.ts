import type { ChosenVisibility, LocalShare } from "../../lib/core/local_messages.ts";
import { isAsWide } from "../../lib/core/sharing_choice.ts";
import { type Directory, matching, type Recipient } from "./recipients.ts";

/** What stands in the permission dialog. */
export interface PermissionChoice {
  readonly visibility: ChosenVisibility["visibility"];
  /** With "only some people". */
  readonly chosen: readonly Recipient[];
  /** How many of those chosen before left the class: they cannot be shown, and are not saved again. */
  readonly gone: number;
  readonly typed: string;
  /** Which of the names found Enter would add. */
  readonly active: number;
}

export type PermissionEvent =
  | { readonly kind: "visibility"; readonly visibility: PermissionChoice["visibility"] }
  | { readonly kind: "typed"; readonly text: string }
  | { readonly kind: "moved"; readonly by: number }
  /** Enter, or a click on that name. */
  | { readonly kind: "added"; readonly id?: string }
  | { readonly kind: "removed"; readonly id: string }
  /** Backspace in the empty field. */
  | { readonly kind: "removed-last" };

/** The dialog as it opens. `directory`: undefined while this computer has joined no class. */
export function openChoice(last: ChosenVisibility, directory: Directory | undefined): PermissionChoice {
  const { allow = [], groups = [] } = last;
  const named = new Set<string>([...allow, ...groups]);
  const chosen = directory?.recipients.filter(({ id }) => named.has(id)) ?? [];
  const gone = allow.length - chosen.filter(({ kind }) => kind === "person").length;
  return { visibility: directory ? last.visibility : "public", chosen, gone, typed: "", active: 0 };
}

/** The names that what was typed finds. */
export function suggestions(
  { typed, chosen }: PermissionChoice,
  directory: Directory | undefined,
): readonly Recipient[] {
  return directory ? matching(directory.recipients, typed, chosen) : [];
}

export function nextChoice(
  choice: PermissionChoice,
  event: PermissionEvent,
  directory: Directory | undefined,
): PermissionChoice {
  switch (event.kind) {
    case "visibility":
      return { ...choice, visibility: event.visibility };
    case "typed":
      return { ...choice, typed: event.text, active: 0 };
    case "moved": {
      const count = suggestions(choice, directory).length;
      return count === 0 ? choice : { ...choice, active: (choice.active + event.by + count) % count };
    }
    case "added": {
      const found = suggestions(choice, directory);
      const added = event.id === undefined ? found[choice.active] : found.find(({ id }) => id === event.id);
      return added ? { ...choice, chosen: [...choice.chosen, added], typed: "", active: 0 } : choice;
    }
    case "removed":
      return { ...choice, chosen: choice.chosen.filter(({ id }) => id !== event.id) };
    case "removed-last":
      return { ...choice, chosen: choice.chosen.slice(0, -1) };
    default:
      return event satisfies never;
  }
}

/** What is saved: with nobody chosen, only for this user. Undefined while the first name is only typed. */
export function chosenVisibility({ visibility, chosen, typed }: PermissionChoice): ChosenVisibility | undefined {
  if (visibility !== "private") return { visibility };
  if (chosen.length === 0 && typed.trim() !== "") return undefined;
  const allow = chosen.flatMap((one) => one.kind === "person" ? one.id : []);
  return { visibility, allow, groups: chosen.flatMap((one) => one.kind === "group" ? one.id : []) };
}

/** Whether somebody who can see one of these shares could not see it any more. */
export function isNarrower(
  { visibility, allow = [], groups = [] }: ChosenVisibility,
  rows: readonly Pick<LocalShare, "visibility" | "allow">[],
  directory: Directory | undefined,
): boolean {
  const members = directory?.recipients.flatMap((one) =>
    one.kind === "group" && groups.includes(one.id) ? one.members : []
  );
  const readers = { visibility, allow: [...allow, ...members ?? []] };
  return rows.some((row) => !isAsWide(readers, row));
}
