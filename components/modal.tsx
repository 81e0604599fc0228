import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "./button.tsx";

export interface ModalProps {
  /** Unique in the page. */
  readonly id: string;
  readonly title: ComponentChildren;
  readonly closeLabel: string;
  readonly class?: string;
  /** Whether a click beside it closes it; not where something may be lost. */
  readonly isLight?: boolean;
  /** Esc, the corner, or a click beside it. */
  onCancel(): void;
  onKeyDown?(event: KeyboardEvent): void;
  readonly children: ComponentChildren;
  readonly foot?: ComponentChildren;
}

/** A dialog that is open while it is drawn. The focus stays inside and returns to where it was. */
export function Modal({ id, title, closeLabel, isLight, onCancel, onKeyDown, children, foot, ...rest }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current!;
    shown.showModal();
    return () => shown.close();
  }, []);
  const cancel = (event: Event) => {
    event.preventDefault();
    onCancel();
  };
  const clickBeside = (event: MouseEvent) => {
    if (isLight && event.target === dialog.current) onCancel();
  };
  return (
    <dialog
      ref={dialog}
      class={`dialog ${rest.class ?? ""}`}
      aria-labelledby={`${id}-title`}
      onCancel={cancel}
      onMouseDown={clickBeside}
      onKeyDown={onKeyDown}
    >
      <div class="dialog-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <Button kind="bare" icon="x-lg" label={closeLabel} onClick={onCancel} />
      </div>
      <div class="dialog-body">{children}</div>
      {foot && <div class="dialog-foot">{foot}</div>}
    </dialog>
  );
}
