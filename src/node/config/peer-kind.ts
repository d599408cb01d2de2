import * as z from 'zod'
import { peerIdFromString } from '@libp2p/peer-id'
import { toPeerId } from '../../ids.ts'

/** A text that must be a peer id, in whatever form. */
export const peerId = z.string({ error: 'a peer id such as 12D3KooW…' }).transform((text, context) => {
  try {
    return toPeerId(peerIdFromString(text))
  } catch {
    context.addIssue({ code: 'custom', message: 'a peer id such as 12D3KooW…' })
    return z.NEVER
  }
})
