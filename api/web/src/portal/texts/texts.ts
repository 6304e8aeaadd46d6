import type { InterfaceLanguage } from "../../texts/texts.ts";
import { ar } from "./ar.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { ja } from "./ja.ts";
import { nl } from "./nl.ts";

/** The portal's own texts: apart from the box's, so that a page that embeds the box alone loads none of them. */
export type PortalTexts = typeof en;

const PORTAL_TEXTS: Record<InterfaceLanguage, PortalTexts> = { ar, de, en, es, fr, ja, nl };

export function portalTexts(language: InterfaceLanguage): PortalTexts {
  return PORTAL_TEXTS[language];
}

/** What a language calls itself, for the switch. */
export const OWN_NAMES: Record<InterfaceLanguage, string> = {
  ar: "العربية",
  de: "Deutsch",
  en: "English",
  es: "Español",
  fr: "Français",
  ja: "日本語",
  nl: "Nederlands",
};
