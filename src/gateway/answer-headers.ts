import type { OutgoingHttpHeaders } from 'node:http'
import { CAR_TYPE, RAW_TYPE } from './accept.ts'
import type { GatewayRequest } from './gateway-request.ts'

/** What is named by its hash never changes. */
const IMMUTABLE = 'public, max-age=29030400, immutable'

/** What web pages of other origins may ask, and see of the answer; the specification's own list. */
const CORS: OutgoingHttpHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
  'Access-Control-Allow-Headers': 'Content-Type, Range, User-Agent, X-Requested-With',
  'Access-Control-Expose-Headers':
    'Content-Length, Content-Range, X-Chunked-Output, X-Ipfs-Path, X-Ipfs-Roots, X-Stream-Output'
}

/** Headers of every answer: those for web pages, and the owner's, which go first. */
export function commonHeaders(own: Readonly<Record<string, readonly string[]>>): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...CORS }
  for (const [name, values] of Object.entries(own)) headers[canonical(name)] = [...values]
  return headers
}

/** Headers of a 200 or 206 with a block or a CAR. */
export function contentHeaders(request: GatewayRequest, etag: string, roots: readonly string[]): OutgoingHttpHeaders {
  const { format, contentPath, contentLocation, isNegotiated } = request
  const isRaw = format.type === 'raw'
  return {
    'Content-Type': isRaw ? RAW_TYPE : `${CAR_TYPE}; version=1; order=dfs; dups=${format.dups ? 'y' : 'n'}`,
    'Content-Disposition': disposition(request),
    'Cache-Control': IMMUTABLE,
    Etag: etag,
    'Accept-Ranges': isRaw ? 'bytes' : 'none',
    'X-Content-Type-Options': 'nosniff',
    'X-Ipfs-Path': contentPath,
    'X-Ipfs-Roots': roots.join(','),
    ...(isNegotiated ? { Vary: 'Accept' } : {}),
    ...(contentLocation === undefined ? {} : { 'Content-Location': contentLocation })
  }
}

/** Always an attachment: no browser is to show bytes that nobody has checked. */
function disposition({ filename, cid, format }: GatewayRequest): string {
  if (filename === undefined || filename === '') {
    return `attachment; filename="${cid.toString()}.${format.type === 'raw' ? 'bin' : 'car'}"`
  }
  const ascii = filename.replace(/[^\x20-\x7e]/gu, '_').replace(/["\\]/gu, '\\$&')
  const isPlain = ascii === filename
  return `attachment; filename="${ascii}"${isPlain ? '' : `; filename*=UTF-8''${percentEncoded(filename)}`}`
}

/** RFC 8187: letters, digits and a few signs as they are. */
function percentEncoded(text: string): string {
  const safe = text.toWellFormed()
  return encodeURIComponent(safe).replace(/['()*]/gu, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** As Go writes names of headers, so that one that is given twice is one. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/gu, (start) => start.toUpperCase())
}
