// Hears a hand scanner anywhere on the page, and keeps its keys out of the fields and buttons.

import { type Heard, type Scan, SILENCE_MS, Wedge } from './wedge.ts';

type Field = HTMLInputElement | HTMLSelectElement;

/** What a field held before the first keys, which nobody knew for a machine's, changed it. */
interface Before { readonly field: Field; readonly value: string }

export function hearWedge(scanned: (scan: Scan) => void): void {
  const wedge = new Wedge();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let before: Before | undefined;

  const tell = ({ scan, machine }: Heard): void => {
    if (machine) restore(before);
    if (!wedge.waiting) before = undefined;
    if (scan) scanned(scan);
  };

  addEventListener('keydown', (event) => {
    if (event.isComposing || event.ctrlKey && !event.altKey || event.metaKey) return;
    if (!wedge.waiting) before = beforeIn(document.activeElement);
    const { code, key, repeat, altKey } = event;
    const heard = wedge.press({ code, key, repeat, altKey, at: event.timeStamp });
    clearTimeout(timer);
    if (wedge.waiting) timer = setTimeout(() => { tell(wedge.silence(performance.now())); }, SILENCE_MS + 5);
    // Outside of a field a character does nothing but open a browser's quick search.
    const idle = [...key].length === 1 && key !== ' ' && !(event.target instanceof HTMLInputElement)
      && !(event.target instanceof HTMLSelectElement) && !event.altKey && !event.ctrlKey;
    if (heard.machine || idle) event.preventDefault();
    if (heard.machine) event.stopPropagation();
    tell(heard);
  }, { capture: true });

  addEventListener('keyup', (event) => {
    wedge.release({ code: event.code, key: event.key, at: event.timeStamp });
  }, { capture: true });
}

function beforeIn(element: Element | null): Before | undefined {
  return element instanceof HTMLInputElement || element instanceof HTMLSelectElement
    ? { field: element, value: element.value } : undefined;
}

function restore(before: Before | undefined): void {
  if (!before || before.field.value === before.value) return;
  before.field.value = before.value;
  // Whoever follows the field has to know.
  before.field.dispatchEvent(new Event('input', { bubbles: true }));
  before.field.dispatchEvent(new Event('change', { bubbles: true }));
}
