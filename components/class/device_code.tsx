import type { NewDevice } from "../../lib/core/local_messages.ts";
import { classTexts } from "../../lib/i18n/class.ts";
import { formats } from "../../lib/i18n/formats.ts";
import type { Language } from "../../lib/i18n/language.ts";
import { Field } from "../field.tsx";

/** A code by which one more computer of this user joins. */
export function DeviceCode({ lang, device }: { readonly lang: Language; readonly device: NewDevice }) {
  const t = classTexts(lang).device;
  return (
    <div class="device-code" role="status">
      <p class="device-digits">
        <code>{device.code}</code>
      </p>
      <p class="muted">{t.until(formats(lang).fullDate(device.until))}</p>
      <Field id="device-link" label={t.link}>
        <input
          id="device-link"
          class="form-control"
          type="text"
          readOnly
          dir="ltr"
          value={device.link}
          onFocus={(event) => event.currentTarget.select()}
        />
      </Field>
    </div>
  );
}
