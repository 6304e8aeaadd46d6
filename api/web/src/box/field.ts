import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import type { Interface } from "../texts/texts.ts";
import { cross, magnifier } from "./icons.ts";
import { LIST_ID, optionId } from "./list.ts";
import { label, type Shortcut } from "./shortcut.ts";

export interface FieldView {
  readonly interface: Interface;
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly shortcut: Shortcut | null;
  /** Whether the list box is shown. */
  readonly expanded: boolean;
  readonly active: number;
  readonly searching: boolean;
  readonly onInput: (event: InputEvent) => void;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onFocus: () => void;
  readonly onClear: () => void;
}

/** The combobox, with its icon, its clear button or the key that leads to it, and the progress bar. */
export function field(view: FieldView): TemplateResult {
  return html`<div class="field" part="field" role="search" aria-label=${view.label} @click=${focusInput}>
      ${magnifier}
      <input
        class="input"
        part="input"
        type="text"
        role="combobox"
        aria-label=${view.label}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-expanded=${view.expanded ? "true" : "false"}
        aria-controls=${view.expanded ? LIST_ID : nothing}
        aria-activedescendant=${view.active >= 0 ? optionId(view.active) : nothing}
        aria-keyshortcuts=${view.shortcut ? keyshortcuts(view.shortcut) : nothing}
        placeholder=${view.placeholder}
        dir=${view.value === "" ? nothing : "auto"}
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        enterkeyhint="search"
        maxlength="2000"
        .value=${live(view.value)}
        @input=${view.onInput}
        @compositionend=${view.onInput}
        @keydown=${view.onKey}
        @focus=${view.onFocus}
        @click=${view.onFocus}
      />
      ${view.value !== ""
        ? html`<button
            type="button"
            class="clear"
            part="clear"
            aria-label=${view.interface.texts.clear}
            @click=${view.onClear}
          >
            ${cross}
          </button>`
        : view.shortcut
          ? html`<kbd class="key" part="shortcut" aria-hidden="true">${label(view.shortcut)}</kbd>`
          : nothing}
    </div>
    ${view.searching ? html`<div class="progress" part="progress"></div>` : nothing}`;
}

function focusInput(event: MouseEvent): void {
  const field = event.currentTarget as HTMLElement;
  if (event.target === field) field.querySelector("input")?.focus();
}

function keyshortcuts({ key, mod }: Shortcut): string {
  return mod ? `Control+${key.toUpperCase()} Meta+${key.toUpperCase()}` : key;
}
