import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from "../../lib/core/teacher_access.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { trackerClassTexts } from "../../lib/i18n/tracker_class.ts";
import { Button } from "../button.tsx";
import { describedBy, Field } from "../field.tsx";
import { Panel } from "../panel.tsx";

export interface PasswordPanelProps {
  readonly lang: Language;
  /** At the tracker's own computer, where it is set. */
  readonly isHere: boolean;
  readonly isSet: boolean;
  /** Encrypted ones, where it opens the pages. */
  readonly addresses: readonly string[];
  /** SHA-256 of the certificate there, hex. */
  readonly fingerprint: string | undefined;
  readonly fault: string | undefined;
}

/** The password for other computers: whether there is one, where it opens the pages, and a form to set it. */
export function PasswordPanel({ lang, isHere, isSet, addresses, fingerprint, fault }: PasswordPanelProps) {
  const t = trackerClassTexts(lang).settings;
  const common = { class: "form-control", type: "password", required: true, autocomplete: "new-password" } as const;
  return (
    <Panel title={t.password}>
      <div class="panel-body">
        <p class="muted">{t.passwordHelp}</p>
        <p>
          <strong>{isSet ? t.passwordSet : t.passwordUnset}</strong>
        </p>
        {isSet && addresses.length > 0 && (
          <>
            <p>{t.elsewhere}</p>
            <ul class="plain-list">
              {addresses.map((address) => (
                <li key={address}>
                  <code>{address}/class</code>
                </li>
              ))}
            </ul>
            {fingerprint !== undefined && (
              <>
                <p class="muted">{t.fingerprint}</p>
                <p>
                  <code class="fingerprint">{inPairs(fingerprint)}</code>
                </p>
              </>
            )}
          </>
        )}
        {!isHere ? <p class="muted">{t.onlyHere}</p> : (
          <form class="fields" method="post">
            <input type="hidden" name="change" value="password" />
            <Field
              id="new-password"
              label={t.newPassword}
              help={t.newPasswordHelp}
              {...fault !== undefined && { error: fault }}
            >
              <input
                {...common}
                name="password"
                minLength={MIN_PASSWORD_LENGTH}
                maxLength={MAX_PASSWORD_LENGTH}
                {...describedBy("new-password", true, fault)}
              />
            </Field>
            <Field id="again" label={t.again}>
              <input {...common} id="again" name="again" maxLength={MAX_PASSWORD_LENGTH} />
            </Field>
            <div>
              <Button type="submit">{t.passwordButton}</Button>
            </div>
          </form>
        )}
      </div>
    </Panel>
  );
}

/** As browsers show it. */
function inPairs(hex: string): string {
  return (hex.toUpperCase().match(/../g) ?? []).join(" ");
}
