import { type InterfaceLanguage, INTERFACE_LANGUAGES } from "../texts/texts.ts";

const LANGUAGE = "kb-portal:language";

/** The language that was chosen in this browser; null: the browser's own. */
export function chosenLanguage(): InterfaceLanguage | null {
  const kept = withStorage((storage) => storage.getItem(LANGUAGE));
  return INTERFACE_LANGUAGES.find((language) => language === kept) ?? null;
}

export function keepLanguage(language: InterfaceLanguage): void {
  withStorage((storage) => storage.setItem(LANGUAGE, language));
}

/** A browser may refuse its storage: then the choice holds until the page is left. */
function withStorage<T>(use: (storage: Storage) => T): T | null {
  try {
    return use(localStorage);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
