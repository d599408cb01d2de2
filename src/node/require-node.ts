import { oldNode } from '../supported-node.ts'

/** Comes first in every entry of the package: an older Node would fail somewhere in libp2p, in words of its own. */
const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } }
const complaint = oldNode(process?.versions?.node)
if (complaint !== undefined) throw new Error(complaint)
