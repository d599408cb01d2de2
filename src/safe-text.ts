/**
 * What a text of somebody else must not have as it is where people read it: characters that command a terminal, end a line,
 * turn the direction of writing, or are not seen at all (controls, formats, separators of lines), and halves of characters.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Each shown as \uNNNN, but tab and line feed: for texts of several lines. */
export function safeText(text: string): string {
  return text.replaceAll(UNSAFE, (char) => (char === '\t' || char === '\n' ? char : byNumber(char)))
}

/** Each shown as \uNNNN, but tab: for one line. What was JSON stays the same JSON. */
export function safeLine(text: string): string {
  return text.replaceAll(UNSAFE, (char) => (char === '\t' ? char : byNumber(char)))
}

/** A space for each: for names that are kept short, and are not to grow by this. */
export function spacedLine(text: string): string {
  return text.replaceAll(UNSAFE, ' ')
}

function byNumber(char: string): string {
  const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
