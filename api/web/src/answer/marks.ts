import { html, nothing, type TemplateResult } from "lit";

import type { Translation } from "../client/types.ts";
import type { Texts } from "../texts/texts.ts";

/** Says that a text was translated, and by whom; nothing for an original. */
export function translationMark(translation: Translation, texts: Texts): TemplateResult | typeof nothing {
  if (!translation) return nothing;
  const machine = translation === "MT";
  return html`<span class=${machine ? "mark-mt" : "mark-ht"} part="translation"
    >${machine ? texts.machineTranslated : texts.humanTranslated}</span
  >`;
}
