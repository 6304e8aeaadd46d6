/** A language's name in the language of `inLocale`, the tag itself where the browser knows none. */
export function languageName(tag: string, inLocale: string): string {
  try {
    return new Intl.DisplayNames([inLocale], { type: "language", fallback: "code" }).of(tag) ?? tag;
  } catch (error) {
    if (error instanceof RangeError) return tag; // no well-formed tag
    throw error;
  }
}
