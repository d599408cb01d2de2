/**
 * Spans of bytes as clients write them: `entity-bytes` of the Trustless Gateway specification, and `Range` of RFC 9110.
 * Both ends are inclusive.
 */
import { GatewayError } from './gateway-error.ts'

export interface ByteSpan {
  readonly first: number
  readonly last: number
}

/** `entity-bytes` as it was asked for: negative numbers count from the end, and no `to` is the end. */
export interface EntityBytes {
  readonly from: number
  readonly to: number | undefined
}

/** Reads `from:to`. Throws a 400 for anything else, and for a span whose end is before its beginning whatever the size. */
export function parseEntityBytes(text: string): EntityBytes {
  const found = /^(-?\d{1,15}):(-?\d{1,15}|\*)$/u.exec(text)
  const from = Number(found?.[1])
  const to = found?.[2] === '*' ? undefined : Number(found?.[2])
  if (found === null) throw new GatewayError(400, 'entity-bytes must be from:to, such as 0:1023, -1024:* or 5:-10')
  const isComparable = to !== undefined && from < 0 === to < 0
  if (isComparable && to < from) throw new GatewayError(400, 'entity-bytes ends before it begins')
  return { from, to }
}

/** What `entity-bytes` means for an entity of `size` bytes: undefined for no bytes at all, 'outside' for none of its own. */
export function spanOf({ from, to }: EntityBytes, size: number): ByteSpan | 'outside' | undefined {
  if (size === 0) return undefined
  const first = from < 0 ? Math.max(0, size + from) : from
  const end = to === undefined ? size - 1 : to < 0 ? size + to : to
  if (first >= size || end < 0) return 'outside'
  return end < first ? undefined : { first, last: Math.min(end, size - 1) }
}

/**
 * The span that a `Range` header asks for of `size` bytes. Undefined where it is to be passed over, as RFC 9110 allows:
 * another unit, a span that is none, or several of them, for one block is little to send whole. 'outside' is a 416.
 */
export function parseRange(header: string, size: number): ByteSpan | 'outside' | undefined {
  const found = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/u.exec(header)
  if (found === null) return undefined
  const [, firstText = '', lastText = ''] = found
  if (firstText === '') return lastText === '' ? undefined : suffix(Number(lastText), size)
  const first = Number(firstText)
  const last = lastText === '' ? size - 1 : Math.min(Number(lastText), size - 1)
  if (lastText !== '' && Number(lastText) < first) return undefined
  return first >= size ? 'outside' : { first, last }
}

function suffix(length: number, size: number): ByteSpan | 'outside' {
  return length === 0 || size === 0 ? 'outside' : { first: Math.max(0, size - length), last: size - 1 }
}
