import { ApiError } from '../api-error.ts'
import { cidEncoder } from '../formats/cid-encoder.ts'
import type { PinInfo, PinType } from '../service/content-service.ts'
import { readDuration } from '../formats/duration.ts'
import { asKuboRefuses } from '../formats/kubo-duration.ts'
import type { PeerService } from '../service/peer-service.ts'
import { flag, json, lines, readOptions, text, type Call, type Reply, type Route } from '../server/route.ts'

const PATHS_ARG = { name: 'ipfs-path', min: 1, many: true } as const
const RECURSIVE = { name: 'recursive', also: ['r'], type: 'bool' } as const

export const PIN_ROUTES: readonly Route[] = [
  {
    path: 'pin/add',
    arg: PATHS_ARG,
    options: [
      RECURSIVE,
      { name: 'name', also: ['n'], type: 'string' },
      { name: 'progress', type: 'bool' },
      { name: 'idle-timeout', type: 'string' }
    ],
    run: add
  },
  {
    path: 'pin/rm',
    arg: PATHS_ARG,
    options: [RECURSIVE],
    run: async (service, call) => {
      const options = { signal: call.signal, recursive: flag(call, 'recursive', true) }
      const removed = await service.contents.pins.remove(call.args, options)
      return json({ Pins: removed.map(cidEncoder(call)) })
    }
  },
  {
    path: 'pin/update',
    arg: PATHS_ARG,
    options: [{ name: 'unpin', type: 'bool' }],
    run: async (service, call) => {
      const [from, to, ...others] = call.args
      if (from === undefined || to === undefined) throw new ApiError('parse', 'argument "to-path" is required')
      if (others.length > 0) throw new ApiError('parse', `expected 2 arguments for pin/update, got ${call.args.length}`)
      const options = { ...readOptions(call), unpin: flag(call, 'unpin', true) }
      return json({ Pins: (await service.contents.pins.update(from, to, options)).map(cidEncoder(call)) })
    }
  },
  {
    path: 'pin/ls',
    arg: { ...PATHS_ARG, min: 0 },
    options: [
      { name: 'type', also: ['t'], type: 'string' },
      { name: 'quiet', also: ['q'], type: 'bool' },
      { name: 'name', also: ['n'], type: 'string' },
      { name: 'names', type: 'bool' },
      { name: 'stream', also: ['s'], type: 'bool' }
    ],
    run: list
  },
  {
    path: 'pin/verify',
    options: [
      { name: 'verbose', type: 'bool' },
      { name: 'quiet', also: ['q'], type: 'bool' }
    ],
    run: (service, call) => lines(verified(service, call))
  }
]

async function add(service: PeerService, call: Call): Promise<Reply> {
  const idle = text(call, 'idle-timeout')
  const refusal = asKuboRefuses({ after: ' (for option "-idle-timeout")' })
  const idleMs = idle === undefined ? undefined : readDuration(idle, { refusal })
  const options = { ...readOptions(call), recursive: flag(call, 'recursive', true), name: text(call, 'name'), idleMs }
  const events = service.contents.pins.add(call.args, options)
  const encode = cidEncoder(call)
  if (flag(call, 'progress')) return lines(withProgress(events, encode))
  const Pins: string[] = []
  for await (const event of events) if (event.type === 'pinned') Pins.push(encode(event.cid))
  return json({ Pins })
}

async function* withProgress(
  events: ReturnType<PeerService['contents']['pins']['add']>,
  encode: (cid: string) => string
): AsyncGenerator {
  const Pins: string[] = []
  for await (const event of events) {
    if (event.type === 'pinned') Pins.push(encode(event.cid))
    else yield { Progress: event.blocks, Bytes: event.bytes }
  }
  yield { Pins }
}

async function list(service: PeerService, call: Call): Promise<Reply> {
  const name = text(call, 'name')
  const options = { signal: call.signal, paths: call.args, type: (text(call, 'type') ?? 'all') as PinType, name }
  const pins = service.contents.pins.list(options)
  const names = flag(call, 'names') || name !== undefined
  const encode = cidEncoder(call)
  if (flag(call, 'stream')) return lines(streamed(pins, names, encode))
  const entries: [string, unknown][] = []
  for await (const pin of pins) entries.push([encode(pin.cid), { Type: typeText(pin), Name: names ? pin.name : '' }])
  if (entries.length === 0) return json({})
  return json({ Keys: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) })
}

async function* streamed(
  pins: AsyncIterable<PinInfo>,
  names: boolean,
  encode: (cid: string) => string
): AsyncGenerator {
  for await (const pin of pins) {
    const Name = names && pin.name !== '' ? { Name: pin.name } : {}
    yield { Cid: encode(pin.cid), ...Name, Type: typeText(pin) }
  }
}

function typeText({ type, via }: PinInfo): string {
  return via === undefined ? type : `${type} through ${via}`
}

async function* verified(service: PeerService, call: Call): AsyncGenerator {
  if (flag(call, 'verbose') && flag(call, 'quiet')) {
    throw new ApiError('command', 'the --verbose and --quiet options can not be used at the same time')
  }
  const encode = cidEncoder(call)
  for await (const { cid, bad } of service.contents.pins.verify({ signal: call.signal })) {
    if (bad.length > 0) {
      const BadNodes = bad.map((one) => ({ Cid: encode(one.cid), Err: one.error }))
      yield { Cid: encode(cid), ...(flag(call, 'quiet') ? {} : { BadNodes }) }
    } else if (flag(call, 'verbose')) {
      yield { Cid: encode(cid), Ok: true }
    }
  }
}
