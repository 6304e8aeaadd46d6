/** A key combination that leads to the box: `/`, or a letter with Ctrl (on Apple's systems Command). */
export interface Shortcut {
  readonly key: string;
  readonly mod: boolean;
}

export const DEFAULT_SHORTCUT = "/ mod+k";

/** The combinations of an attribute, separated by blanks: `/`, `mod+k`; `off` or nothing for none. */
export function parseShortcuts(text: string): readonly Shortcut[] {
  const names = text.toLowerCase().split(/\s+/).filter((name) => name !== "" && name !== "off");
  return names.map((name) => {
    const mod = /^(mod|ctrl|cmd|meta)\+/.test(name);
    return { key: mod ? name.slice(name.indexOf("+") + 1) : name, mod };
  });
}

export function matches(event: KeyboardEvent, shortcuts: readonly Shortcut[]): boolean {
  if (event.defaultPrevented || event.isComposing || event.altKey) return false;
  const mod = event.ctrlKey || event.metaKey;
  return shortcuts.some(({ key, mod: wanted }) => wanted === mod && event.key.toLowerCase() === key);
}

/** Whether someone is writing where the event comes from, so that keys are text. */
export function isEditable(event: Event): boolean {
  const [target] = event.composedPath();
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select, [role=textbox], [role=combobox]");
}

/** How a combination is shown on the box. */
export function label({ key, mod }: Shortcut): string {
  const apple = /mac|iphone|ipad/i.test(navigator.platform);
  const name = key.length === 1 ? key.toUpperCase() : key;
  return mod ? (apple ? `⌘${name}` : `Ctrl ${name}`) : name;
}
