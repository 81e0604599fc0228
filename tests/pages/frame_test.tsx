import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { ErrorPage } from "../../components/error_page.tsx";
import { Frame } from "../../components/frame.tsx";
import { SettingField } from "../../components/setting_field.tsx";
import StatePill from "../../islands/StatePill.tsx";
import type { Setting, Status } from "../../lib/core/local_messages.ts";

const HOSTILE = '"><img src=x onerror=alert(1)>';

const frame = (path: string, search = true) =>
  renderToString(
    <Frame
      lang="fr"
      path={path}
      who={HOSTILE}
      nav={[{ href: "/", icon: "house", label: "Accueil" }, { href: "/files", icon: "folder", label: "Mes fichiers" }]}
      search={search ? { action: "/network", label: "Chercher" } : undefined}
    >
      <h1>{HOSTILE}</h1>
    </Frame>,
  );

Deno.test("a page is reached by one key, searches without a script, and shows names as text", () => {
  const html = frame("/files");
  assert.ok(html.startsWith('<a class="skip" href="#content">Aller au contenu</a>'));
  assert.match(html, /<main class="main" id="content" tabindex="-1">/);
  assert.match(html, /<form class="top-search" role="search" action="\/network" method="get">/);
  assert.ok(!html.includes("<img"));
  assert.ok(!/<[^>]* (?:style|on\w+)=/.test(html), "the policy of the pages forbids both");
  assert.ok(!frame("/network", false).includes('role="search"'));
});

Deno.test("the start page is not marked as the current one on pages below it", () => {
  for (
    const [path, href] of [["/", "./"], ["/files", "./"], ["/files/abc", "../"], ["/files/a/b", "../../"]] as const
  ) {
    assert.equal(new URL(href, `http://127.0.0.1${path}`).pathname, "/");
    const link = /<a class="rail-link"[^>]*>/.exec(frame(path))![0];
    assert.ok(link.includes(`href="${href}"`), link);
    assert.equal(link.includes('aria-current="page"'), path === "/");
  }
});

Deno.test("the pill says one of three things, and why when it is not online", () => {
  const pill = (state: Status["tracker"]["state"], peers: number) => {
    const status = { tracker: { url: "http://192.168.1.10:5000", state }, peers } as Status;
    const html = renderToString(<StatePill lang="en" status={status} />);
    const [, shown] = /data-state="([^"]*)"/.exec(html)!;
    return [shown, html.replace(/<[^>]*>/g, " ")] as const;
  };
  for (
    const [state, peers, shown, words] of [
      ["online", 0, "online", "Online"],
      ["online", 7, "online", "Online"],
      ["offline", 7, "without-tracker", "No tracker, sharing with 7\u00a0peers"],
      ["none", 1, "without-tracker", "No tracker, sharing with 1\u00a0peer"],
      ["offline", 0, "alone", "Alone on this network"],
    ] as const
  ) {
    const [kind, text] = pill(state, peers);
    assert.equal(kind, shown);
    assert.ok(text.includes(words), text);
    assert.equal(text.includes("why?"), shown !== "online");
  }
  assert.ok(pill("offline", 0)[1].includes("The tracker at http://192.168.1.10:5000 does not answer."));
  assert.ok(pill("none", 0)[1].includes("No tracker is set on this computer."));
  assert.ok(
    pill("offline", 7)[1].includes("Searching, sharing and downloading go on among the peers that are present"),
  );
});

Deno.test("an error page says what happened and what to do, and keeps its code for the details", () => {
  const missing = renderToString(<ErrorPage lang="fr" status={404} path="/x" />);
  assert.match(missing, /<h1>Cette page n’existe pas<\/h1>/);
  assert.ok(missing.includes("Aller à l’accueil") && !missing.includes("404"));
  const full = renderToString(
    <ErrorPage
      lang="en"
      status={507}
      path="/files?a=1&b=2"
      text="The disk is full. Free some space."
      detail={HOSTILE}
    />,
  );
  assert.ok(full.includes("The disk is full. Free some space.") && !full.includes("<img"));
  assert.match(full, /<details[^>]*>.*507: /s);
  assert.match(full, /href="\/files\?a=1&amp;b=2"/);
});

Deno.test("a setting says when it takes effect, why it is fixed, and what is wrong with it", () => {
  const setting: Setting = {
    ...{ key: "peer.name", type: "name", value: "alice", default: "", origin: "default" },
    ...{ editable: true, live: false, pending: false },
  };
  const html = (changes: Partial<Setting>, error?: string) =>
    renderToString(<SettingField lang="en" setting={{ ...setting, ...changes }} value={HOSTILE} error={error} />);
  assert.match(html({}), /<label[^>]* for="peer.name">Name<\/label>/);
  assert.match(html({}), /aria-describedby="peer.name-help"/);
  assert.ok(!html({}).includes("<img"));
  assert.ok(html({ pending: true }).includes("takes effect at the next start"));
  assert.match(html({ editable: false, origin: "--name" }), /disabled.*Set by --name/s);
  assert.match(html({ editable: false, origin: "ESSAIM_PEER_NAME" }), /environment variable ESSAIM_PEER_NAME/);
  const wrong = html({}, "Too long.");
  assert.match(wrong, /aria-describedby="peer.name-error peer.name-help"/);
  assert.match(wrong, /aria-invalid="true"|aria-invalid(?=[ >])/);
  assert.match(wrong, /id="peer.name-error" role="alert".*Too long\./s);
});
