/** The `Accept` header, as far as a trustless gateway is asked (RFC 9110, section 12.5.1; IPIP-412 for parameters of CARs). */
export const RAW_TYPE = 'application/vnd.ipld.raw'
export const CAR_TYPE = 'application/vnd.ipld.car'

/** One entry of the header. Names of types and parameters are in lower case. */
export interface MediaRange {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  /** How much it is wanted, 0 to 1; 0 is not at all. */
  readonly quality: number
}

/** Entries looked at; an honest header has a handful. */
const MAX_RANGES = 64

/** The entries, the most wanted first. */
export function parseAccept(header: string): readonly MediaRange[] {
  const ranges = header
    .split(',', MAX_RANGES)
    .map(parseRange)
    .filter(({ type, quality }) => type !== '' && quality > 0)
  return ranges.toSorted((a, b) => b.quality - a.quality)
}

function parseRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';')
  const parameters = new Map(rest.map(parseParameter))
  const quality = Number(parameters.get('q') ?? 1)
  parameters.delete('q')
  return { type: type.trim().toLowerCase(), parameters, quality: quality >= 0 && quality <= 1 ? quality : 1 }
}

function parseParameter(text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=')
  if (at < 0) return [text.trim().toLowerCase(), '']
  const value = text.slice(at + 1).trim()
  return [text.slice(0, at).trim().toLowerCase(), value.replace(/^"(.*)"$/u, '$1').toLowerCase()]
}
