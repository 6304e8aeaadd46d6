import { type Interface, interfaceFor } from "../texts/texts.ts";

/** The service that a module came from: it lies two folders below the service's root (`static/box/`). */
export function endpointOf(moduleUrl: string): string {
  return new URL("../../", moduleUrl).href;
}

/** The language around an element, across shadow roots; null where no page says. */
export function languageAround(element: Element): string | null {
  let at: Element | null = element;
  while (at) {
    const found: Element | null = at.closest("[lang]");
    if (found) return found.getAttribute("lang") || null;
    const root = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return null;
}

/** The interface for a reader: by their locale, else the page's language, else the browser's. */
export function interfaceOf(locale: string | null, element: Element): Interface {
  const first = locale ?? languageAround(element);
  return interfaceFor([...(first ? [first] : []), ...navigator.languages]);
}

/** A whole number of an attribute within bounds, else the default. */
export function wholeNumber(text: string | null, byDefault: number, least: number, most: number): number {
  const value = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isInteger(value) ? Math.min(Math.max(value, least), most) : byDefault;
}

