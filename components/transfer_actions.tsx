import { isolated } from "../lib/core/visible_text.ts";
import type { Language } from "../lib/i18n/language.ts";
import { transfersTexts } from "../lib/i18n/transfers.ts";
import { Button } from "./button.tsx";
import type { IconName } from "./icon.tsx";

/** What a form of /transfers asks for, in its field `action`. */
export const TRANSFER_ACTIONS = [
  "pause",
  "resume",
  "retry",
  "cancel",
  "discard",
  "forget",
  "reveal",
  "pause-all",
  "resume-all",
  "clear",
] as const;
export type TransferAction = (typeof TRANSFER_ACTIONS)[number];

type RowAction = Extract<TransferAction, "pause" | "resume" | "retry" | "cancel" | "forget" | "reveal">;

const ICONS: Record<RowAction, IconName> = {
  pause: "pause-fill",
  resume: "play-fill",
  retry: "arrow-clockwise",
  cancel: "x-lg",
  forget: "x-lg",
  reveal: "folder2-open",
};

export interface TransferActionsProps {
  readonly lang: Language;
  readonly id: string;
  readonly name: string;
  readonly actions: readonly TransferAction[];
  readonly isBusy?: boolean | undefined;
}

/** Buttons of one download: a form that works by itself, and whose `submit` an island may take over. */
export function TransferActions({ lang, id, name, actions, isBusy }: TransferActionsProps) {
  const t = transfersTexts(lang);
  const words: Record<RowAction, string> = {
    ...{ pause: t.pause, resume: t.resume, retry: t.retry, cancel: t.cancel, forget: t.forget, reveal: t.openFolder },
  };
  return (
    <form class="transfer-actions" method="post" action="/transfers">
      <input type="hidden" name="id" value={id} />
      {(actions as readonly RowAction[]).map((action, place) => (
        <Button
          key={place}
          kind="bare"
          type="submit"
          name="action"
          value={action}
          icon={ICONS[action]}
          label={t.of(words[action], isolated(name))}
          title={words[action]}
          aria-disabled={isBusy || undefined}
        />
      ))}
    </form>
  );
}
