import { direction } from "../text/direction.ts";
import { ar } from "./ar.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { ja } from "./ja.ts";
import { nl } from "./nl.ts";

/** The texts of an interface: every key of the English ones, so that a language that lacks one does not compile. */
export type Texts = typeof en;

export interface Interface {
  readonly texts: Texts;
  /** Language of the texts, which need not be the reader's. */
  readonly language: InterfaceLanguage;
  readonly dir: "ltr" | "rtl";
}

const LANGUAGES = { ar, de, en, es, fr, ja, nl } satisfies Record<string, Texts>;

export type InterfaceLanguage = keyof typeof LANGUAGES;
export const INTERFACE_LANGUAGES = Object.keys(LANGUAGES) as readonly InterfaceLanguage[];

/** The interface in the first of these languages (BCP 47) that there is one in, else in English. */
export function interfaceFor(wanted: readonly string[]): Interface {
  const language = chooseLanguage(wanted);
  return { texts: LANGUAGES[language], language, dir: direction(language) };
}

export function chooseLanguage(wanted: readonly string[]): InterfaceLanguage {
  const have = wanted.map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  return have.find((language): language is InterfaceLanguage => Object.hasOwn(LANGUAGES, language)) ?? "en";
}
