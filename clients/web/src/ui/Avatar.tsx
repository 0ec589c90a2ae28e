/** The first letter of a name. The name determines the colour. */
export function Avatar({ text }: { text: string }) {
  const [letter = ''] = text;
  const colour = Array.from(text).reduce((sum, character) => sum + character.codePointAt(0)!, 0) % 6;
  return (
    <span className="avatar" data-colour={colour} aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  );
}
