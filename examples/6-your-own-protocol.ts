/**
 * An application with a protocol of its own, on the same connections as bitswap: it lists files, bitswap carries them.
 * Run it: node examples/6-your-own-protocol.ts
 */
import type { PeerId, Stream } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createPeer } from '../src/index.ts'

const PROTOCOL = '/shelf/1.0.0'

/** What the service needs of the libp2p node that it is part of. */
interface Components {
  registrar: {
    handle(protocol: string, handler: (stream: Stream) => Promise<void>): Promise<void>
    unhandle(protocol: string): Promise<void>
  }
  connectionManager: { openStream(peer: PeerId | Multiaddr[], protocol: string): Promise<Stream> }
}

/** Names of files with their CIDs, for every peer to see. libp2p starts and stops it together with the node. */
function shelf({ registrar, connectionManager }: Components) {
  const files = new Map<string, string>()
  return {
    files,
    start: () =>
      registrar.handle(PROTOCOL, async (stream) => {
        stream.send(new TextEncoder().encode(`${JSON.stringify([...files])}\n`))
        await stream.close()
      }),
    stop: () => registrar.unhandle(PROTOCOL),
    async listOf(peer: PeerId | Multiaddr[]): Promise<Map<string, string>> {
      const stream = await connectionManager.openStream(peer, PROTOCOL)
      let line = ''
      for await (const chunk of stream) {
        line += new TextDecoder().decode(chunk.subarray())
        if (line.endsWith('\n')) break
      }
      await stream.close()
      return new Map(JSON.parse(line) as [string, string][])
    }
  }
}

await using alice = await createPeer({ services: { shelf } })
await using bob = await createPeer({ services: { shelf } })

const { cid } = await alice.service.blockPut(new TextEncoder().encode('once upon a time'))
alice.libp2p.services.shelf.files.set('story.txt', cid)

// One connection carries both protocols: the list of files, and then the file.
const list = await bob.libp2p.services.shelf.listOf(alice.libp2p.getMultiaddrs())
for (const [name, file] of list) {
  const bytes = await bob.service.blockGet(file, { signal: AbortSignal.timeout(10_000) })
  console.log(`${name}: ${new TextDecoder().decode(bytes)}`)
}
console.log(`connections: ${bob.libp2p.getConnections().length}`)
