import { AxeBuilder } from "@axe-core/playwright";
import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";

export interface VisitOptions {
  readonly lang?: "fr" | "en";
  readonly theme?: "light" | "dark";
  readonly width?: number;
  readonly javaScript?: boolean;
}

/** A visitor with a browser profile of their own. Whatever a page complains of or asks elsewhere is noted. */
export class Visit implements AsyncDisposable {
  readonly complaints: string[] = [];
  /** Requests to another host than those visited. */
  readonly outside: string[] = [];

  private constructor(readonly context: BrowserContext, readonly page: Page) {}

  static async begin(
    browser: Browser,
    { lang = "en", theme = "light", width = 1280, javaScript = true }: VisitOptions = {},
  ): Promise<Visit> {
    const context = await browser.newContext({
      locale: lang === "fr" ? "fr-FR" : "en-GB",
      colorScheme: theme,
      reducedMotion: "reduce",
      viewport: { width, height: 844 },
      javaScriptEnabled: javaScript,
      acceptDownloads: true,
    });
    const visit = new Visit(context, await context.newPage());
    context.on("page", (page) => visit.#watch(page));
    visit.#watch(visit.page);
    return visit;
  }

  #watch(page: Page): void {
    page.on("console", (message) => message.type() === "error" && this.complaints.push(message.text()));
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("request", (request) => {
      if (!/^(?:https?:\/\/127\.0\.0\.1[:/]|data:|blob:)/.test(request.url())) this.outside.push(request.url());
    });
  }

  /** Opens an address and waits until its islands run. */
  async open(url: string): Promise<Page> {
    await this.page.goto(url);
    await this.page.locator("[data-alive]").first().waitFor({ state: "attached" });
    return this.page;
  }

  /** Fails when axe finds anything against WCAG 2.1 A and AA, or the page complained or asked elsewhere. */
  async isFine(what: string): Promise<void> {
    const { violations } = await new AxeBuilder({ page: this.page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]).analyze();
    const found = violations.map(({ id, nodes }) =>
      `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`
    );
    assert.deepEqual(found, [], what);
    this.isQuiet(what);
  }

  isQuiet(what: string): void {
    assert.deepEqual(this.complaints, [], what);
    assert.deepEqual(this.outside, [], what);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }
}
