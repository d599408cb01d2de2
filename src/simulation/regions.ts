import type { SeededRandom } from './seeded-random.ts'

/** Parts of the world: North America east and west, Europe west and east, Middle East, Japan and Korea, Oceania … */
export const REGIONS = ['NAE', 'NAW', 'SA', 'EUW', 'EUE', 'ME', 'AF', 'IN', 'CN', 'JK', 'SEA', 'OC'] as const

export type Region = (typeof REGIONS)[number]

/**
 * Round trips between regions in milliseconds, in the order of `REGIONS`, row by row from the one that measures: medians over
 * the pairs of 242 cities that WonderNetwork measured in November 2018, as ConsenSys' Wittgenstein simulator keeps them.
 */
export const ROUND_TRIP_MS: readonly (readonly number[])[] = [
  [22, 68, 134, 99, 128, 146, 228, 238, 235, 185, 254, 221],
  [68, 22, 178, 152, 184, 200, 286, 248, 207, 121, 201, 169],
  [130, 177, 164, 209, 241, 261, 329, 343, 375, 293, 364, 363],
  [98, 153, 211, 22, 43, 76, 150, 155, 306, 267, 226, 313],
  [130, 184, 244, 40, 49, 103, 182, 177, 296, 289, 223, 332],
  [147, 201, 259, 78, 103, 116, 203, 197, 333, 315, 277, 335],
  [222, 286, 328, 147, 182, 203, 182, 298, 363, 389, 334, 453],
  [236, 249, 343, 157, 177, 196, 300, 40, 457, 167, 126, 274],
  [235, 166, 341, 300, 266, 293, 386, 323, 226, 65, 68, 174],
  [185, 122, 291, 267, 291, 314, 389, 167, 71, 33, 90, 169],
  [251, 201, 365, 242, 223, 279, 338, 128, 79, 99, 84, 148],
  [222, 184, 363, 305, 332, 336, 453, 275, 178, 169, 147, 24]
]

/**
 * Providers by continent, as probe-lab's measurement RFM 16 counted their addresses, spread over the regions here: NA 10,983,
 * EU 5,789, AS 4,959, OC 431, SA 104, AF 40. How a continent is divided among its regions is our assumption: evenly.
 */
export const REGION_WEIGHTS: Readonly<Record<Region, number>> = {
  NAE: 5_491.5,
  NAW: 5_491.5,
  SA: 104,
  EUW: 2_894.5,
  EUE: 2_894.5,
  ME: 991.8,
  AF: 40,
  IN: 991.8,
  CN: 991.8,
  JK: 991.8,
  SEA: 991.8,
  OC: 431
}

/** One way between two regions, in milliseconds: half the mean of the round trips as seen from either. */
export function regionLatencyMs(a: Region, b: Region): number {
  const [from, to] = [REGIONS.indexOf(a), REGIONS.indexOf(b)]
  return ((ROUND_TRIP_MS[from]?.[to] ?? 0) + (ROUND_TRIP_MS[to]?.[from] ?? 0)) / 4
}

/** The region of a peer, by lot. */
export function drawRegion(random: SeededRandom): Region {
  const total = Object.values(REGION_WEIGHTS).reduce((sum, weight) => sum + weight, 0)
  let left = random.next() * total
  for (const region of REGIONS) {
    left -= REGION_WEIGHTS[region]
    if (left < 0) return region
  }
  return 'OC'
}
