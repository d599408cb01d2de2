import type { CID } from 'multiformats/cid'
import { InvalidParametersError } from '../errors.ts'
import { readCid } from '../read-cid.ts'

/** A CID and the names to follow from there. */
export interface ContentPath {
  readonly cid: CID
  readonly names: readonly string[]
  /** Nodes of files are data, too: names are those of their fields. */
  readonly asData?: boolean
}

/** Reads `<cid>`, `<cid>/a/b`, `/ipfs/<cid>/a/b` or `ipfs://<cid>/a/b`. */
export function parseContentPath(text: string): ContentPath {
  const [root = '', ...names] = text
    .replace(/^(?:ipfs:\/\/|\/ipfs\/)/u, '')
    .split('/')
    .filter((name) => name !== '')
  return { cid: parseCid(root, text), names }
}

/** As `parseContentPath`, and `/ipld/<cid>/…` for what is taken as data. */
export function parseDataPath(text: string): ContentPath {
  const asData = text.startsWith('/ipld/')
  return { ...parseContentPath(asData ? text.slice('/ipld/'.length) : text), asData }
}

/** The CID of a path that may have nothing behind it. */
export function parseBlockPath(text: string): CID {
  const { cid, names } = parseContentPath(text)
  if (names.length > 0) {
    throw new InvalidParametersError(`"${text}" names a file inside ${cid.toString()}: give the CID of one block`)
  }
  return cid
}

function parseCid(root: string, text: string): CID {
  try {
    return readCid(root)
  } catch (cause) {
    throw new InvalidParametersError(
      `invalid path "${text}": ${whyNoCid(root, text)}: expected a CID, or /ipfs/<cid>/…`,
      {
        cause
      }
    )
  }
}

/** In plain words why `root`, in the path `text`, is none: what the parser says is about its own bytes and bases. */
export function whyNoCid(root: string, text: string): string {
  if (root === '') return 'there is no CID in it'
  if (/^(?:\/ipns\/|ipns:\/\/)/u.test(text)) return 'names of IPNS are not looked up here'
  if (/^(?:Qm|ba|z[bd])/u.test(root))
    return `"${root}" looks like a CID, and has characters too few, too many or mistyped`
  return `"${root}" is not a CID, which begins with "bafy", "bafk" or "Qm" as a rule`
}
