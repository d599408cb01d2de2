/** The CIDs in a block of DAG-CBOR, in the order in which they stand: byte strings behind tag 42. Builds no values. */
import { CID } from 'multiformats/cid'
import { GatewayError } from './gateway-error.ts'

const TAG_CID = 42
const MAJOR = { bytes: 2, text: 3, list: 4, map: 5, tag: 6 }

export function cborLinks(bytes: Uint8Array): readonly CID[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const links: CID[] = []
  let at = 0
  let afterTag = false
  // Values that are still to come; maps bring two for each entry.
  for (let open = 1; open > 0; open--) {
    const head = readHead(view, at)
    at = head.next
    if (head.major === MAJOR.bytes || head.major === MAJOR.text) {
      if (head.value > bytes.length - at) throw broken()
      if (afterTag && head.major === MAJOR.bytes) links.push(readLink(bytes.subarray(at, at + head.value)))
      at += head.value
    }
    if (head.major === MAJOR.list) open += head.value
    if (head.major === MAJOR.map) open += 2 * head.value
    if (head.major === MAJOR.tag) open++
    afterTag = head.major === MAJOR.tag && head.value === TAG_CID
    // What is announced takes a byte each at least: counts that the block cannot hold are not believed.
    if (open - 1 > bytes.length - at) throw broken()
  }
  return links
}

/** The type of a value, its number, and where it goes on. Simple values and floats have their number in the head. */
function readHead(view: DataView, at: number): { major: number; value: number; next: number } {
  if (at >= view.byteLength) throw broken()
  const first = view.getUint8(at)
  const [major, short] = [first >> 5, first & 31]
  if (short < 24) return { major, value: short, next: at + 1 }
  const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[short]
  if (size === undefined || at + 1 + size > view.byteLength) throw broken()
  return { major, value: readNumber(view, at + 1, size), next: at + 1 + size }
}

function readNumber(view: DataView, at: number, size: number): number {
  if (size === 1) return view.getUint8(at)
  if (size === 2) return view.getUint16(at)
  return size === 4 ? view.getUint32(at) : Number(view.getBigUint64(at))
}

/** A CID in CBOR stands behind the byte of the identity base. */
function readLink(bytes: Uint8Array): CID {
  if (bytes[0] !== 0) throw broken()
  try {
    return CID.decode(bytes.subarray(1))
  } catch {
    throw broken()
  }
}

function broken(): GatewayError {
  return new GatewayError(400, 'a block is no valid DAG-CBOR')
}
