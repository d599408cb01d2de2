import { createMessage, type Message, type WireBlock } from '../../message/message.ts'
import { cidPrefix } from '../../message/prefix.ts'
import type { Adversary } from './adversary.ts'
import { tamperedNetwork, withoutWants } from './tampered-network.ts'

/** As small as a wrong block can be without being told from others by its size at once. */
const WRONG_BYTES = new Uint8Array(1_024).fill(0x5a)

/** Says "have" to whatever it is asked for, and sends wrong bytes for it; takes what it is given. */
export const liar: Adversary = {
  name: 'liar',
  about: 'says "have" for every block, and sends wrong bytes when it is asked for one',
  source: 'poisoning of swarms: Dhungel, Wu, Schonhorst and Ross, IPTPS 2008',
  serves: false,
  corrupt: (parts) => {
    const { network, logger } = parts
    const lying = tamperedNetwork(network, {
      received: (peer, message) => {
        const answer = lieTo(message)
        if (answer === undefined) return message
        network.send(peer, answer).catch((error: unknown) => logger.debug('a lie was not sent', { error }))
        return withoutWants(message)
      }
    })
    return { ...parts, network: lying }
  }
}

function lieTo({ wants }: Message): Message | undefined {
  if (wants.length === 0) return undefined
  const presences = wants.filter(({ type }) => type === 'have').map(({ cid, key }) => ({ cid, key, have: true }))
  const asked = wants.filter(({ type }) => type === 'block')
  const blocks = asked.map(({ cid }): WireBlock => ({ prefix: cidPrefix(cid), bytes: WRONG_BYTES }))
  return createMessage({ presences, blocks })
}
