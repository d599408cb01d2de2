/** What a link to the page says after its `#`. */
export interface PageLink {
  readonly token?: string | undefined
  /** Good for the token, once. */
  readonly code?: string | undefined
  readonly view?: string | undefined
}

/** Reads `#token=…`, `#code=…` and `#/view`. */
export function readLink(fragment: string): PageLink {
  const text = fragment.replace(/^#/u, '')
  if (text.startsWith('/')) return { view: text.slice(1).split('?')[0] }
  const query = new URLSearchParams(text)
  const [token, code] = [query.get('token'), query.get('code')]
  if (token !== null) return { token: cleanToken(token) }
  return code === null ? {} : { code }
}

/** A token as somebody pasted it: with blanks around it, or as the whole link that holds it. */
export function cleanToken(pasted: string): string {
  const text = pasted.trim()
  const inLink = /[#&?]token=([^&\s]+)/u.exec(text)?.[1]
  return inLink ?? text
}
