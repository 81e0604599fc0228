import { page } from "fresh";
import { LinkButton } from "../../../components/button.tsx";
import { FileIcon } from "../../../components/file_icon.tsx";
import { Icon } from "../../../components/icon.tsx";
import { Panel } from "../../../components/panel.tsx";
import { QrCode } from "../../../components/qr_code.tsx";
import { FileFacts } from "../../../components/tracker/file_facts.tsx";
import { contentAddress, FileSources, hasAll } from "../../../components/tracker/file_sources.tsx";
import TrackerCopy from "../../../islands/TrackerCopy.tsx";
import { visibleText } from "../../../lib/core/visible_text.ts";
import { formats } from "../../../lib/i18n/formats.ts";
import { trackerClassTexts } from "../../../lib/i18n/tracker_class.ts";
import { trackerTexts } from "../../../lib/i18n/tracker.ts";
import { fileIdOr404 } from "../../api/tracker.ts";
import { defineTracker } from "../../define.ts";
import { addressesFor, callerOf, originOf } from "../../tracker_pages.ts";

/** Of an id, as `essaim search` prints it; enough to tell all files of a network apart. */
const SHORT_ID = 12;

export const handler = defineTracker.handlers({
  GET: (ctx) => {
    const { state, params, url } = ctx;
    const file = state.tracker.ask.file(fileIdOr404(params.id), callerOf(ctx), originOf(ctx));
    state.title = visibleText(file.shares[0]!.name);
    const [address] = addressesFor(url, state.tracker);
    const link = `${address ?? url.origin}/files/${file.id}`;
    return page({ file, link, isReachable: address !== undefined, now: state.tracker.now() });
  },
});

export default defineTracker.page<typeof handler>(
  ({ data: { file, link, isReachable, now }, state: { lang, program, access } }) => {
    const t = trackerTexts(lang).file;
    const { kind, id, size, files, sha256, shares, sources } = file;
    const { name } = shares[0]!;
    const whole = kind === "file" ? sources.find(hasAll) : undefined;
    return (
      <div class="public-file">
        <div class="page-head file-head">
          <FileIcon name={name} kind={kind} size={24} />
          <h1 class="name">{visibleText(name)}</h1>
          <span class="muted">
            {kind === "folder" && `${t.content(files)} · `}
            {formats(lang).bytes(size)}
          </span>
          <div class="actions">
            {access?.kind === "teacher" && (
              <LinkButton href={`/class/files/${id}`} icon="eye-slash">
                {trackerClassTexts(lang).files.takeDown}
              </LinkButton>
            )}
            {whole && (
              <a class="btn btn-primary" href={contentAddress(id, whole)}>
                <Icon name="download" />
                {t.download}
              </a>
            )}
          </div>
        </div>
        <div class="file-main">
          <Panel title={t.sources}>
            <FileSources lang={lang} id={id} kind={kind} sources={sources} />
            <div class="panel-body file-essaim">
              <p class="muted">{kind === "folder" ? t.folder : t.withEssaim}</p>
              <TrackerCopy lang={lang} text={`${program} get ${id.slice(0, SHORT_ID)}`} label={t.copy} />
            </div>
          </Panel>
          <Panel title={t.about}>
            <div class="panel-body">
              <FileFacts lang={lang} shares={shares} size={size} now={now} />
              <h3 class="file-label">{t.sha256}</h3>
              <TrackerCopy lang={lang} text={sha256} label={t.copy} />
              <p class="muted file-help">{t.sha256Help}</p>
            </div>
          </Panel>
        </div>
        <Panel title={t.link} class="file-link">
          <div class="panel-body">
            {isReachable && <QrCode text={link} label={t.qr} />}
            <TrackerCopy lang={lang} text={link} label={t.copy} />
          </div>
        </Panel>
      </div>
    );
  },
);
