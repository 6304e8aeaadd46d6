/** The forms of a text that counts, by the categories of Unicode's plural rules; `n` stands in it. */
export type Plural = { readonly other: string } & { readonly [rule in Intl.LDMLPluralRule]?: string };

/** The form for n of a language. */
export function form(forms: Plural, n: number, locale: string): string {
  return forms[new Intl.PluralRules(locale).select(n)] ?? forms.other;
}
