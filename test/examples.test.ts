import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { PROJECT } from './tools/source-tree.ts'

const run = promisify(execFile)

/** What each example must print to have shown what it is for. */
const SHOWS: Readonly<Record<string, readonly RegExp[]>> = {
  '1-trade-a-block.ts': [/^bob got: one block of content$/m, /^alice sent 20 bytes, bob received 20$/m],
  '2-file-from-two-providers.ts': [
    /^carol read 16777216 of 16777216 bytes/m,
    /(^ {2}[1-9]\d+ bytes from 12D3Koo\w+\n){2}/m
  ],
  '3-your-own-strategy.ts': [
    /^finished first: the friend with 33554432 bytes, then the stranger with 33554432 bytes$/m
  ],
  '4-watch-ledgers-and-progress.ts': [
    /^100 blocks came over the network/m,
    /^ {2}bitswap:block: 100$/m,
    /^bob received 100 blocks, 0 twice/m,
    /^alice sent 3276800 bytes; the debt ratio is [1-9]\d+$/m
  ],
  '5-service-of-an-application.ts': [/^the customer got: sold over the counter$/m],
  '6-your-own-protocol.ts': [/^story\.txt: once upon a time$/m, /^connections: 1$/m],
  '7-in-a-helia-node.ts': [
    /^bob read 3000000 bytes, the same as alice added$/m,
    /^bob received 13 blocks, 0 of them twice$/m,
    /^bob's ledger: 3\d{6} bytes from alice$/m
  ],
  '8-your-own-scheduler.ts': [
    /^with patience: keeps the contract$/m,
    /^without: starves nobody\? a partner waited for \d+ s while others were served/m
  ],
  '9-command-a-daemon.ts': [/^three letters of it: for$/m, /^NotFoundError: .*could not find bafk/m, /^TimeoutError: /m]
}

const EXAMPLES = readdirSync(join(PROJECT, 'examples')).filter((name) => name.endsWith('.ts'))

describe('the examples', () => {
  it('are the ones known here', () => {
    expect(EXAMPLES.sort()).toEqual(Object.keys(SHOWS))
  })

  it.each(Object.entries(SHOWS))(
    '%s',
    async (name, shows) => {
      const { stdout, stderr } = await run(process.execPath, [join(PROJECT, 'examples', name)], { timeout: 60_000 })
      for (const pattern of shows) expect(stdout).toMatch(pattern)
      expect(stderr).toBe('')
    },
    70_000
  )
})
