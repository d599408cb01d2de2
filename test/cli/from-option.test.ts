import { Command } from 'commander'
import { expect, it, onTestFinished } from 'vitest'
import { errorText } from '../../src/api/api-error.ts'
import type { PeerService } from '../../src/api/service/peer-service.ts'
import { createCli, type Cli } from '../../src/cli/cli.ts'
import { withContent } from '../../src/cli/from-option.ts'
import { openService } from '../../src/cli/open-service.ts'
import { BitswapError, NotFoundError } from '../../src/errors.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { openDaemon } from '../support/open-daemon.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const MISSED = new NotFoundError('it is not here, in whatever words')
const ADVICE = /^(pin: )?it is not here, in whatever words\nno daemon runs: "barter daemon", or --from/u

/** How a command fails that fails so, with a daemon or without. */
async function failure(error: Error, { isDaemon = false, from = [] as readonly string[] } = {}): Promise<string> {
  const cli = createCli()
  onTestFinished(() => cli.close())
  // It is not asked for anything before it fails.
  const service = {} as PeerService
  const opened: Cli = { ...cli, withService: (_command, _need, run) => run(service, { isDaemon }) }
  return await withContent(opened, new Command('cat'), { from }, () => Promise.reject(error)).then(
    () => 'none',
    errorText
  )
}

it('what is missed where no daemon runs comes with how to get it, whatever its words', async () => {
  expect(await failure(MISSED)).toMatch(ADVICE)
  const wrapped = new BitswapError('PinError', 'ERR_PIN', `pin: ${MISSED.message}`, { cause: MISSED })
  expect(await failure(wrapped)).toMatch(ADVICE)
  expect(await failure(MISSED, { isDaemon: true })).toBe(MISSED.message)
  expect(await failure(MISSED, { from: ['https://gateway.example'] })).toBe(MISSED.message)
  expect(await failure(new Error('block was not found locally (offline), says a file'))).not.toContain('no daemon')
})

it('whether a daemon answers is known to whoever opens', async () => {
  const { root } = await openDaemon()
  const closed = await temporaryDirectory()
  await initRepo(closed, { profile: 'test' })
  for (const [repo, isDaemon] of [[root, true] as const, [closed, false] as const]) {
    const opened = await openService({ root: repo }, 'repo', () => undefined)
    expect(opened.isDaemon).toBe(isDaemon)
    await opened.close()
  }
})

it('why a peer could not be reached at several addresses is told in one line', async () => {
  const told = Promise.withResolvers<string>()
  const error = 'none of 2 addresses could be reached:\n* /ip4/192.0.2.7/tcp/1: closed\n* /ip4/192.0.2.7/tcp/2: closed'
  const connecting: Pick<PeerService, 'swarmConnect'> = {
    swarmConnect: () => Promise.resolve({ peer: '/dnsaddr/peer.example', error })
  }
  const cli = createCli()
  onTestFinished(() => cli.close())
  const opened: Cli = {
    ...cli,
    wait: (ms) => (ms === 1_000 ? Promise.resolve() : Promise.reject(new Error('not in this test'))),
    warn: (line) => told.resolve(line),
    withService: (_command, _need, run) => run(connecting as PeerService, { isDaemon: true })
  }
  await withContent(opened, new Command('cat'), { from: ['/dnsaddr/peer.example'] }, async () => {
    expect(await told.promise).toBe(
      'Warning: cannot reach /dnsaddr/peer.example (none of 2 addresses could be reached: ' +
        '* /ip4/192.0.2.7/tcp/1: closed * /ip4/192.0.2.7/tcp/2: closed): still trying; --timeout 30s would give up in time'
    )
  })
})
