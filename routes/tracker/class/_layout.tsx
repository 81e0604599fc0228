import { ClassTabs } from "../../../components/tracker/class_tabs.tsx";
import { defineTracker } from "../../define.ts";

export default defineTracker.layout(({ Component, state: { access, lang } }) => (
  <div class="class-pages">
    {access?.kind === "teacher" && <ClassTabs lang={lang} canSignOut={access.at === "elsewhere"} />}
    <Component />
  </div>
));
