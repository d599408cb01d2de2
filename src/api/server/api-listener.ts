import { once } from 'node:events'
import { chmod, lstat, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { InvalidParametersError } from '../../errors.ts'
import type { ApiAccess } from './access.ts'
import { isLoopback, isUnix, type ApiAddress, type TcpAddress, type UnixAddress } from '../api-address.ts'

/** Throws `InvalidParametersError` when this access must not be given at this address. */
export function checkExposure(address: ApiAddress, { requireToken, authorizations = [] }: ApiAccess): void {
  if (isLoopback(address) || requireToken || authorizations.length > 0) return
  const host = isUnix(address) ? address.socketPath : address.host
  throw new InvalidParametersError(
    `the API would listen on ${host}, where other machines can command this peer, and ask nobody for a token: ` +
      'set API.RequireToken to true, or Addresses.API to a loopback address such as /ip4/127.0.0.1/tcp/5001'
  )
}

/** Listens; resolves with the address, its port chosen by the system when 0 was asked. */
export async function listenAt(server: Server, address: ApiAddress): Promise<ApiAddress> {
  return isUnix(address) ? await listenAtPath(server, address) : await listenAtPort(server, address)
}

async function listenAtPort(server: Server, { host, port }: TcpAddress): Promise<TcpAddress> {
  server.listen(port, host)
  await once(server, 'listening')
  const bound = server.address()
  return { host, port: typeof bound === 'object' && bound !== null ? bound.port : port }
}

/** A socket that only its owner may open, from its first moment on. One that nobody listens at any more is replaced. */
async function listenAtPath(server: Server, address: UnixAddress): Promise<UnixAddress> {
  const { socketPath } = address
  if (await isLeftBehind(socketPath)) await rm(socketPath)
  const before = process.umask(0o177)
  try {
    server.listen({ path: socketPath })
  } finally {
    process.umask(before)
  }
  await once(server, 'listening')
  await chmod(socketPath, 0o600)
  return address
}

/** A socket that nobody listens at. What else lies there is not ours to take away. */
async function isLeftBehind(path: string): Promise<boolean> {
  const isSocket = await lstat(path).then(
    (found) => found.isSocket(),
    () => false
  )
  if (!isSocket) return false
  const socket = connect({ path })
  try {
    await once(socket, 'connect')
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
  } finally {
    socket.destroy()
  }
}
