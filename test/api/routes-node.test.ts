import { describe, expect, it, onTestFinished } from 'vitest'
import { OPEN_ACCESS } from '../../src/api/server/access.ts'
import { ApiCaller } from '../../src/api/remote/api-caller.ts'
import { RemoteService } from '../../src/api/remote/remote-service.ts'
import { ApiServer } from '../../src/api/server/server.ts'
import { listOf } from '../support/list-of.ts'
import { CID_TEXT, FakeService, PEER_TEXT } from '../support/fake-service.ts'

async function serve(): Promise<{ service: FakeService; calls: ApiCaller; remote: RemoteService }> {
  const service = new FakeService()
  const server = new ApiServer({ service, version: '0.1.0', access: OPEN_ACCESS })
  const address = await server.start({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.stop())
  return { service, calls: new ApiCaller(address), remote: new RemoteService(address) }
}

const bandwidth = { TotalIn: 10, TotalOut: 20, RateIn: 1.5, RateOut: 2.5 }
const record = { StartTime: '1970-01-01T00:00:00.000Z', Command: 'block/get' }

describe('commands about the node', () => {
  it.each([
    ['stats/bw', {}, bandwidth],
    ['stats/bw', { peer: PEER_TEXT }, bandwidth],
    ['swarm/filters', {}, { Strings: ['/ip4/10.0.0.0/ipcidr/8'] }],
    ['swarm/filters/add', { arg: ['/ip4/1', '/ip4/2'] }, { Strings: ['/ip4/1', '/ip4/2'] }],
    ['swarm/filters/rm', { arg: 'all' }, { Strings: ['/ip4/10.0.0.0/ipcidr/8'] }],
    ['swarm/resources', {}, { System: { Conns: 96, ConnsUsage: 3, Streams: 'unlimited', StreamsUsage: 7 } }],
    [
      'diag/cmds',
      {},
      [
        { ...record, EndTime: '0001-01-01T00:00:00Z', Active: true, Options: {}, Args: [], ID: 0 },
        { ...record, EndTime: '1970-01-01T00:00:01.000Z', Active: false, Options: {}, Args: [], ID: 1 }
      ]
    ],
    ['diag/healthy', {}, 'ok'],
    ['resolve', { arg: `/ipfs/${CID_TEXT}` }, { Path: `/ipfs/${CID_TEXT}` }],
    ['resolve', { arg: `/ipfs/${CID_TEXT}/a` }, { Path: `/ipfs/${CID_TEXT}` }],
    ['id', { 'peerid-base': 'base36' }, expect.objectContaining({ ID: expect.stringMatching(/^k51\w+$/u) as string })]
  ])('%s %o', async (command, query, expected) => {
    const { calls } = await serve()
    expect(await calls.value(command, query)).toEqual(expected)
  })

  it.each([
    ['version', {}, 'ipfs version 0.43.0+barter.0.1.0\n'],
    ['block/stat', { arg: CID_TEXT }, `Key: ${CID_TEXT}\nSize: 12\n`],
    ['swarm/filters', {}, '/ip4/10.0.0.0/ipcidr/8\n'],
    ['bitswap/wantlist', {}, `${CID_TEXT}\n`],
    ['resolve', { arg: CID_TEXT }, `/ipfs/${CID_TEXT}\n`],
    ['pin/add', { arg: CID_TEXT }, `pinned ${CID_TEXT} recursively\n`],
    ['pin/add', { arg: CID_TEXT, recursive: 'false' }, `pinned ${CID_TEXT} directly\n`],
    ['stats/bw', {}, '{\n  "TotalIn": 10,\n  "TotalOut": 20,\n  "RateIn": 1.5,\n  "RateOut": 2.5\n}\n'],
    ['diag/healthy', {}, 'ok\n']
  ])('%s can be had as text', async (command, query, expected) => {
    const { calls } = await serve()
    expect(await calls.text(command, { ...query, encoding: 'text' })).toBe(expected)
    expect(await calls.text(command, { ...query, enc: 'json' })).toMatch(/^["[{]/u)
    await expect(calls.text(command, { ...query, enc: 'gobs' })).rejects.toThrow('invalid encoding: gobs')
  })

  it('ping tells what Kubo tells', async () => {
    const { calls } = await serve()
    expect(await listOf(calls.lines('ping', { arg: PEER_TEXT, count: 3 }))).toEqual([
      { Success: true, Time: 0, Text: `PING ${PEER_TEXT}.` },
      ...[1, 2, 3].map((ms) => ({ Success: true, Time: ms * 1e6, Text: '' })),
      { Success: true, Time: 0, Text: 'Average latency: 2.00ms' }
    ])
    const far = calls.lines('ping', { arg: 'far', count: 1 })
    await expect(listOf(far)).rejects.toThrow('ping failed')
  })

  it('stats/bw goes on when it is asked to', async () => {
    const { calls, service } = await serve()
    const stop = new AbortController()
    const polled = calls.lines('stats/bw', { poll: true, interval: '1ms' }, { signal: stop.signal })
    expect((await polled.next()).value).toEqual(bandwidth)
    expect((await polled.next()).value).toEqual(bandwidth)
    stop.abort()
    await expect(polled.next()).rejects.toThrow()
    expect(service.calls.length).toBeGreaterThan(2)
    await expect(calls.text('stats/bw', { interval: 'soon' })).rejects.toThrow('invalid duration')
  })

  it('what is asked is written down, with its end', async () => {
    const { calls, service } = await serve()
    await calls.text('version', {})
    await expect.poll(() => service.diagnostics.begun).toEqual([{ command: 'version', args: [], ended: true }])
    await calls.text('diag/cmds/set-time', { arg: '5m' })
    expect(service.diagnostics.keptMs).toBe(300_000)
    await expect(calls.text('diag/cmds/set-time', { arg: 'later' })).rejects.toThrow('invalid duration')
  })

  it('names are not resolved here, nor what is no CID', async () => {
    const { calls } = await serve()
    await expect(calls.text('resolve', { arg: '/ipns/example.org' })).rejects.toThrow(
      'cannot resolve "/ipns/example.org"'
    )
    await expect(calls.text('resolve', { arg: '/ipfs/no' })).rejects.toThrow('invalid CID')
    await expect(calls.text('resolve', { arg: `/ipfs/${CID_TEXT}/zz` })).rejects.toThrow('no link named "zz"')
    await expect(calls.text('id', { 'peerid-base': 'base2' })).rejects.toThrow('unsupported peer id base: base2')
  })

  it('commands lists options when asked for', async () => {
    const { calls } = await serve()
    const root = await calls.json('commands', { flags: true })
    expect(root.Options).toContainEqual({ Names: ['encoding', 'enc'] })
    const ping = { Name: 'ping', Subcommands: [], Options: [{ Names: ['count', 'n'] }] }
    expect(root.Subcommands).toContainEqual(ping)
    expect((await calls.json('commands', {})).Subcommands).toContainEqual({ ...ping, Options: [] })
  })

  it('are understood by our own client', async () => {
    const { service, remote } = await serve()
    expect(await remote.network.bandwidth({ protocol: '/p' })).toEqual(service.network.bandwidth())
    expect(await listOf(remote.network.ping('far', { count: 2 })).catch((error: unknown) => error)).toEqual([
      { type: 'pong', latencyMs: 1 },
      { type: 'failed', message: 'context deadline exceeded' }
    ])
    expect(await remote.network.filters()).toEqual(service.network.filters())
    expect(await remote.network.removeFilters('all')).toEqual(service.network.filters())
    expect(await remote.network.resources()).toEqual(service.network.resources())
    expect((await remote.network.identify()).get(PEER_TEXT)).toEqual((await service.network.identify()).get(PEER_TEXT))
    expect(await remote.diagnostics.system()).toEqual(service.diagnostics.system())
    expect(await remote.diagnostics.commands()).toEqual(service.diagnostics.commands())
    await remote.diagnostics.check()
    expect((await remote.version()).version).toBe('0.1.0')
  })
})
