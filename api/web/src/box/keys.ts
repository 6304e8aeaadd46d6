/** What a key does in the field, by the authoring practices' combobox with a list box popup. */
export type KeyAction =
  | { readonly name: "move"; readonly to: number }
  | { readonly name: "open" | "close" | "clear" | "choose" | "submit" | "leave" };

export interface KeyContext {
  readonly open: boolean;
  readonly active: number;
  readonly count: number;
  readonly empty: boolean;
}

/** The action of a key, null where the key is the field's own. active: -1 while no option is. */
export function actionOf(event: KeyboardEvent, context: KeyContext): KeyAction | null {
  // while an input method composes, its keys are its own
  if (event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) {
    return event.key === "Enter" && !event.isComposing && context.open && context.active >= 0
      ? { name: "choose" }
      : null;
  }
  const { open, active, count, empty } = context;
  switch (event.key) {
    case "ArrowDown":
      if (event.altKey || !open) return { name: "open" };
      return count ? { name: "move", to: (active + 1) % count } : null;
    case "ArrowUp":
      if (event.altKey) return { name: "close" };
      if (!open) return { name: "open" };
      return count ? { name: "move", to: active <= 0 ? count - 1 : active - 1 } : null;
    case "Enter":
      return { name: open && active >= 0 ? "choose" : "submit" };
    case "Escape":
      if (open) return { name: "close" };
      return { name: empty ? "leave" : "clear" };
    default:
      return null;
  }
}
