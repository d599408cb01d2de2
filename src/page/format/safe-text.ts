import { safeLine } from '../../safe-text.ts'

/** A text of a stranger as it can be shown: what is not to be seen is shown by its number, and the rest is cut. */
export function safeText(text: string, maxChars = 400): string {
  return safeLine(text.length > maxChars ? `${text.slice(0, maxChars)}…` : text)
}
