import { describe, expect, it } from 'vitest'
import { DhtCalls } from '../../../src/node/bandwidth/dht-calls.ts'

describe('messages of the DHT', () => {
  it('are counted by direction and type, for both DHTs together; nothing else is', () => {
    const calls = new DhtCalls(() => 0)
    for (const dht of ['wan', 'lan']) {
      calls.counterGroup(`libp2p_dht_${dht}_outbound_rpc_requests_total`)?.increment({ FIND_NODE: true })
      calls.counterGroup(`libp2p_dht_${dht}_inbound_rpc_errors_total`)?.increment({ GET_VALUE: 2 })
    }
    expect([...calls.counts('outbound', 'requests')]).toEqual([['FIND_NODE', 2]])
    expect([...calls.counts('inbound', 'errors')]).toEqual([['GET_VALUE', 4]])
    expect([...calls.counts('inbound', 'requests')]).toEqual([])
    expect(calls.counterGroup('libp2p_dht_wan_operation_errors_total')).toBeUndefined()
    expect(calls.metricGroup('libp2p_dht_wan_operations_total')).toBeUndefined()
  })

  it('have so many types at most', () => {
    const calls = new DhtCalls(() => 0)
    const group = calls.counterGroup('libp2p_dht_wan_inbound_rpc_requests_total')
    for (let type = 0; type < 100; type++) group?.increment({ [`type ${type}`]: true })
    group?.increment({ 'type 0': true })
    const counts = calls.counts('inbound', 'requests')
    expect([counts.size, counts.get('type 0')]).toEqual([16, 2])
  })
})
