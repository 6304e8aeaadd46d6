import { html, nothing, type TemplateResult } from "lit";

import { type InterfaceLanguage, INTERFACE_LANGUAGES } from "../texts/texts.ts";
import type { Context } from "./context.ts";
import { OWN_NAMES } from "./texts/texts.ts";

export interface HeaderView {
  readonly onLanguage: (language: InterfaceLanguage) => void;
  readonly onChat: () => void;
  readonly chatOpen: boolean;
  /** The search box, on every page but the first, which has it in its middle. */
  readonly search: TemplateResult | typeof nothing;
}

/** The head of every page: the way home, the search box, the language switch, the chat. */
export function pageHeader(context: Context, view: HeaderView): TemplateResult {
  const { portal, interface: ui } = context;
  return html`<header class="site-head no-print">
    <a class="brand" href=${context.href({ view: "home", locale: null, collection: null })}>
      <svg class="brand-icon" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="8" />
        <path
          d="M9 8h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-6l-5 4v-4H9a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2z"
        />
      </svg>
      <span>${portal.name}</span>
    </a>
    <div class="head-search">${view.search}</div>
    <div class="head-tools">
      <label class="language">
        <span class="unseen">${portal.language}</span>
        <select @change=${(event: Event) => view.onLanguage((event.target as HTMLSelectElement).value as InterfaceLanguage)}>
          ${INTERFACE_LANGUAGES.map(
            (language) =>
              html`<option value=${language} lang=${language} ?selected=${language === ui.language}>
                ${OWN_NAMES[language]}
              </option>`,
          )}
        </select>
      </label>
      <button type="button" class="button chat-button" aria-expanded=${view.chatOpen ? "true" : "false"} @click=${view.onChat}>
        ${portal.chat}
      </button>
    </div>
  </header>`;
}
