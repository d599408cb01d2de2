import { expect, it, vi } from 'vitest'
import { createCli } from '../../src/cli/cli.ts'
import { build } from '../../src/cli/commands/log.ts'
import type { PeerService } from '../../src/api/service/peer-service.ts'

it.each([
  ['all', 'info', ['libp2p tells much then: `barter log level barter info` is enough for most']],
  ['*', 'DEBUG', ['libp2p tells much then: `barter log level barter DEBUG` is enough for most']],
  ['all', 'error', []],
  ['barter', 'debug', []]
])('says what is enough when %s is set to %s, and all would be too much', async (subsystem, level, hints) => {
  const cli = createCli()
  const setLevel = vi.fn()
  const service = { log: { setLevel } } as unknown as PeerService
  const told: string[] = []
  const print = vi.fn(() => Promise.resolve())
  const command = build({
    ...cli,
    print,
    hint: (line) => void told.push(line),
    withService: (_command, _need, run) => run(service, { isDaemon: true })
  })
  await command.parseAsync(['level', subsystem, level], { from: 'user' })
  cli.close()
  expect(setLevel).toHaveBeenCalledWith(subsystem, level)
  expect(print).toHaveBeenCalledWith(`Changed log level of '${subsystem}' to '${level}'`)
  expect(told).toEqual(hints)
})
