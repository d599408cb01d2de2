import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { reasonOf, RepoError } from './repo-error.ts'

/** A peer's identity as the config keeps it: `PrivKey` is the base64 of the libp2p protobuf of the key. */
export interface Identity {
  readonly PeerID: string
  readonly PrivKey: string
}

/** A new Ed25519 identity. */
export async function createIdentity(): Promise<Identity> {
  const key = await generateKeyPair('Ed25519')
  return {
    PeerID: peerIdFromPrivateKey(key).toString(),
    PrivKey: Buffer.from(privateKeyToProtobuf(key)).toString('base64')
  }
}

/**
 * The key of an identity. Throws `RepoError` when the key cannot be read or belongs to another peer id: a peer never
 * takes a new name behind its owner's back.
 */
export function readIdentity(identity: Identity, configPath: string): PrivateKey {
  const key = decodeKey(identity.PrivKey, configPath)
  const named = peerIdFromPrivateKey(key).toString()
  if (named !== identity.PeerID) {
    throw new RepoError(
      'ERR_REPO_IDENTITY',
      `the private key in ${configPath} belongs to peer ${named}, but Identity.PeerID says ${identity.PeerID}: ` +
        'put the pair that belongs together back from a copy'
    )
  }
  return key
}

function decodeKey(text: string, configPath: string): PrivateKey {
  try {
    return privateKeyFromProtobuf(Buffer.from(text, 'base64'))
  } catch (error) {
    throw new RepoError(
      'ERR_REPO_IDENTITY',
      `Identity.PrivKey in ${configPath} is not a key (${reasonOf(error)}): put it back from a copy`,
      { cause: error }
    )
  }
}
