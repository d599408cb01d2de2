/** What a link to the page says after its `#`. */
export interface PageLink {
  readonly token?: string | undefined
  readonly view?: string | undefined
}

/** Reads `#token=…` and `#/view`. */
export function readLink(fragment: string): PageLink {
  const text = fragment.replace(/^#/u, '')
  if (text.startsWith('/')) return { view: text.slice(1).split('?')[0] }
  const token = new URLSearchParams(text).get('token')
  return token === null ? {} : { token: cleanToken(token) }
}

/** A token as somebody pasted it: with blanks around it, or as the whole link that holds it. */
export function cleanToken(pasted: string): string {
  const text = pasted.trim()
  const inLink = /[#&?]token=([^&\s]+)/u.exec(text)?.[1]
  return inLink ?? text
}
