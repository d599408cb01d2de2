import { peerIdFromString } from '@libp2p/peer-id'
import { toPeerId, type PeerId } from '../../ids.ts'
import type { ConfigReader } from './reader.ts'

/** A text that must be a peer id, in whatever form. */
export function readPeer(section: ConfigReader, key: string): PeerId {
  const text = section.text(key)
  try {
    return toPeerId(peerIdFromString(text))
  } catch {
    throw section.wrong(key, 'a peer id such as 12D3KooW…')
  }
}
