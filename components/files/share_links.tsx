import type { ShareLinks } from "../../lib/core/local_messages.ts";
import { filesTexts } from "../../lib/i18n/files.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Button } from "../button.tsx";
import { Field } from "../field.tsx";

export interface LinkFieldsProps {
  readonly lang: Language;
  readonly links: ShareLinks;
  /** Undefined where no script drives the page: the link can be selected. */
  onCopy?(link: string): void;
}

/** Addresses under which others reach a share, each in a field that can be selected whole. */
export function LinkFields({ lang, links: { page, direct }, onCopy }: LinkFieldsProps) {
  const t = filesTexts(lang);
  if (!page && !direct) return <p class="muted mb-0">{t.details.noLink}</p>;
  return (
    <div class="links">
      {page && (
        <LinkField
          id="link-page"
          label={t.details.link}
          help={t.details.linkHelp}
          link={page}
          lang={lang}
          onCopy={onCopy}
        />
      )}
      {direct && (
        <LinkField
          id="link-direct"
          label={t.details.direct}
          help={t.details.directHelp}
          link={direct}
          lang={lang}
          onCopy={onCopy}
        />
      )}
    </div>
  );
}

interface LinkFieldProps {
  readonly lang: Language;
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly link: string;
  readonly onCopy: LinkFieldsProps["onCopy"];
}

function LinkField({ lang, id, label, help, link, onCopy }: LinkFieldProps) {
  return (
    <Field id={id} label={label} help={help}>
      <div class="link-field">
        <input
          id={id}
          class="form-control"
          type="text"
          readOnly
          value={link}
          aria-describedby={`${id}-help`}
          onFocus={(event) => event.currentTarget.select()}
        />
        {onCopy && <Button icon="clipboard" label={filesTexts(lang).links.copy} onClick={() => onCopy(link)} />}
      </div>
    </Field>
  );
}

/** Links and the QR code of the main one. */
export function ShareLinksPart(props: LinkFieldsProps) {
  const { lang, links: { page, direct } } = props;
  const main = page ?? direct;
  return (
    <>
      {main && <QrCode lang={lang} link={main} />}
      <LinkFields {...props} />
    </>
  );
}

/** The QR code of a link, as the peer draws it. */
export function QrCode({ lang, link }: { readonly lang: Language; readonly link: string }) {
  const t = filesTexts(lang).links;
  return (
    <figure class="link-qr">
      <img src={`/api/qr?text=${encodeURIComponent(link)}`} alt={t.qrAlt} width="232" height="232" />
      <figcaption class="muted">{t.qrHelp}</figcaption>
    </figure>
  );
}
