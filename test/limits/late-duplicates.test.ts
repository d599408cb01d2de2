import { expect, it } from 'vitest'
import { LateRounds, latenessOf } from '../support/late-rounds.ts'
import { SEED } from '../support/seed.ts'
import { report } from './support/scale.ts'

const ROUNDS = 10_000

it('an honest peer whose blocks come late 10,000 times is not struck once', { timeout: 180_000 }, async () => {
  const started = performance.now()
  const rounds = await LateRounds.start(SEED)
  for (let round = 0; round < ROUNDS; round++) {
    rounds.expectTrust(await rounds.round(latenessOf(round)))
  }
  const { dupBlocksReceived, unwantedBlocksReceived, blocksReceived } = rounds.bob.bitswap.stat()
  expect([dupBlocksReceived, unwantedBlocksReceived]).toEqual([ROUNDS, 0])
  rounds.expectLedgers()
  const minutes = rounds.swarm.clock.now() / 60_000
  report('4', {
    seed: SEED,
    late: dupBlocksReceived,
    ofBlocks: blocksReceived,
    aMinute: dupBlocksReceived / minutes,
    score: Math.min(...rounds.peers.map(({ id }) => rounds.bob.bitswap.trust.of(id)?.score ?? 0)),
    virtualMinutes: minutes,
    tookMs: performance.now() - started
  })
})
