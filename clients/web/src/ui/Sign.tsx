/** The first letter of a name, in a colour of its own. */
export function Sign({ text }: { text: string }) {
  const [letter = ''] = text;
  const colour = Array.from(text).reduce((sum, character) => sum + character.codePointAt(0)!, 0) % 6;
  return (
    <span className="sign" data-colour={colour} aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  );
}
