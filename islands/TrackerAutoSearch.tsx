import { useEffect } from "preact/hooks";

/** Filters take effect when they are chosen, without a press on the button. */
export default function TrackerAutoSearch() {
  useEffect(() => {
    const form = document.querySelector<HTMLFormElement>("main form[role=search]");
    const submit = (event: Event) => {
      if (event.target instanceof HTMLSelectElement || isCheckbox(event.target)) form!.requestSubmit();
    };
    form?.addEventListener("change", submit);
    return () => form?.removeEventListener("change", submit);
  }, []);
  return null;
}

function isCheckbox(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === "checkbox";
}
