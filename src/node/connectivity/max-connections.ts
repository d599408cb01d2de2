import type { Libp2p } from '@libp2p/interface'
import { isObject } from '../config/json.ts'

/** Changes how many connections libp2p holds at most. Its own type says nothing of this; undefined where it cannot be done. */
export function setMaxConnections(libp2p: Libp2p, max: number): void {
  const components: unknown = Reflect.get(libp2p, 'components')
  const manager = isObject(components) ? components.connectionManager : undefined
  if (!isObject(manager) || typeof manager.setMaxConnections !== 'function') return
  Reflect.apply(manager.setMaxConnections, manager, [max])
}
