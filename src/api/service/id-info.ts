/** What is known of a peer: of this one, or what identify told of another. */
export interface IdInfo {
  readonly id: string
  /** Base64 of the libp2p protobuf of the public key. */
  readonly publicKey: string
  /** With `/p2p/<id>` at the end, sorted. */
  readonly addresses: readonly string[]
  readonly agentVersion: string
  readonly protocols: readonly string[]
}
