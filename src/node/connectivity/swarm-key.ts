import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { reasonOf, RepoError, systemCode } from '../repo/repo-error.ts'
import { salsa20 } from './salsa20.ts'

/** The secret that the peers of a private swarm share. */
export interface SwarmKey {
  /** 32 bytes. */
  readonly secret: Uint8Array
  /** Tells keys apart without telling them: hexadecimal, as Kubo prints it. */
  readonly fingerprint: string
}

const HEADER = '/key/swarm/psk/1.0.0/'
const KEY_BYTES = 32
const FORM = `expected three lines: ${HEADER}, then /base16/, /base64/ or /bin/, then the ${KEY_BYTES} bytes of the key`

/** The key in a `swarm.key` file, or undefined when there is none. Rejects with `RepoError` when it is no key. */
export async function readSwarmKey(path: string): Promise<SwarmKey | undefined> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined
    throw new RepoError('ERR_SWARM_KEY', `the swarm key ${path} cannot be read: ${reasonOf(cause)}`, { cause })
  }
  return parseSwarmKey(bytes, path)
}

/** Reads the content of a `swarm.key` file. Throws `RepoError` that names `where`, and never the key. */
export function parseSwarmKey(content: Uint8Array, where: string): SwarmKey {
  const bytes = Buffer.from(content)
  const wrong = (what: string): RepoError =>
    new RepoError('ERR_SWARM_KEY', `the swarm key ${where} cannot be used: ${what}: ${FORM}`)
  const header = line(bytes, 0)
  if (header?.text !== HEADER) throw wrong('its first line is another')
  const encoding = line(bytes, header.end)
  if (encoding === undefined) throw wrong('it ends after its first line')
  const secret = decode(encoding.text, bytes.subarray(encoding.end))
  if (secret === undefined) throw wrong(`its encoding is ${JSON.stringify(encoding.text.slice(0, 20))}`)
  if (secret.length !== KEY_BYTES) throw wrong('its third line is no such key')
  return { secret, fingerprint: fingerprintOf(secret) }
}

/** The file in the one form that libp2p reads. */
export function formatSwarmKey({ secret }: SwarmKey): Uint8Array {
  return Buffer.from(`${HEADER}\n/base16/\n${Buffer.from(secret).toString('hex')}`)
}

/** True when the environment forbids to start in public (`LIBP2P_FORCE_PNET`). */
export function isPrivateForced(env: NodeJS.ProcessEnv = process.env): boolean {
  const value = env.LIBP2P_FORCE_PNET ?? ''
  return value !== '' && value !== '0'
}

function line(bytes: Buffer, start: number): { text: string; end: number } | undefined {
  const end = bytes.indexOf('\n', start)
  if (end < 0) return undefined
  return { text: bytes.subarray(start, end).toString('latin1').trimEnd(), end: end + 1 }
}

/** Undefined for an encoding that is not known; too short when the text is not in it. */
function decode(encoding: string, bytes: Buffer): Buffer | undefined {
  const text = bytes.toString('latin1').trim()
  switch (encoding) {
    case '/base16/':
      return /^[0-9a-f]*$/iu.test(text) ? Buffer.from(text, 'hex') : Buffer.alloc(0)
    case '/base64/':
      return /^[0-9a-z+/]*={0,2}$/iu.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0)
    case '/bin/':
      return bytes.subarray(0, KEY_BYTES)
    default:
      return undefined
  }
}

/** The key goes through a cipher before it is hashed, so that a broken hash alone does not give it away. As in go-libp2p. */
function fingerprintOf(secret: Uint8Array): string {
  const stream = salsa20(secret, Buffer.from('finprint'), 64)
  return createHash('shake128', { outputLength: 16 }).update(stream).digest('hex')
}
