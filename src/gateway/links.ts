import { code as DAG_CBOR } from '@ipld/dag-cbor'
import { code as DAG_JSON, decode as decodeDagJson } from '@ipld/dag-json'
import { code as DAG_PB, decode as decodeDagPb, type PBNode } from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import { cborLinks } from './cbor-links.ts'
import { GatewayError } from './gateway-error.ts'

/** Codecs whose blocks link to nothing: raw, CBOR, JSON, and the names of peers. */
const LINKLESS: ReadonlySet<number> = new Set([0x55, 0x51, 0x0200, 0x72])

/** The links of a block, in the order in which they stand. Throws a 400 for a codec that is not known here. */
export function linksOf(cid: CID, bytes: Uint8Array): readonly CID[] {
  switch (cid.code) {
    case DAG_PB:
      return readDagPb(cid, bytes).Links.map(({ Hash }) => Hash)
    case DAG_CBOR:
      return cborLinks(bytes)
    case DAG_JSON:
      return jsonLinks(cid, bytes)
    default:
      if (LINKLESS.has(cid.code)) return []
      throw new GatewayError(400, `blocks of codec 0x${cid.code.toString(16)} are only served one by one`)
  }
}

export function readDagPb(cid: CID, bytes: Uint8Array): PBNode {
  return decoded(cid, () => decodeDagPb(bytes))
}

/** What `read` makes of a block; a 400 for one that is not what its CID says. */
export function decoded<T>(cid: CID, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new GatewayError(400, `block ${cid.toString()} is not what its codec says`, { cause })
  }
}

function jsonLinks(cid: CID, bytes: Uint8Array): readonly CID[] {
  const links: CID[] = []
  // Bounded: by the values of one block.
  const stack: unknown[] = [decoded(cid, () => decodeDagJson<unknown>(bytes))]
  while (stack.length > 0) {
    const value = stack.pop()
    const link = CID.asCID(value)
    if (link !== null) links.push(link)
    else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
      for (const inner of Object.values<unknown>({ ...value }).reverse()) stack.push(inner)
    }
  }
  return links
}
