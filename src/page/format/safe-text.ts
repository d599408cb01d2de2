/** Characters that change how others are shown, or end a line: a peer must not be able to write over its neighbours. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

/** A text of a stranger as it can be shown: what is not to be seen is shown by its number, and the rest is cut. */
export function safeText(text: string, maxChars = 400): string {
  const cut = text.length > maxChars ? `${text.slice(0, maxChars)}…` : text
  return cut.replaceAll(UNSEEN, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
