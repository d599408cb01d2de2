import { createHash } from 'node:crypto'
import type { CID } from 'multiformats/cid'
import type { CarParams } from './car-params.ts'

/** A block is what its CID says, whatever part of it is sent: RFC 9110 wants one tag for the whole and its ranges. */
export function rawEtag(cid: CID): string {
  return `"${cid.toString()}.raw"`
}

/** Weak, for what else goes into a CAR may change with the version of this program. */
export function carEtag(cid: CID, segments: readonly string[], { scope, entityBytes, dups }: CarParams): string {
  const parts = [cid.toString(), 'car', scope, dups ? 'dups' : 'once']
  if (entityBytes !== undefined) parts.push(`${entityBytes.from}_${entityBytes.to ?? 'end'}`)
  if (segments.length > 0) parts.push(digest(JSON.stringify(segments)))
  return `W/"${parts.join('.')}"`
}

/** `If-None-Match`: compared weakly, as RFC 9110 says for it. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  return header.split(',').some((one) => strong(one.trim()) === strong(etag))
}

function strong(etag: string): string {
  return etag.startsWith('W/') ? etag.slice(2) : etag
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
