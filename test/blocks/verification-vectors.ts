/** Blocks as a peer may send them, good and bad, byte for byte, and what has to become of each. */
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { MAX_BLOCK_BYTES } from '../../src/message/limits.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { blockField, field } from '../limits/support/wire.ts'
import { bytes } from '../support/wire-samples.ts'

/**
 * - `taken`: it is the block.
 * - `unreadable`, `bad-prefix`, `oversized`: dropped as the message is read, and counted as that fault.
 * - `refused`: no block of such a kind can be verified. A fault, and held against the sender.
 * - `other-kind`: no block of its hash function and length is wanted. Dropped unhashed, and not held against anybody.
 * - `forged`: it hashes to nothing that is wanted. Held against the sender.
 */
export type Verdict = 'taken' | 'unreadable' | 'bad-prefix' | 'oversized' | 'refused' | 'other-kind' | 'forged'

export interface Vector {
  readonly name: string
  readonly verdict: Verdict
  readonly want: CID
  /** The bytes of the wanted block. */
  readonly block: Uint8Array
  /** The body of the message that answers the want, and the bytes that it passes off as the block. */
  readonly message: Uint8Array
  readonly data: Uint8Array
  /** Wanted as well, and of no block at all. */
  readonly also?: CID
}

const hashers = await createHashers()
const MIB = 1024 * 1024
const RAW = 0x55
const SHA2_256 = 0x12
const TEXT = new TextEncoder().encode('a block')
const NOTHING = new Uint8Array(0)
const OTHER = new TextEncoder().encode('another block')

function wantOf(code: number, block: Uint8Array, length?: number, codec = RAW): CID {
  return CID.createV1(codec, Digest.create(code, hashers.digest(code, block).subarray(0, length)))
}

const PLAIN = wantOf(SHA2_256, TEXT)
const VERSION_0 = CID.createV0(Digest.create(SHA2_256, hashers.digest(SHA2_256, TEXT)))
const DIGEST = PLAIN.multihash.digest
/** The digest of one function under the code of another. */
const CONFUSED = CID.createV1(RAW, Digest.create(0x16, DIGEST))

interface Init {
  readonly want?: CID
  readonly block?: Uint8Array
  readonly data?: Uint8Array
  readonly also?: CID
}

/** A block with its prefix, as bitswap 1.1 and later send it. */
function vector(verdict: Verdict, name: string, prefix: string, data: Uint8Array = TEXT, init: Init = {}): Vector {
  return { name, verdict, want: PLAIN, block: TEXT, data, message: blockField(bytes(prefix), data), ...init }
}

/** The same, with the whole of the message given. */
function message(verdict: Verdict, name: string, body: Uint8Array, init: Init = {}): Vector {
  return { name, verdict, want: PLAIN, block: TEXT, data: TEXT, message: body, ...init }
}

/** A block that is what is wanted. */
function whole(name: string, prefix: string, block: Uint8Array, code = SHA2_256, length?: number): Vector {
  return vector('taken', name, prefix, block, { want: wantOf(code, block, length), block })
}

const TAKEN: readonly Vector[] = [
  vector('taken', 'version 1, raw', '01 55 12 20'),
  vector('taken', 'version 1, dag-pb for raw', '01 70 12 20'),
  vector('taken', 'version 0 for version 1', '00 70 12 20'),
  vector('taken', 'version 0', '00 70 12 20', TEXT, { want: VERSION_0 }),
  vector('taken', 'version 1 for version 0', '01 55 12 20', TEXT, { want: VERSION_0 }),
  message('taken', 'no prefix, as of bitswap 1.0, for version 0', field(0x12, TEXT), { want: VERSION_0 }),
  message('taken', 'no prefix, as of bitswap 1.0, for version 1', field(0x12, TEXT)),
  vector('taken', 'a codec of two bytes', '01 a9 02 12 20'),
  vector('taken', 'a codec of eight bytes', '01 ff ff ff ff ff ff ff 0f 12 20'),
  whole('sha2-512', '01 55 13 40', TEXT, 0x13),
  whole('sha3-224', '01 55 17 1c', TEXT, 0x17),
  whole('sha3-256', '01 55 16 20', TEXT, 0x16),
  whole('sha3-384', '01 55 15 30', TEXT, 0x15),
  whole('sha3-512', '01 55 14 40', TEXT, 0x14),
  whole('blake3', '01 55 1e 20', TEXT, 0x1e),
  whole('blake2b-256', '01 55 a0 e4 02 20', TEXT, 0xb220),
  whole('a digest cut to 20 bytes', '01 55 12 14', TEXT, SHA2_256, 20),
  whole('a digest cut to 31 bytes', '01 55 12 1f', TEXT, SHA2_256, 31),
  whole('sha2-512 cut to 32 bytes', '01 55 13 20', TEXT, 0x13, 32),
  whole('a block of no bytes', '01 55 12 20', NOTHING),
  message('taken', 'a block of no bytes, without the field', field(0x1a, field(0x0a, bytes('01 55 12 20'))), {
    want: wantOf(SHA2_256, NOTHING),
    block: NOTHING
  }),
  whole('a block of one byte', '01 55 12 20', Uint8Array.of(0)),
  whole('exactly 2 MiB', '01 55 12 20', numberedBlock(1, 2 * MIB).bytes),
  whole('2 MiB and a byte: other peers do make them', '01 55 12 20', numberedBlock(1, 2 * MIB + 1).bytes),
  whole('the largest block', '01 55 12 20', new Uint8Array(MAX_BLOCK_BYTES)),
  message(
    'taken',
    'the bytes before the prefix',
    field(0x1a, Buffer.concat([field(0x12, TEXT), field(0x0a, bytes('01 55 12 20'))]))
  ),
  message(
    'taken',
    'two prefixes: the last one counts',
    field(0x1a, Buffer.concat([field(0x0a, bytes('01 55 00 20')), innerOf('01 55 12 20', TEXT)]))
  ),
  message(
    'taken',
    'among fields nobody knows',
    Buffer.concat([field(0x7a, OTHER), field(0x1a, Buffer.concat([field(0x7a, OTHER), innerOf('01 55 12 20', TEXT)]))])
  )
]

function innerOf(prefix: string, data: Uint8Array): Uint8Array {
  return Buffer.concat([field(0x0a, bytes(prefix)), field(0x12, data)])
}

const BAD_PREFIXES: readonly Vector[] = [
  message('bad-prefix', 'without the field of the prefix', field(0x1a, field(0x12, TEXT))),
  vector('bad-prefix', 'an empty prefix', ''),
  vector('bad-prefix', 'a prefix of one varint', '01'),
  vector('bad-prefix', 'a prefix of three varints', '01 55 12'),
  vector('bad-prefix', 'a prefix of five varints', '01 55 12 20 00'),
  vector('bad-prefix', 'a prefix that ends inside a varint', '01 55 12 a0'),
  vector('bad-prefix', 'a prefix that goes on with the digest', Buffer.from(PLAIN.bytes).toString('hex')),
  vector('bad-prefix', 'a prefix of 41 bytes', '80 '.repeat(41)),
  vector('bad-prefix', 'a prefix of 64 KiB', '01 '.repeat(64 * 1024)),
  vector('bad-prefix', 'a version that is not minimal', '81 00 55 12 20'),
  vector('bad-prefix', 'a codec that is not minimal', '01 d5 00 12 20'),
  vector('bad-prefix', 'a hash function that is not minimal', '01 55 92 00 20'),
  vector('bad-prefix', 'a length that is not minimal', '01 55 12 a0 00'),
  vector('bad-prefix', 'a codec of ten bytes', '01 80 80 80 80 80 80 80 80 80 01 12 20'),
  vector('bad-prefix', 'a codec beyond 2^53', '01 ff ff ff ff ff ff ff 1f 12 20'),
  vector('bad-prefix', 'version 2', '02 55 12 20'),
  vector('bad-prefix', 'a multihash for a prefix', '12 20'),
  vector('bad-prefix', 'version 0 with the raw codec', '00 55 12 20'),
  vector('bad-prefix', 'version 0 with dag-cbor', '00 71 12 20', TEXT, { want: VERSION_0 }),
  vector('bad-prefix', 'version 0 with sha2-512', '00 70 13 20'),
  vector('bad-prefix', 'version 0 with a cut digest', '00 70 12 14'),
  vector('bad-prefix', 'version 0 with a digest of 33 bytes', '00 70 12 21')
]

const UNREADABLE: readonly Vector[] = [
  message('unreadable', 'the prefix goes on beyond the block', field(0x1a, bytes('0a 7f 01 55 12 20'))),
  message('unreadable', 'the bytes go on beyond the block', field(0x1a, bytes('0a 04 01 55 12 20 12 08 61'))),
  message('unreadable', 'a number for a prefix', field(0x1a, bytes('08 01'))),
  vector('oversized', 'a byte more than the largest block', '01 55 12 20', new Uint8Array(MAX_BLOCK_BYTES + 1)),
  message('oversized', 'the same without a prefix', field(0x12, new Uint8Array(MAX_BLOCK_BYTES + 1)))
]

const REFUSED: readonly Vector[] = [
  vector('refused', 'a digest cut to 19 bytes', '01 55 12 13'),
  vector('refused', 'a digest cut to 4 bytes', '01 55 12 04'),
  vector('refused', 'a digest cut to nothing', '01 55 12 00'),
  vector('refused', 'a digest of 129 bytes', '01 55 13 81 01'),
  vector('refused', 'a digest of 2^32 bytes', '01 55 12 80 80 80 80 10'),
  vector('refused', 'identity, of as many bytes as the digest', '01 55 00 20'),
  vector('refused', 'identity, and the digest for bytes', '01 55 00 20', DIGEST),
  vector('refused', 'identity, and bytes that begin with the digest', '01 55 00 20', Buffer.concat([DIGEST, OTHER])),
  vector('refused', 'identity of the very bytes', '01 55 00 07'),
  vector('refused', 'identity of nothing', '01 55 00 00', NOTHING),
  vector('refused', 'sha1', '01 55 11 14'),
  vector('refused', 'md5', '01 55 d5 01 10'),
  vector('refused', 'md5, said to have 32 bytes', '01 55 d5 01 20'),
  vector('refused', 'murmur3-128', '01 55 22 20'),
  vector('refused', 'a hash function nobody knows', '01 55 ff ff 03 20'),
  vector('refused', 'a hash function of a large number', '01 55 ff ff ff ff ff ff ff 0f 20')
]

const OTHER_KINDS: readonly Vector[] = [
  vector('other-kind', 'the right bytes by sha2-512', '01 55 13 40'),
  vector('other-kind', 'the right bytes by sha3-256, which is as long', '01 55 16 20'),
  vector('other-kind', 'the right bytes by blake3, which is as long', '01 55 1e 20'),
  vector('other-kind', 'the right bytes by sha2-512 cut to as many bytes', '01 55 13 20'),
  vector('other-kind', 'the right bytes by a shorter digest', '01 55 12 14'),
  vector('other-kind', 'the right bytes by a longer digest', '01 55 12 20', TEXT, { want: wantOf(SHA2_256, TEXT, 20) }),
  vector('other-kind', 'a digest longer than the function gives', '01 55 12 21'),
  vector('other-kind', 'a digest of 128 bytes', '01 55 13 80 01'),
  vector('other-kind', 'the digest for bytes, by another function', '01 55 16 20', DIGEST)
]

const FORGED: readonly Vector[] = [
  vector('forged', 'another block', '01 55 12 20', OTHER),
  vector('forged', 'the first bit flipped', '01 55 12 20', flipped(0, 0x80)),
  vector('forged', 'the last bit flipped', '01 55 12 20', flipped(TEXT.length - 1, 1)),
  vector('forged', 'a byte less', '01 55 12 20', TEXT.subarray(0, -1)),
  vector('forged', 'a byte more', '01 55 12 20', Buffer.concat([TEXT, Uint8Array.of(0)])),
  vector('forged', 'twice the block', '01 55 12 20', Buffer.concat([TEXT, TEXT])),
  vector('forged', 'as many zeros', '01 55 12 20', new Uint8Array(TEXT.length)),
  vector('forged', 'nothing', '01 55 12 20', NOTHING),
  vector('forged', 'the digest for bytes', '01 55 12 20', DIGEST),
  vector('forged', 'the CID for bytes', '01 55 12 20', PLAIN.bytes),
  vector('forged', 'another block as version 0', '00 70 12 20', OTHER, { want: VERSION_0 }),
  message('forged', 'another block without a prefix', field(0x12, OTHER), { want: VERSION_0, data: OTHER }),
  vector('forged', 'another block by sha2-512', '01 55 13 40', OTHER, { want: wantOf(0x13, TEXT) }),
  vector('forged', 'another block by blake3', '01 55 1e 20', OTHER, { want: wantOf(0x1e, TEXT) }),
  vector('forged', 'another block by a digest of 20 bytes', '01 55 12 14', OTHER, { want: wantOf(SHA2_256, TEXT, 20) }),
  vector('forged', 'something for a block of no bytes', '01 55 12 20', OTHER, {
    want: wantOf(SHA2_256, NOTHING),
    block: NOTHING
  }),
  vector('forged', '2 MiB of something else', '01 55 12 20', numberedBlock(2, 2 * MIB).bytes, {
    want: wantOf(SHA2_256, numberedBlock(1, 2 * MIB).bytes),
    block: numberedBlock(1, 2 * MIB).bytes
  }),
  vector('forged', 'bytes whose digest is wanted under another function', '01 55 16 20', TEXT, { also: CONFUSED })
]

function flipped(at: number, bit: number): Uint8Array {
  return TEXT.map((byte, index) => (index === at ? byte ^ bit : byte))
}

export const VECTORS: readonly Vector[] = [
  ...TAKEN,
  ...BAD_PREFIXES,
  ...UNREADABLE,
  ...REFUSED,
  ...OTHER_KINDS,
  ...FORGED
]
