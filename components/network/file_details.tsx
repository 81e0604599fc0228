import type { ComponentChildren } from "preact";
import type { FoundGroup } from "../../lib/core/found_groups.ts";
import type { FileDetails as Details } from "../../lib/core/local_messages.ts";
import { visibleText } from "../../lib/core/visible_text.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { networkTexts } from "../../lib/i18n/network.ts";
import { Button } from "../button.tsx";
import { Icon, type IconName } from "../icon.tsx";

export interface FileDetailsProps {
  readonly lang: Language;
  /** As the list knows it; undefined when it is not in the list. */
  readonly group: FoundGroup | undefined;
  /** Undefined while it is asked for. */
  readonly details: Details | undefined;
  readonly failed?: string | undefined;
  /** What was copied last: its button says so. */
  readonly copied?: string | undefined;
}

/** All that is known of one content: whose, who may see it, its fingerprint, who has how much of it, its link. */
export function FileDetails({ lang, group, details, failed, copied }: FileDetailsProps) {
  const t = networkTexts(lang).details;
  const f = formats(lang);
  const names = [...new Set(details ? details.names.map(({ name }) => name) : group?.names)];
  const owners = [
    ...new Set(details ? details.names.map(({ owner }) => owner) : group?.owners.map(({ name }) => name)),
  ];
  const visibility = group?.visibility ?? details?.names[0]?.visibility;
  return (
    <div class="details-body">
      <dl class="facts">
        {names.length > 1 && <Fact term={t.names}>{listed(names)}</Fact>}
        <Fact term={owners.length > 1 ? t.owners : t.owner}>{listed(owners)}</Fact>
        {visibility && <Fact term={t.permission}>{t.visibility[visibility]}</Fact>}
        {group && <Fact term={t.size}>{f.bytes(group.size)}</Fact>}
        {group && (
          <Fact term={t.date}>
            <time dateTime={group.at}>{f.fullDate(group.at)}</time>
          </Fact>
        )}
        {details && details.sha256 !== "" && (
          <Fact term={t.sha256} help={t.sha256Help}>
            <span class="details-hash">
              <code>{details.sha256}</code>
              <CopyButton lang={lang} text={details.sha256} copied={copied} />
            </span>
          </Fact>
        )}
      </dl>
      {failed && (
        <p class="details-failed" role="status">
          <Icon name="exclamation-circle-fill" /> {t.failed} {failed}
        </p>
      )}
      {!details && !failed && <p class="muted details-loading">{t.loading}</p>}
      {details && <Sources lang={lang} sources={details.sources} />}
      {details && <Link lang={lang} links={details.links} copied={copied} />}
    </div>
  );
}

interface FactProps {
  readonly term: string;
  readonly help?: string;
  readonly children: ComponentChildren;
}

function Fact({ term, help, children }: FactProps) {
  return (
    <div class="fact">
      <dt title={help}>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Each name isolated from the next. */
function listed(names: readonly string[]) {
  return (
    <ul class="names">
      {names.map((name) => (
        <li key={name}>
          <bdi class="name">{visibleText(name)}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Sources({ lang, sources }: { readonly lang: Language; readonly sources: Details["sources"] }) {
  const t = networkTexts(lang).details;
  const f = formats(lang);
  return (
    <section>
      <h3>{t.sources}</h3>
      {sources.length === 0 ? <p class="muted">{t.noSources}</p> : (
        <ul class="sources">
          {sources.map(({ peerId, name, have, of }) => (
            <li key={peerId}>
              <bdi class="name">{visibleText(name)}</bdi>
              <progress class="bar" max={of || 1} value={have} aria-hidden="true" />
              <span class="muted">{have >= of ? t.haveAll : t.have(f.percent(have / of))}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface LinkProps {
  readonly lang: Language;
  readonly links: Details["links"];
  readonly copied: string | undefined;
}

function Link({ lang, links, copied }: LinkProps) {
  const t = networkTexts(lang).details;
  const link = links.page ?? links.direct;
  return (
    <section>
      <h3>{t.link}</h3>
      {link === undefined ? <p class="muted">{t.noLink}</p> : (
        <>
          <p class="details-link">
            <a class="name" href={link} rel="noopener noreferrer" target="_blank">{link}</a>
            <CopyButton lang={lang} text={link} copied={copied} label={t.copyLink} icon="link-45deg" />
          </p>
          <p class="muted">{t.linkHelp}</p>
          <img class="qr" src={`/api/qr?text=${encodeURIComponent(link)}`} alt={t.qr} width="160" height="160" />
        </>
      )}
    </section>
  );
}

interface CopyButtonProps {
  readonly lang: Language;
  readonly text: string;
  readonly copied: string | undefined;
  readonly label?: string;
  readonly icon?: IconName;
}

/** Needs an island that copies `data-copy` to the clipboard; hidden where no script runs. */
function CopyButton({ lang, text, copied, label, icon = "clipboard" }: CopyButtonProps) {
  const t = networkTexts(lang).details;
  const isCopied = copied === text;
  return (
    <Button small class="needs-script" data-copy={text} icon={isCopied ? "check-lg" : icon}>
      {isCopied ? t.copied : label ?? t.copy}
    </Button>
  );
}
