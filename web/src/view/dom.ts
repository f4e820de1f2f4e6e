// Makes elements. No markup in strings anywhere, so nothing of an answer can become markup.

type Value = string | number | boolean | undefined | ((event: Event) => void);
export type Child = Node | string | undefined;

/** An element: functions are listeners (`onclick`), true is an empty attribute, false is none. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Readonly<Record<string, Value>> = {}, ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else setAttribute(element, name, value);
  }
  element.append(...present(children));
  return element;
}

export function setAttribute(element: Element, name: string, value: Exclude<Value, () => void>): void {
  if (value === undefined || value === false || typeof value === 'function') element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...present(children));
}

/** Only when it is another: a live region says again what is set again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== undefined);
}

const SVG = 'http://www.w3.org/2000/svg';

// Drawn on 24 × 24, in lines.
const ICONS = {
  yes: 'M4 12.5 10 18.5 20 6',
  no: 'M6 6 18 18M18 6 6 18',
  wait: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7v5l3.5 2.5',
  ask: 'M9 9a3 3 0 1 1 4.2 2.75C12.4 12.2 12 12.8 12 14M12 17.6v.1M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18',
  cut: 'M4 4 20 20M8.5 16a5 5 0 0 1 6 0M5 12.5a10 10 0 0 1 4-2.3M15 10.2a10 10 0 0 1 4 2.3M2 9a15 15 0 0 1 4-2.6M10.5 5.1A15 15 0 0 1 22 9M12 19.8v.1',
  camera: 'M3 8h4l2-3h6l2 3h4v11H3zM12 10a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7',
  reader: 'M7 3h10v7l-3 2v9h-4v-9l-3-2zM9.5 6h5',
  keys: 'M3 6h18v12H3zM6.5 10h.1M10 10h.1M13.5 10h.1M17 10h.1M8 14h8',
  sound: 'M4 9h4l5-4v14l-5-4H4zM16.5 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11',
  silent: 'M4 9h4l5-4v14l-5-4H4zM16.5 9.5l5 5M21.5 9.5l-5 5',
  undo: 'M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10H9',
  place: 'M12 21C8 16 6 13 6 10a6 6 0 0 1 12 0c0 3-2 6-6 11M12 8a2 2 0 1 0 0 4a2 2 0 0 0 0-4',
} as const;

export type Icon = keyof typeof ICONS;

/** A picture beside words that say the same, so it is hidden from readers of screens. */
export function icon(name: Icon): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}
