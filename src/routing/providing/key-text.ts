import { CID } from 'multiformats/cid'

const RAW_CODE = 0x55

/** Names a block in a datastore, whatever its CID: routing knows multihashes alone. */
export function keyText(cid: CID): string {
  return CID.createV1(RAW_CODE, cid.multihash).toString()
}

/** The raw CID of a name; undefined for what is none. */
export function readKeyText(text: string): CID | undefined {
  try {
    return CID.parse(text)
  } catch {
    return undefined
  }
}
