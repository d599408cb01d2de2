import { encode as encodeCbor } from '@ipld/dag-cbor'
import { encode as encodeDagJson } from '@ipld/dag-json'
import { encode as encodePb, prepare } from '@ipld/dag-pb'
import { decode as decodeDagCbor } from '@ipld/dag-cbor'
import { decode as decodeDagJson } from '@ipld/dag-json'
import { decode as decodePb } from '@ipld/dag-pb'
import * as json from 'multiformats/codecs/json'
import { InvalidParametersError } from '../../errors.ts'

interface DataCodec {
  encode(value: unknown): Uint8Array
  decode(bytes: Uint8Array): unknown
}

/** The codecs of data by the names under which users ask for them. */
const CODECS: Readonly<Record<string, DataCodec>> = {
  'dag-cbor': { encode: (value) => encodeCbor(value), decode: (bytes) => decodeDagCbor<unknown>(bytes) },
  'dag-json': { encode: (value) => encodeDagJson(value), decode: (bytes) => decodeDagJson<unknown>(bytes) },
  'dag-pb': { encode: (value) => encodePb(prepare(value as Parameters<typeof prepare>[0])), decode: decodePb },
  json: { encode: (value) => json.encode(value), decode: (bytes) => json.decode<unknown>(bytes) },
  // Without links, dag-cbor is one of the forms of cbor.
  cbor: { encode: (value) => encodeCbor(value), decode: (bytes) => decodeDagCbor<unknown>(bytes) },
  raw: { encode: rawBytes, decode: (bytes) => bytes }
}

export const DATA_CODEC_NAMES: readonly string[] = Object.keys(CODECS)

/** What data of a codec looks like to whoever gave something else. */
const EXPECTED: Readonly<Record<string, string>> = {
  'dag-json': 'JSON such as {"name":"a"}, its links as {"/":"bafy…"}',
  json: 'JSON such as {"name":"a"}',
  'dag-cbor': 'CBOR, its links with tag 42',
  cbor: 'CBOR',
  'dag-pb': 'the bytes of a dag-pb node'
}

/** Throws `InvalidParametersError` for a name that is unknown, and for data that the codec cannot hold. */
export function encodeAs(name: string, value: unknown): Uint8Array {
  const codec = codecOf(name)
  return saying(`this cannot be written as ${name}`, () => codec.encode(value))
}

export function decodeAs(name: string, bytes: Uint8Array): unknown {
  const codec = codecOf(name)
  const expected = Object.hasOwn(EXPECTED, name) ? EXPECTED[name] : undefined
  const what = expected === undefined ? '' : `: expected ${expected}, or another input codec named`
  return saying(`the input is no ${name}${what}`, () => codec.decode(bytes))
}

function codecOf(name: string): DataCodec {
  const codec = Object.hasOwn(CODECS, name) ? CODECS[name] : undefined
  if (codec !== undefined) return codec
  throw new InvalidParametersError(`unknown multicodec: "${name}": expected one of ${Object.keys(CODECS).join(', ')}`)
}

/** A codec throws whatever it likes, of data nested too deeply a `RangeError`. */
function saying<T>(what: string, run: () => T): T {
  try {
    return run()
  } catch (cause) {
    throw new InvalidParametersError(`${what} (${reasonOf(cause)})`, { cause })
  }
}

/** Without what the codecs say of themselves: JSON is no CBOR to those who wrote it. */
function reasonOf(cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return reason.replace(/^CBOR decode error: /u, '').replace(/; this shouldn't happen$/u, '')
}

function rawBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new Error('only bytes can be')
}
