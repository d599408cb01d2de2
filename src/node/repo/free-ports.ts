import { findFreePort, isPortFree } from '../libp2p/listen.ts'
import { valueAt, type JsonObject } from '../config/json.ts'
import { merge } from './profiles.ts'

/** A port of the config that another program has, and the one that stands there now. */
export interface MovedPort {
  readonly port: number
  readonly instead: number
}

const KEYS = ['Swarm', 'API', 'Gateway']

/** A config whose TCP ports are free now, and those that had to be moved for it. */
export async function withFreePorts(planned: JsonObject): Promise<{ config: JsonObject; moved: readonly MovedPort[] }> {
  const moved: MovedPort[] = []
  const place = async (address: unknown): Promise<unknown> => {
    const [, before, host, digits] =
      (typeof address === 'string' && /^(\/ip4\/([\d.]+)\/tcp\/)(\d+)$/u.exec(address)) || []
    if (before === undefined || host === undefined || (await isPortFree(Number(digits), host))) return address
    const instead = await findFreePort(host)
    moved.push({ port: Number(digits), instead })
    return `${before}${instead}`
  }
  const addresses: Record<string, unknown> = {}
  for (const key of KEYS) {
    const value = valueAt(planned, ['Addresses', key])
    addresses[key] = Array.isArray(value) ? await Promise.all(value.map(place)) : await place(value)
  }
  return { config: merge(planned, 'Addresses', addresses), moved }
}
