import { expectSame, expectTraded, fresh, type Stage, stock } from './stage.ts'

/** A trade that has to work with every program, in both directions. */
export interface Scenario {
  readonly name: string
  /** False where a program cannot do its part in this role; that is left out, by name, from what it is tested for. */
  readonly fits?: (stage: Stage) => boolean
  readonly run: (stage: Stage) => Promise<void>
  readonly timeoutMs?: number
}

export const oneBlock: Scenario = {
  name: 'one block',
  run: async (stage) => {
    const { provider, consumer } = await stage.pair()
    const [block] = await stock(provider, fresh(1, 10_000))
    if (block === undefined) throw new Error('no block')
    expectSame(await consumer.get(block.cid), block.bytes)
    await expectTraded(stage, provider, consumer, [block])
  }
}

export const SCENARIOS: readonly Scenario[] = [oneBlock]
