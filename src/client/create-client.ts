import '../node/require-node.ts'
import { ApiCaller } from '../api/remote/api-caller.ts'
import { parseApiAddress, type ApiAddress } from '../api/api-address.ts'
import { ApiUnreachableError } from '../api/api-error.ts'
import { RemoteService } from '../api/remote/remote-service.ts'
import { InvalidParametersError } from '../errors.ts'
import { readApiFile } from '../node/repo/api-file.ts'
import { readApiToken } from '../node/repo/api-token.ts'
import { defaultRepoPath } from '../node/repo/repo-path.ts'

export { ApiError, ApiUnreachableError } from '../api/api-error.ts'
export { BitswapError, InvalidParametersError, NotFoundError } from '../errors.ts'
export type { ApiCaller } from '../api/remote/api-caller.ts'
export type * from '../api/service/peer-service.ts'
export type { ReadOptions } from '../api/service/read-options.ts'

export interface ClientInit {
  /** Where the daemon listens: a multiaddr (`/ip4/127.0.0.1/tcp/5001`, `/unix/run/barter.sock`) or `http://host:port`. */
  readonly api?: string
  /** What the file `api-token` of its repo holds. */
  readonly token?: string | undefined
  /** Instead of a token: a secret of `API.Authorizations`, such as `basic:user:password`. */
  readonly auth?: string
}

const DEFAULT_API = '/ip4/127.0.0.1/tcp/5001'

/**
 * Commands a daemon in another process, or on another machine. What it streams can be read as it comes; an error that it
 * tells of after the first byte, in a trailer or among the lines, is thrown there. Aborting a call ends it at the daemon.
 */
export class Client extends RemoteService {
  /** Commands by their path in the API, such as `call.json('repo/stat', { 'size-only': true })`, for what has no method. */
  readonly call: ApiCaller

  constructor(address: ApiAddress, options: { readonly auth?: string | undefined } = {}) {
    super(address, options)
    this.call = new ApiCaller(address, options)
  }
}

/** Contacts nobody yet. Throws `InvalidParametersError` for an address or a secret that is none. */
export function createClient({ api = DEFAULT_API, token, auth }: ClientInit = {}): Client {
  const secret = auth ?? (token === undefined ? undefined : `bearer:${token}`)
  return new Client(api.includes('://') ? parseUrl(api) : parseApiAddress(api), { auth: secret })
}

/** The daemon of a repo of this machine, with its token. Rejects with `ApiUnreachableError` when none runs. */
export async function openClient(repo: string = defaultRepoPath()): Promise<Client> {
  const address = await readApiFile(repo)
  if (address === undefined) throw new ApiUnreachableError(`of ${repo}: no daemon of this repo says where it listens`)
  const token = await readApiToken(repo)
  return new Client(address, { auth: token === undefined ? undefined : `bearer:${token}` })
}

function parseUrl(text: string): ApiAddress {
  const url = URL.parse(text)
  if (url?.protocol !== 'http:' || !['/', '/api/v0', '/api/v0/'].includes(url.pathname)) {
    throw new InvalidParametersError(`"${text}" is no address for the API: expected one like http://127.0.0.1:5001`)
  }
  const host = url.hostname.replace(/^\[|\]$/gu, '')
  return { host, port: url.port === '' ? 80 : Number(url.port) }
}
