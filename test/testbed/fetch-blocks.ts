import type { CID } from 'multiformats/cid'
import type { Exchange } from '../../src/exchange.ts'
import type { BlockName, Ending, FetchJob } from './peer-calls.ts'
import { blockOf, digestOf } from './round-block.ts'

/** Asks for blocks and tells how each want ended. Every want is in the answer once, whatever happens. */
export async function fetchBlocks(exchange: Exchange, { blocks, way, giveUpMs }: FetchJob): Promise<Ending[]> {
  const begun = performance.now()
  const signal = AbortSignal.timeout(giveUpMs)
  const wanted = blocks.map((name) => ({ ...name, cid: blockOf(name).cid }))
  const ended = (number: number, bytes: Uint8Array): Ending => {
    return { number, ms: elapsed(begun), sha256: digestOf(bytes), bytes: bytes.byteLength }
  }
  const failed = (number: number, error: unknown): Ending => {
    return {
      number,
      ms: elapsed(begun),
      failed: error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    }
  }
  if (way === 'together') return await together(exchange, wanted, signal, { ended, failed })
  const session = way === 'in-session' ? exchange.createSession() : undefined
  const get = (cid: CID): Promise<Uint8Array> => (session ?? exchange).get(cid, { signal })
  const endings = wanted.map(({ number, cid }) =>
    get(cid).then(
      (bytes) => ended(number, bytes),
      (error: unknown) => failed(number, error)
    )
  )
  const all = await Promise.all(endings)
  session?.close()
  return all
}

interface Tell {
  readonly ended: (number: number, bytes: Uint8Array) => Ending
  readonly failed: (number: number, error: unknown) => Ending
}

async function together(
  exchange: Exchange,
  wanted: readonly (BlockName & { readonly cid: CID })[],
  signal: AbortSignal,
  { ended, failed }: Tell
): Promise<Ending[]> {
  const open = new Map(wanted.map(({ number, cid }) => [cid.toString(), number]))
  const endings: Ending[] = []
  try {
    const cids = wanted.map(({ cid }) => cid)
    for await (const { cid, bytes } of exchange.getMany(cids, { signal })) {
      const number = open.get(cid.toString())
      if (number === undefined) throw new Error(`${cid.toString()} was not asked for, or came twice`)
      open.delete(cid.toString())
      endings.push(ended(number, bytes))
    }
    for (const number of open.values()) endings.push(failed(number, new Error('the request ended without it')))
  } catch (error) {
    for (const number of open.values()) endings.push(failed(number, error))
  }
  return endings
}

function elapsed(since: number): number {
  return Math.round(performance.now() - since)
}
