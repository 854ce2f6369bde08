/**
 * The text that a TXT value stands for when it is written as in a zone file: quoted strings, joined, with `\"` and `\065`
 * undone. Text without quotes is taken as it is.
 *
 * @see RFC 1035 §5.1
 */
export function txtPresentation(text: string): string {
  const written = text.trim();
  if (!written.startsWith('"')) return written;
  let value = '';
  let isWithin = false;
  for (let at = 0; at < written.length; at++) {
    const character = written.charAt(at);
    if (character === '"') isWithin = !isWithin;
    else if (!isWithin) continue;
    else if (character !== '\\') value += character;
    else {
      const code = /^\d{3}/.exec(written.slice(at + 1, at + 4))?.[0];
      value += code === undefined ? written.charAt(at + 1) : String.fromCharCode(Number(code) & 255);
      at += code?.length ?? 1;
    }
  }
  return value;
}
