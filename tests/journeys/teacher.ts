import assert from "node:assert/strict";
import type { Program } from "./processes.ts";

/** The teacher at the tracker's own computer, who fills in the forms of its pages as a browser without scripts does. */
export class Teacher {
  constructor(readonly tracker: Program) {}

  get #origin(): string {
    return `http://127.0.0.1:${this.tracker.port}`;
  }

  async page(path: string): Promise<string> {
    const response = await fetch(this.#origin + path, { headers: { "accept-language": "en" } });
    assert.equal(response.status, 200, path);
    return await response.text();
  }

  /** The status, and where it leads. */
  async send(path: string, form: Record<string, string> | FormData = {}): Promise<{ status: number; to: string }> {
    const response = await fetch(this.#origin + path, {
      method: "POST",
      body: form instanceof FormData ? form : new URLSearchParams(form),
      headers: { origin: this.#origin, "accept-language": "en" },
      redirect: "manual",
    });
    await response.body?.cancel();
    return { status: response.status, to: response.headers.get("location") ?? "" };
  }

  async #done(path: string, form?: Record<string, string> | FormData): Promise<string> {
    const { status, to } = await this.send(path, form);
    assert.equal(status, 303, path);
    return to;
  }

  /** The page of the one person who is called so. */
  async person(name: string, show: "all" | "removed" = "all"): Promise<string> {
    const html = await this.page(`/class/people?${new URLSearchParams({ q: name, show })}`);
    const pages = [...html.matchAll(/<a class="name" href="(\/class\/people\/[0-9a-f]{32})"[^>]*>([^<]*)</g)]
      .filter(([, , said]) => said === name).map(([, page]) => page!);
    assert.equal(pages.length, 1, `${name}: ${pages.length}`);
    return pages[0]!;
  }

  async remove(name: string): Promise<void> {
    await this.#done(`${await this.person(name)}/remove`);
  }

  async takeBack(name: string): Promise<void> {
    await this.#done(`${await this.person(name, "removed")}/restore`);
  }

  async rename(name: string, renamed: string): Promise<void> {
    await this.#done(await this.person(name), { name: renamed });
  }

  /** Gives the link for the new computer. */
  async reset(name: string): Promise<string> {
    const [link] = await this.#links(await this.#done(`${await this.person(name)}/reset`));
    return link!;
  }

  /** Gives the links of those who were invited, in the order of the list. */
  async invite(csv: string): Promise<string[]> {
    const form = new FormData();
    form.set("names", "");
    form.set("list", new File([csv], "list.csv"));
    return await this.#links(await this.#done("/class/invite", form));
  }

  async newCode(): Promise<void> {
    await this.#done("/class/settings/new-code");
  }

  async setEnrolment(enrolment: string): Promise<void> {
    await this.#done("/class/settings", { change: "enrolment", enrolment });
  }

  /** At the address by which the peers reach the tracker. */
  async #links(path: string): Promise<string[]> {
    const html = await this.page(path);
    const codes = [...html.matchAll(/\/join#([0-9A-Z-]{19})/g)].map(([, code]) => code!);
    return [...new Set(codes)].map((code) => `${this.#origin}/join#${code}`);
  }
}
