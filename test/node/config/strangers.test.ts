import { expect, test } from 'vitest'
import { defaultConfig } from '../../../src/node/config/default-config.ts'
import { effectiveEntries } from '../../../src/node/config/effective.ts'
import { applyProfiles, PROFILES } from '../../../src/node/repo/profiles.ts'
import { strangersNote } from '../../../src/node/config/strangers.ts'

function noteOn(source: Record<string, unknown>): string | undefined {
  return strangersNote(effectiveEntries({ file: '', source, merged: source, overrides: [] }))
}

test('what init writes is known, with any profile', () => {
  const own = defaultConfig({ PeerID: 'a', PrivKey: 'b' })
  expect(noteOn(own)).toBeUndefined()
  for (const name of Object.keys(PROFILES)) expect(noteOn(applyProfiles(own, name, { isNew: true }))).toBeUndefined()
})

test.each([
  [{}, undefined],
  [{ Swarm: { ConnMgr: { HighWater: 1 } }, Barter: { Policy: { Deny: [] } } }, undefined],
  [
    { Swarm: { ConMgr: { HighWater: 1, LowWater: 2 } } },
    'nothing reads `Swarm.ConMgr` (did you mean `Swarm.ConnMgr`?); it is kept '
  ],
  [
    { Mounts: { IPFS: '/ipfs' }, Datastore: { StorageMx: 1 } },
    '`Mounts`, `Datastore.StorageMx` (did you mean `Datastore.StorageMax`?); they are kept '
  ],
  [Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`Strange${at}x`, at])), '`Strange9x` and 2 more; they ']
])('of %j', (source, told) => {
  const note = noteOn(source)
  if (told === undefined) expect(note).toBeUndefined()
  else expect(note).toContain(told)
})
