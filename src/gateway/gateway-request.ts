import type { IncomingHttpHeaders } from 'node:http'
import type { CID } from 'multiformats/cid'
import { CAR_TYPE, parseAccept, RAW_TYPE, type MediaRange } from './accept.ts'
import { canMake, readCarParams, type CarParams } from './car-params.ts'
import { GatewayError } from './gateway-error.ts'
import { InvalidParametersError } from '../errors.ts'
import { whyNoCid } from '../content/content-path.ts'
import { readCid } from '../read-cid.ts'

export type Format = { readonly type: 'raw' } | ({ readonly type: 'car' } & CarParams)

/** What a client asks for, checked. */
export interface GatewayRequest {
  readonly isHead: boolean
  readonly cid: CID
  /** The names to follow from there, decoded. Bounded: MAX_SEGMENTS. */
  readonly segments: readonly string[]
  /** The path as it stands in the URL, `/ipfs/…`. */
  readonly contentPath: string
  readonly format: Format
  /** Where the very same answer is found by URL alone; undefined for this very URL. */
  readonly contentLocation: string | undefined
  /** Would the same URL be answered otherwise to another `Accept`? */
  readonly isNegotiated: boolean
  /** What the client wants the file to be called. */
  readonly filename: string | undefined
  readonly onlyIfCached: boolean
  readonly headers: IncomingHttpHeaders
}

/** Names of one path. Each may cost blocks to be fetched. */
export const MAX_SEGMENTS = 64

const NO_QUERY = new URLSearchParams()
const PREFIX = '/ipfs/'

/** Reads a GET or HEAD of `/ipfs/…`. Throws a `GatewayError` that says what is wrong with it. */
export function parseRequest(method: string, url: string, headers: IncomingHttpHeaders): GatewayRequest {
  const mark = url.indexOf('?')
  const contentPath = mark < 0 ? url : url.slice(0, mark)
  const query = mark < 0 ? NO_QUERY : new URLSearchParams(url.slice(mark + 1))
  if (!contentPath.startsWith(PREFIX)) throw notServed(contentPath)
  const [root = '', ...rest] = contentPath.slice(PREFIX.length).split('/')
  const segments = rest.filter((name) => name !== '').map(decode)
  if (segments.length > MAX_SEGMENTS) throw new GatewayError(400, `a path has at most ${MAX_SEGMENTS} names`)
  const cid = parseCid(root, contentPath)
  const asked = query.get('format')
  const choice = chooseFormat(asked, headers.accept)
  if (choice.type === RAW_TYPE && segments.length > 0) {
    throw new GatewayError(406, 'a raw block has no path: ask for format=car, or for the CID of the block itself')
  }
  return {
    isHead: method === 'HEAD',
    cid,
    segments,
    contentPath,
    format: choice.type === RAW_TYPE ? { type: 'raw' } : { type: 'car', ...readCarParams(query, choice.parameters) },
    contentLocation: locationOf(contentPath, query, choice),
    isNegotiated: isMissing(asked) || (choice.type === CAR_TYPE && !query.has('car-dups')),
    filename: query.get('filename') ?? undefined,
    onlyIfCached: headers['cache-control']?.includes('only-if-cached') === true,
    headers
  }
}

/** Other than what can be verified is not served: `format` decides, or else what the client accepts. */
function chooseFormat(asked: string | null, accept: string | undefined): MediaRange {
  const ranges = accept === undefined ? [] : parseAccept(accept)
  const isServed = ({ type, parameters }: MediaRange): boolean =>
    type === RAW_TYPE || (type === CAR_TYPE && canMake(parameters))
  if (isMissing(asked)) {
    const found = ranges.find(isServed)
    if (found !== undefined) return found
    if (accept === undefined) throw new GatewayError(400, `say what is wanted: ${SERVED}`)
    throw new GatewayError(406, `only what can be verified is served: ask for ${SERVED}`)
  }
  const type = { raw: RAW_TYPE, car: CAR_TYPE }[asked]
  if (type === undefined) throw new GatewayError(406, `only what can be verified is served: ask for ${SERVED}`)
  const accepted = ranges.find((range) => range.type === type && isServed(range))
  return accepted ?? { type, parameters: new Map(), quality: 1 }
}

function isMissing(format: string | null): format is null | '' {
  return format === null || format === ''
}

const SERVED = `format=raw or format=car, or accept ${RAW_TYPE} or ${CAR_TYPE}`

/** For whoever wants to ask for this representation again, whatever it accepts then. */
function locationOf(path: string, query: URLSearchParams, { type, parameters }: MediaRange): string | undefined {
  const full = new URLSearchParams(query)
  full.set('format', type === RAW_TYPE ? 'raw' : 'car')
  if (type === CAR_TYPE) {
    for (const name of ['order', 'dups', 'version']) {
      const value = parameters.get(name) ?? ''
      if (value !== '' && !query.has(`car-${name}`)) full.set(`car-${name}`, value)
    }
  }
  const isSame = full.size === query.size && query.get('format') === full.get('format')
  return isSame ? undefined : `${path}?${full.toString()}`
}

/** Reads the CID of a request. Throws a 400 for what is none, or too long to be one. */
function parseCid(root: string, path: string): CID {
  try {
    return readCid(root)
  } catch (cause) {
    if (cause instanceof InvalidParametersError) throw new GatewayError(400, cause.message, { cause })
    throw new GatewayError(400, `${whyNoCid(root, path)}: expected /ipfs/<cid>`, { cause })
  }
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch (cause) {
    throw new GatewayError(400, 'the path is not well encoded', { cause })
  }
}

function notServed(path: string): GatewayError {
  if (path.startsWith('/ipns/'))
    return new GatewayError(501, 'names of IPNS are not resolved here: ask for /ipfs/<cid>')
  return new GatewayError(404, 'nothing is served here: ask for /ipfs/<cid>?format=raw or /ipfs/<cid>?format=car')
}
