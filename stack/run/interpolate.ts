/** Puts variables into a text of docker-compose.yml, by Compose's rules: ${X}, ${X:-default}, ${X-default}, ${X:+other}, ${X+other}, ${X:?why}, $X, and $$ for $. */

export type Variables = Readonly<Record<string, string | undefined>>;

const reference = /\$(?:(?<dollar>\$)|(?<plain>[A-Za-z_]\w*)|\{(?<name>[A-Za-z_]\w*)(?:(?<form>:?[-+?])(?<word>[^${}]*))?\}|(?<wrong>))/g;

/** @throws Error for a `$` that begins none of these forms, and for ${X:?why} without X. */
export function interpolate(text: string, variables: Variables): string {
  return text.replace(reference, (...match) => {
    const { dollar, plain, name = plain ?? '', form, word = '', wrong } = match.at(-1) as Partial<Record<string, string>>;
    if (dollar !== undefined) return '$';
    if (wrong !== undefined) throw new Error(`docker-compose.yml: in "${text}" a $ is followed by what the native run does not know.`);
    const value = variables[name];
    // With a colon, an empty variable counts as none.
    const present = value !== undefined && !(form?.startsWith(':') === true && value === '');
    switch (form?.at(-1)) {
      case '-':
        return present ? value : word;
      case '+':
        return present ? word : '';
      case '?':
        if (!present) throw new Error(`docker-compose.yml: ${name} is not set. ${word}`);
        return value;
      default:
        return value ?? '';
    }
  });
}
