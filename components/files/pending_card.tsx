import type { UploadBatch } from "../../lib/core/local_messages.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Button } from "../button.tsx";
import { Icon } from "../icon.tsx";

export interface PendingCardProps {
  readonly lang: Language;
  readonly batch: UploadBatch;
  /** Undefined where no script drives the page: forms are sent instead. */
  onChoose?(): void;
  onDiscard?(): void;
}

const NAMED = 3;

/** Files that were added and that nobody sees until somebody chooses who does. */
export function PendingCard({ lang, batch: { batch, files, size, entries }, onChoose, onDiscard }: PendingCardProps) {
  const t = filesTexts(lang).pending;
  const named = entries.slice(0, NAMED);
  const loose = entries.reduce((sum, { files }) => sum + files, 0);
  const others = Math.max(files - loose, 0) + entries.length - named.length;
  return (
    <li class="pending">
      <Icon name="eye-slash" size={20} />
      <div class="pending-text">
        <strong>{t.title(files)}</strong>
        <span class="muted">
          {named.map(({ name }, index) => (
            <span key={name}>
              {index > 0 && ", "}
              <bdi class="name">{name}</bdi>
            </span>
          ))}
          {others > 0 && ` ${t.more(others)}`} · {formats(lang).bytes(size)}
        </span>
      </div>
      <form class="pending-actions" method="post" action="/files">
        <input type="hidden" name="batch" value={batch} />
        <a class="btn btn-primary btn-sm" href={`/files?choose=${batch}`} onClick={onChoose && instead(onChoose)}>
          {t.choose}
        </a>
        <Button small type="submit" name="do" value="discard" onClick={onDiscard && instead(onDiscard)}>
          {t.discard}
        </Button>
      </form>
    </li>
  );
}

function instead(act: () => void): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    act();
  };
}
