/** The CIDs in a block of DAG-CBOR, in the order in which they stand: byte strings behind tag 42. Builds no values. */
import { CID } from 'multiformats/cid'

const TAG_CID = 42
const MAJOR = { bytes: 2, text: 3, list: 4, map: 5, tag: 6, simple: 7 }
/** False, true, null, and floats of 64 bits: DAG-CBOR knows no other simple values. */
const SIMPLE: ReadonlySet<number> = new Set([20, 21, 22, 27])

interface Head {
  readonly major: number
  readonly value: number
  /** Where it goes on behind this. */
  readonly next: number
}

/** Throws an `Error` for what is no DAG-CBOR, or has lists and maps nested more than `maxNesting` levels deep. */
export function cborLinks(bytes: Uint8Array, maxNesting: number): readonly CID[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const links: CID[] = []
  // Bounded: `maxNesting` and a tag. Values that are still to come on each level; maps bring two for each entry.
  const levels = [1]
  let waiting = 1
  let at = 0
  let afterTag = false
  for (let open = levels.pop(); open !== undefined; open = levels.pop()) {
    if (open === 0) continue
    levels.push(open - 1)
    const { major, value, next } = readHead(view, at)
    at = next
    if (afterTag && major !== MAJOR.bytes) throw broken()
    if (major === MAJOR.bytes || major === MAJOR.text) {
      if (value > bytes.length - at) throw broken()
      if (afterTag) links.push(readLink(bytes.subarray(at, at + value)))
      at += value
    }
    const inside = insideOf(major, value)
    if (inside > 0) levels.push(inside)
    waiting += inside - 1
    afterTag = major === MAJOR.tag
    const isNested = major === MAJOR.list || major === MAJOR.map
    if (isNested && levels.length - 1 > maxNesting) throw new Error(`it is nested more than ${maxNesting} levels deep`)
    // What is announced takes a byte each at least: counts that the block cannot hold are not believed.
    if (waiting > bytes.length - at) throw broken()
  }
  if (at !== bytes.length) throw broken()
  return links
}

/** Values that a value is made of. */
function insideOf(major: number, value: number): number {
  if (major === MAJOR.list) return value
  if (major === MAJOR.map) return 2 * value
  return major === MAJOR.tag ? 1 : 0
}

/** The type of a value, its number, and where it goes on. Simple values and floats have their number in the head. */
function readHead(view: DataView, at: number): Head {
  if (at >= view.byteLength) throw broken()
  const first = view.getUint8(at)
  const [major, short] = [first >> 5, first & 31]
  if (major === MAJOR.simple && !SIMPLE.has(short)) throw broken()
  if (short < 24) return checked({ major, value: short, next: at + 1 })
  const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[short]
  if (size === undefined || at + 1 + size > view.byteLength) throw broken()
  return checked({ major, value: readNumber(view, at + 1, size), next: at + 1 + size })
}

function checked(head: Head): Head {
  if (head.major === MAJOR.tag && head.value !== TAG_CID) throw broken()
  return head
}

function readNumber(view: DataView, at: number, size: number): number {
  if (size === 1) return view.getUint8(at)
  if (size === 2) return view.getUint16(at)
  return size === 4 ? view.getUint32(at) : Number(view.getBigUint64(at))
}

/** A CID in CBOR stands behind the byte of the identity base. */
function readLink(bytes: Uint8Array): CID {
  if (bytes[0] !== 0) throw broken()
  return CID.decode(bytes.subarray(1))
}

function broken(): Error {
  return new Error('it is no valid DAG-CBOR')
}
