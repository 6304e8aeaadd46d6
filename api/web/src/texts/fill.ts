/** The text with its `{name}`s replaced. Errors: Error on a name without a value. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return filled(text, values).join("");
}

/**
 * The text in parts, a value in place of each `{name}`: for values that are rendered, such as a title in its own
 * language.
 *
 * Errors: Error on a name without a value.
 */
export function filled<T>(text: string, values: Readonly<Record<string, T>>): (string | T)[] {
  return text.split(/\{(\w+)\}/).map((part, index) => {
    if (index % 2 === 0) return part;
    const value = values[part];
    if (value === undefined) throw new Error(`no value for {${part}} of the text “${text}”`);
    return value;
  });
}
