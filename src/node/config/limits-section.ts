import type * as z from 'zod'
import type { PeerRateLimits, RateLimits } from '../../exchange.ts'
import { bytes, listOf, ownSection, size, structured } from './keys.ts'
import { peerId } from './peer-kind.ts'

/** `Barter.Limits`: bytes of blocks a second; 0 for no limit. */
export interface LimitsConfig {
  readonly rates: RateLimits
  readonly peers: readonly PeerRateLimits[]
}

const rate = (description: string) =>
  bytes(`${description}, in bytes of blocks a second; 0: no limit.`, 0, { isLive: true })

/** `{ "Peer": "12D3…", "Upload": "1MB", "Download": 0 }`: a limit that is left out is as for each peer. */
const peerLimits = ownSection({ Peer: peerId, Upload: size.optional(), Download: size.optional() })

export const limitsSchema = ownSection({
  Upload: rate('Upload to all peers'),
  Download: rate('Download from all peers'),
  UploadPerPeer: rate('Upload to each peer'),
  DownloadPerPeer: rate('Download from each peer'),
  Peers: structured(
    'Limits of single peers, in the place of those of each.',
    'a list such as [{"Peer": "12D3KooW…", "Upload": "1MB"}]',
    listOf(peerLimits).prefault([]),
    { missing: [], isLive: true }
  )
}).prefault({})

export function toLimits(values: z.output<typeof limitsSchema>): LimitsConfig {
  return {
    rates: {
      upload: values.Upload,
      download: values.Download,
      uploadPerPeer: values.UploadPerPeer,
      downloadPerPeer: values.DownloadPerPeer
    },
    peers: values.Peers.map(({ Peer, Upload, Download }) => ({ peer: Peer, upload: Upload, download: Download }))
  }
}
