import type { ComponentChildren } from "preact";
import type { FoundGroup } from "../../lib/core/found_groups.ts";
import type { FoundState } from "../../lib/core/local_messages.ts";
import { contentAddress } from "../../lib/core/transfer_list.ts";
import { isolated } from "../../lib/core/visible_text.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { networkTexts } from "../../lib/i18n/network.ts";
import { Button } from "../button.tsx";
import { Icon, type IconName } from "../icon.tsx";

export interface FoundActionProps {
  readonly lang: Language;
  readonly group: Pick<FoundGroup, "id" | "shareId" | "names" | "kind" | "size">;
  readonly state: FoundState;
  /** An answer is waited for. */
  readonly isBusy?: boolean | undefined;
  /** Where to return without JavaScript. */
  readonly from: string;
}

/** The button that says what will happen with what was found. */
export function FoundAction({ lang, group, state, isBusy, from }: FoundActionProps) {
  const { actions: t } = networkTexts(lang);
  const f = formats(lang);
  const of = (action: string) => t.of(action, isolated(group.names[0]));
  switch (state.kind) {
    case "available":
      return (
        <FoundForm group={group} from={from}>
          <Button
            small
            kind="primary"
            type="submit"
            name="action"
            value="download"
            icon="download"
            aria-label={of(t.download)}
            aria-disabled={isBusy || undefined}
          >
            {t.download}
          </Button>
        </FoundForm>
      );
    case "downloading": {
      const words = t.downloading(f.percent(group.size === 0 ? 0 : state.done / group.size));
      return <FoundLink href="/transfers" icon="cloud-arrow-down" label={of(words)}>{words}</FoundLink>;
    }
    case "here":
      if (group.kind === "file") {
        return (
          <FoundLink href={contentAddress(state.downloadId)} icon="box-arrow-up-right" label={of(t.open)}>
            {t.open}
          </FoundLink>
        );
      }
      return (
        <form method="post" action="/transfers">
          <input type="hidden" name="id" value={state.downloadId} />
          <input type="hidden" name="fileId" value={group.id} />
          <Button
            small
            type="submit"
            name="action"
            value="reveal"
            icon="folder2-open"
            aria-label={of(t.openFolder)}
          >
            {t.openFolder}
          </Button>
        </form>
      );
    case "mine":
      return <FoundLink href="/files" icon="folder" label={of(t.mine)}>{t.mine}</FoundLink>;
    case "no-source":
      return (
        <FoundForm group={group} from={from}>
          <Button
            small
            type="submit"
            name="action"
            value="ask"
            icon="arrow-clockwise"
            aria-label={of(t.askAgain)}
            aria-disabled={isBusy || undefined}
          >
            {isBusy ? t.asking : t.askAgain}
          </Button>
        </FoundForm>
      );
    default:
      return state satisfies never;
  }
}

interface FoundFormProps extends Pick<FoundActionProps, "group" | "from"> {
  readonly children: ComponentChildren;
}

function FoundForm({ group, from, children }: FoundFormProps) {
  return (
    <form method="post" action="/network">
      <input type="hidden" name="fileId" value={group.id} />
      <input type="hidden" name="shareId" value={group.shareId} />
      <input type="hidden" name="from" value={from} />
      {children}
    </form>
  );
}

interface FoundLinkProps {
  readonly href: string;
  readonly icon: IconName;
  readonly label: string;
  readonly children: ComponentChildren;
}

function FoundLink({ href, icon, label, children }: FoundLinkProps) {
  return (
    <a class="btn btn-quiet btn-sm" href={href} aria-label={label}>
      <Icon name={icon} />
      {children}
    </a>
  );
}
