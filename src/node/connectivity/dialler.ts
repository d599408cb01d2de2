/** What those who keep a peer connected need of the network. Peers and addresses are texts. */
export interface Dialler {
  isConnected(peer: string): boolean
  /** Rejects when the peer cannot be reached at these addresses, nor at those known from before. */
  dial(peer: string, addresses: readonly string[], signal: AbortSignal): Promise<void>
  /** Marks a peer as one whose connection is not to be closed when there are too many, or takes the mark away. */
  protect(peer: string, isProtected: boolean): Promise<void>
}
