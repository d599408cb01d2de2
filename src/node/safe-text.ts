/** What commands a terminal, turns the direction of writing, or begins a line of its own; but tab and line feed. */
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/gu

/** Names and messages of others may hold sequences that command a terminal: shown as \xNN instead. */
export function safeText(text: string): string {
  return text.replace(UNSAFE, (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`)
}

/** The same, on one line. */
export function safeLine(text: string): string {
  return safeText(text).replaceAll('\n', '\\x0a')
}
