import type { CID } from 'multiformats/cid'
import type { GetOptions } from '../exchange.ts'
import { cidKey } from '../ids.ts'
import type { Wanting } from './get-blocks.ts'
import type { Waiter } from './waiter.ts'

/** One block of a session. Rejects with the reason of `signal`; the want is released then. */
export function getBlock(
  session: Wanting,
  cid: CID,
  priority: number,
  { signal, onProgress }: Pick<GetOptions, 'signal' | 'onProgress'>
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason)
      return
    }
    const done = (): void => signal?.removeEventListener('abort', abort)
    const waiter: Waiter = {
      arrived: (_key, bytes, from) => {
        done()
        onProgress?.({ type: 'bitswap:block', detail: { cid, from } })
        resolve(bytes)
      },
      failed: (_key, error) => {
        done()
        reject(error)
      }
    }
    const abort = (): void => {
      done()
      session.unwant(cidKey(cid), waiter)
      onProgress?.({ type: 'bitswap:unwant', detail: cid })
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort)
    onProgress?.({ type: 'bitswap:want', detail: cid })
    session.want(cid, waiter, priority)
  })
}
