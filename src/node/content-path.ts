import { CID } from 'multiformats/cid'
import { InvalidParametersError } from '../errors.ts'
import { reasonOf } from './repo-error.ts'

/** A CID and the names to follow from there. */
export interface ContentPath {
  readonly cid: CID
  readonly names: readonly string[]
}

/** Reads `<cid>`, `<cid>/a/b`, `/ipfs/<cid>/a/b` or `ipfs://<cid>/a/b`. */
export function parseContentPath(text: string): ContentPath {
  const [root = '', ...names] = text
    .replace(/^(?:ipfs:\/\/|\/ipfs\/)/u, '')
    .split('/')
    .filter((name) => name !== '')
  return { cid: parseCid(root, text), names }
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
    return CID.parse(root)
  } catch (error) {
    throw new InvalidParametersError(`invalid path "${text}": ${reasonOf(error)}: expected a CID, or /ipfs/<cid>/…`, {
      cause: error
    })
  }
}
