import { expect, test } from 'vitest'
import { strategyByName } from '../src/engine/strategies/by-name.ts'
import { didYouMean } from '../src/did-you-mean.ts'
import { clientByName } from '../src/laboratory/clients/catalogue.ts'
import { readExperiment } from '../src/laboratory/experiment/read-experiment.ts'

test.each([
  ['tit-for-tta', '. Did you mean tit-for-tat?'],
  ['Fair-Share', '. Did you mean fair-share?'],
  ['fairshare', '. Did you mean fair-share?'],
  ['kindness', ''],
  ['', '']
])('%s', (written, hint) => {
  expect(didYouMean(written, ['fair-share', 'tit-for-tat'])).toBe(hint)
})

test('names of strategies and scenarios that are nearly right are set right', async () => {
  expect(() => strategyByName('debt-ration')).toThrow(/Did you mean debt-ratio\?$/)
  expect(() => strategyByName('kindness')).not.toThrow(/Did you mean/)
  expect(() => clientByName('boxxo:x=1')).toThrow(/Did you mean boxo\?$/)
  await expect(readExperiment('swarn', {})).rejects.toThrow(/Did you mean swarm\?$/)
})
