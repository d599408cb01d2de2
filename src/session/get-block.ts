import type { CID } from 'multiformats/cid'
import type { GetOptions, ProgressEventLike } from '../exchange.ts'
import { cidKey } from '../ids.ts'
import type { Wanting } from './get-blocks.ts'
import type { Waiter } from './waiter.ts'

/**
 * One block of a session. Rejects with the reason of `signal`; the want is released then. What `onProgress` throws rejects
 * this call, and harms no other.
 */
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
    const tell = (event: ProgressEventLike): boolean => {
      try {
        onProgress?.(event)
      } catch (error) {
        reject(error)
        return false
      }
      return true
    }
    const done = (): void => signal?.removeEventListener('abort', abort)
    const waiter: Waiter = {
      arrived: (_key, bytes, from) => {
        done()
        tell({ type: 'bitswap:block', detail: { cid, from } })
        resolve(bytes)
      },
      asked: (_key, peer) => {
        if (tell({ type: 'bitswap:send-wantlist', detail: { cid, peer } })) return
        done()
        session.unwant(cidKey(cid), waiter)
      },
      failed: (_key, error) => {
        done()
        reject(error)
      }
    }
    const abort = (): void => {
      done()
      session.unwant(cidKey(cid), waiter)
      reject(signal?.reason)
      tell({ type: 'bitswap:unwant', detail: cid })
    }
    // Before anything is asked for: what it throws rejects the call by itself, and leaves nothing behind.
    onProgress?.({ type: 'bitswap:want', detail: cid })
    signal?.addEventListener('abort', abort)
    session.want(cid, waiter, priority)
  })
}
