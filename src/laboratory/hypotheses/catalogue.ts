import { h1 } from './h1-literal-sigmoid.ts'
import { h2 } from './h2-fair-torrent-and-rounds.ts'
import { h3 } from './h3-short-fetches.ts'
import { h4 } from './h4-reciprocity-and-scale.ts'
import { h5 } from './h5-first-responder.ts'
import { h6 } from './h6-stale-registry.ts'
import { h7 } from './h7-relaying-and-degree.ts'
import { h8 } from './h8-search-delay.ts'
import { h9 } from './h9-replace-size.ts'
import { h10 } from './h10-under-report.ts'
import type { Hypothesis } from './hypothesis.ts'

/** What was supposed before it was measured, with the rules that decide it. */
export const HYPOTHESES: readonly Hypothesis[] = [h1, h2, h3, h4, h5, h6, h7, h8, h9, h10]
