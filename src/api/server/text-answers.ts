import { ApiError } from '../api-error.ts'
import type { Call, Reply } from './route.ts'
import { list, text, texts, type Fields } from '../remote/wire.ts'

type Asked = Pick<Call, 'options'>

/** One answer, or one line of many, as text. */
type ToText = (value: Fields, asked: Asked) => string

const strings: ToText = (value) => texts(value, 'Strings').map(line).join('')
const peers: ToText = (value) => texts(value, 'Peers').map(line).join('')
const removed: ToText = (value) => (value.Error === undefined ? line(`removed ${cidOf(value, 'Key')}`) : '')

/** What Kubo's API writes where `encoding=text` is asked for. */
const TEXTS: Readonly<Record<string, ToText>> = {
  add: (value) => (value.Hash === undefined ? '' : line(`added ${text(value, 'Hash')} ${text(value, 'Name')}`)),
  'bitswap/wantlist': (value) =>
    list(value, 'Keys')
      .map((key) => line(linkOf(key)))
      .join(''),
  'block/put': (value) => line(text(value, 'Key')),
  'block/rm': (value) => (value.Error === undefined ? line(`removed ${text(value, 'Hash')}`) : ''),
  'block/stat': (value) => `Key: ${text(value, 'Key')}\nSize: ${String(value.Size)}\n`,
  bootstrap: peers,
  'bootstrap/list': peers,
  'dag/put': (value) => line(cidOf(value, 'Cid')),
  'pin/add': (value, { options }) =>
    texts(value, 'Pins')
      .map((cid) => line(`pinned ${cid} ${options.get('recursive') === false ? 'directly' : 'recursively'}`))
      .join(''),
  'pin/rm': (value) =>
    texts(value, 'Pins')
      .map((cid) => line(`unpinned ${cid}`))
      .join(''),
  refs: (value) => line(text(value, 'Ref')),
  'refs/local': (value) => line(text(value, 'Ref')),
  'repo/gc': removed,
  'repo/ls': (value) => line(text(value, 'Ref')),
  'repo/version': (value) => line(`ipfs repo version fs-repo@${text(value, 'Version')}`),
  resolve: (value) => line(text(value, 'Path')),
  'swarm/addrs/listen': strings,
  'swarm/addrs/local': strings,
  'swarm/connect': strings,
  'swarm/disconnect': strings,
  'swarm/filters': strings,
  'swarm/filters/add': strings,
  'swarm/filters/rm': strings,
  version: (value) => line(`ipfs version ${text(value, 'Version')}`)
}

/** Whether a call asks for text. Throws a `parse` error when it asks for what is neither text nor JSON. */
export function asksForText({ options }: Asked): boolean {
  const encoding = options.get('encoding') ?? 'json'
  if (encoding !== 'json' && encoding !== 'text') throw new ApiError('parse', `invalid encoding: ${String(encoding)}`)
  return encoding === 'text'
}

/** A reply as text; where there is none for a command, JSON over several lines. */
export function asText(reply: Reply, path: string, asked: Asked): Reply {
  if (reply.kind === 'bytes' || reply.kind === 'empty') return reply
  const toText = (value: unknown): Uint8Array => Buffer.from(textOf(path, value, asked))
  const chunks = reply.kind === 'json' ? mapped(one(reply.value), toText) : mapped(reply.values, toText)
  return { kind: 'bytes', type: 'text/plain', chunks }
}

function textOf(path: string, value: unknown, asked: Asked): string {
  const toText = TEXTS[path]
  if (toText !== undefined && typeof value === 'object' && value !== null) return toText(value as Fields, asked)
  return line(typeof value === 'string' ? value : JSON.stringify(value, null, 2))
}

const line = (words: string): string => `${words}\n`

function cidOf(value: Fields, name: string): string {
  return linkOf(value[name])
}

function linkOf(value: unknown): string {
  return typeof value === 'object' && value !== null && '/' in value ? String(value['/']) : String(value)
}

async function* mapped<Value>(
  values: AsyncIterable<Value>,
  toText: (value: Value) => Uint8Array
): AsyncGenerator<Uint8Array> {
  for await (const value of values) yield toText(value)
}

// eslint-disable-next-line @typescript-eslint/require-await -- one value, as a stream
async function* one(value: unknown): AsyncGenerator {
  yield value
}
