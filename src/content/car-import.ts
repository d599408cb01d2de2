import type { CID } from 'multiformats/cid'
import { IDENTITY_CODE } from '../hashing/hash-codes.ts'
import { checkBlock } from '../hashing/verify-block.ts'
import type { AbortOptions, Hashers } from '../ports.ts'
import type { Lease } from '../storage/kept-blockstore.ts'
import { CarError } from './car-error.ts'
import { CarReader, type CarOptions } from './car-reader.ts'
import { PutWindow } from './put-window.ts'

export interface CarImport {
  readonly roots: readonly CID[]
  readonly blocks: number
  readonly bytes: number
  /** The most bytes of blocks that were held at a time. */
  readonly peakBytes: number
}

export interface CarImportOptions extends CarOptions, AbortOptions {
  /** Told of blocks that are stored. */
  readonly stored?: (cids: readonly CID[]) => Promise<void>
}

/** Blocks stored before those who wait for them are told. */
const TELL_EVERY = 128

/**
 * Stores every block of a CAR, each verified first. When the CAR cannot be read on, what came before stays stored, and the
 * `CarError` says how far it was read.
 */
export async function importCar(
  lease: Pick<Lease, 'put'>,
  hashers: Hashers,
  chunks: AsyncIterable<Uint8Array>,
  options: CarImportOptions = {}
): Promise<CarImport> {
  const car = await CarReader.open(chunks, options)
  const window = new PutWindow()
  const told: CID[] = []
  let blocks = 0
  let size = 0
  let last: CID | undefined
  try {
    for await (const { cid, bytes, offset } of car.blocks()) {
      options.signal?.throwIfAborted()
      const verdict = checkBlock(hashers, cid, bytes)
      if (verdict !== 'valid') throw new CarError(`${cid.toString()} ${REASONS[verdict]}`, offset)
      last = cid
      blocks += 1
      size += bytes.byteLength
      if (cid.multihash.code === IDENTITY_CODE) continue
      await window.add(bytes.byteLength, async () => {
        await lease.put(cid, bytes)
        told.push(cid)
      })
      if (told.length >= TELL_EVERY) await options.stored?.(told.splice(0))
    }
  } catch (error) {
    await window.finish()
    if (!(error instanceof CarError) || last === undefined) throw error
    throw new CarError(`import failed after block "${last.toString()}": ${withoutOffset(error)}`, error.offset, {
      cause: error
    })
  } finally {
    if (told.length > 0) await options.stored?.(told.splice(0))
  }
  await window.finish()
  if (told.length > 0) await options.stored?.(told.splice(0))
  return { roots: car.roots, blocks, bytes: size, peakBytes: window.peakBytes }
}

const REASONS = { mismatch: 'does not hash to its CID', unsupported: 'cannot be verified: its hash is not known here' }

function withoutOffset({ message, offset }: CarError): string {
  return message.replace(`, at byte ${offset}`, '')
}
