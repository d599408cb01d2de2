import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { expect, it } from 'vitest'
import { cidEncoder } from '../../../src/api/formats/cid-encoder.ts'
import type { Call } from '../../../src/api/server/route.ts'

const OLD = 'QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR'
const NEW = CID.parse(OLD).toV1()

function encode(options: Readonly<Record<string, string | boolean>>, cid: string): string {
  const call: Call = {
    args: [],
    options: new Map(Object.entries(options)),
    files: () => {
      throw new Error('there are none')
    },
    signal: new AbortController().signal
  }
  return cidEncoder(call)(cid)
}

// As Kubo's command line shows them.
it.each<[Record<string, string | boolean>, string, string]>([
  [{}, OLD, NEW.toString()],
  [{ 'cid-base': 'base32' }, NEW.toString(), NEW.toString()],
  [{ 'cid-base': 'base36' }, NEW.toString(base36), NEW.toString(base36)],
  [{ 'cid-base': 'base58btc' }, OLD, NEW.toString(base58btc)],
  [{ 'cid-base': 'base58btc', 'upgrade-cidv0-in-output': true }, NEW.toString(base58btc), NEW.toString(base58btc)],
  [{ 'cid-base': 'base36', 'upgrade-cidv0-in-output': false }, OLD, NEW.toString(base36)],
  [{ 'upgrade-cidv0-in-output': true }, NEW.toString(), NEW.toString()]
])('with %j, CIDs of version 0 and 1 are written %s and %s', (options, old, current) => {
  expect([encode(options, OLD), encode(options, NEW.toString())]).toEqual([old, current])
})
