/** Median, least and most of the runs of one kind. */
export type Spread = readonly [median: number, least: number, most: number]

/** With a virtual clock nothing takes time but the way of messages; with a real one, what programs do as well. */
export interface ByClock {
  readonly virtual: Spread
  readonly real: Spread
}

export interface BoxoCase {
  readonly ms: ByClock
  readonly messagesSent: ByClock
  readonly messagesReceived: ByClock
  readonly duplicates: ByClock
}

/** Where the counts come from. */
export const BOXO_E1_RUNS = {
  boxo: 'v0.42.1',
  go: 'go1.26.8',
  date: '2026-11-21',
  virtual: 30,
  real: 5
} as const

/** What the peer that fetches counted in Boxo's own code. Written by `test/interop/boxo-e1/write-fixture.ts`. */
export const BOXO_E1: Readonly<Record<string, BoxoCase>> = {
  '3 nodes, all to all, one at a time': {
    ms: { virtual: [3940, 3760, 3980], real: [3765, 3397, 4030] },
    messagesSent: { virtual: [393, 355, 400], real: [305, 161, 312] },
    messagesReceived: { virtual: [200, 199, 200], real: [196, 101, 199] },
    duplicates: { virtual: [1, 1, 1], real: [1, 1, 2] }
  },
  '3 nodes, all to all, big batch': {
    ms: { virtual: [60, 40, 60], real: [63, 45, 70] },
    messagesSent: { virtual: [9, 6, 10], real: [8, 6, 10] },
    messagesReceived: { virtual: [36, 36, 37], real: [36, 35, 37] },
    duplicates: { virtual: [1, 1, 1], real: [1, 1, 1] }
  },
  '3 nodes, overlap 1, one at a time': {
    ms: { virtual: [4260, 4120, 4320], real: [4004, 3840, 4499] },
    messagesSent: { virtual: [247, 234, 250], real: [203, 183, 209] },
    messagesReceived: { virtual: [131, 127, 132], real: [127, 123, 131] },
    duplicates: { virtual: [0, 0, 0], real: [0, 0, 0] }
  },
  '3 nodes, overlap 3, one at a time': {
    ms: { virtual: [4640, 4460, 4740], real: [4399, 4230, 5139] },
    messagesSent: { virtual: [428, 411, 437], real: [346, 330, 355] },
    messagesReceived: { virtual: [235, 224, 239], real: [227, 221, 229] },
    duplicates: { virtual: [1, 1, 1], real: [1, 1, 1] }
  },
  '3 nodes, overlap 3, batches of ten': {
    ms: { virtual: [760, 700, 800], real: [742, 714, 820] },
    messagesSent: { virtual: [79, 72, 83], real: [73, 67, 80] },
    messagesReceived: { virtual: [51, 46, 54], real: [51, 51, 52] },
    duplicates: { virtual: [1, 1, 1], real: [1, 1, 1] }
  },
  '3 nodes, overlap 3, all concurrent': {
    ms: { virtual: [100, 80, 100], real: [107, 89, 108] },
    messagesSent: { virtual: [14, 12, 14], real: [13, 12, 14] },
    messagesReceived: { virtual: [39, 36, 41], real: [38, 37, 39] },
    duplicates: { virtual: [2, 1, 2], real: [2, 1, 2] }
  },
  '3 nodes, overlap 3, big batch': {
    ms: { virtual: [100, 80, 100], real: [87, 86, 90] },
    messagesSent: { virtual: [13, 11, 14], real: [12, 11, 12] },
    messagesReceived: { virtual: [37, 36, 38], real: [36, 36, 38] },
    duplicates: { virtual: [1, 1, 1], real: [1, 1, 1] }
  },
  '3 nodes, overlap 3, UnixFS': {
    ms: { virtual: [180, 140, 180], real: [172, 148, 192] },
    messagesSent: { virtual: [22, 14, 22], real: [20, 18, 22] },
    messagesReceived: { virtual: [39, 38, 42], real: [40, 39, 41] },
    duplicates: { virtual: [1, 1, 1], real: [1, 1, 1] }
  },
  '10 nodes, all to all, one at a time': {
    ms: { virtual: [3900, 3680, 3980], real: [3492, 3431, 4327] },
    messagesSent: { virtual: [402, 357, 414], real: [314, 170, 321] },
    messagesReceived: { virtual: [207, 206, 207], real: [203, 108, 207] },
    duplicates: { virtual: [8, 8, 8], real: [9, 8, 10] }
  },
  '10 nodes, all to all, batches of ten': {
    ms: { virtual: [420, 380, 420], real: [454, 435, 730] },
    messagesSent: { virtual: [198, 185, 200], real: [190, 188, 194] },
    messagesReceived: { virtual: [103, 97, 111], real: [105, 100, 107] },
    duplicates: { virtual: [8, 8, 8], real: [8, 8, 9] }
  },
  '10 nodes, all to all, big batch': {
    ms: { virtual: [60, 40, 60], real: [60, 47, 82] },
    messagesSent: { virtual: [45, 29, 45], real: [35, 30, 36] },
    messagesReceived: { virtual: [50, 47, 51], real: [50, 47, 51] },
    duplicates: { virtual: [8, 8, 8], real: [8, 8, 8] }
  },
  '10 nodes, all to all, all concurrent': {
    ms: { virtual: [60, 40, 60], real: [65, 47, 74] },
    messagesSent: { virtual: [45, 34, 45], real: [36, 31, 45] },
    messagesReceived: { virtual: [59, 50, 60], real: [57, 45, 59] },
    duplicates: { virtual: [9, 8, 9], real: [8, 8, 9] }
  },
  '10 nodes, all to all, UnixFS': {
    ms: { virtual: [100, 100, 100], real: [118, 86, 219] },
    messagesSent: { virtual: [28, 28, 28], real: [28, 26, 28] },
    messagesReceived: { virtual: [44, 44, 45], real: [44, 44, 45] },
    duplicates: { virtual: [8, 8, 8], real: [8, 8, 8] }
  },
  '10 nodes, all to all, UnixFS large': {
    ms: { virtual: [820, 800, 820], real: [954, 875, 1017] },
    messagesSent: { virtual: [100, 58, 100], real: [94, 54, 100] },
    messagesReceived: { virtual: [368, 349, 371], real: [365, 349, 367] },
    duplicates: { virtual: [8, 8, 8], real: [8, 8, 8] }
  },
  '10 nodes, one peer per block, one at a time': {
    ms: { virtual: [5900, 5760, 6040], real: [6551, 6326, 7492] },
    messagesSent: { virtual: [1881, 1844, 1937], real: [1793, 1761, 1810] },
    messagesReceived: { virtual: [996, 981, 1014], real: [986, 985, 1009] },
    duplicates: { virtual: [0, 0, 0], real: [0, 0, 0] }
  },
  '10 nodes, one peer per block, big batch': {
    ms: { virtual: [100, 80, 120], real: [117, 113, 128] },
    messagesSent: { virtual: [62, 54, 71], real: [63, 55, 63] },
    messagesReceived: { virtual: [58, 54, 63], real: [56, 55, 61] },
    duplicates: { virtual: [0, 0, 0], real: [0, 0, 0] }
  },
  '10 nodes, one peer per block, UnixFS': {
    ms: { virtual: [200, 200, 220], real: [242, 225, 270] },
    messagesSent: { virtual: [93, 80, 102], real: [93, 85, 111] },
    messagesReceived: { virtual: [64, 57, 68], real: [65, 62, 67] },
    duplicates: { virtual: [0, 0, 0], real: [0, 0, 0] }
  },
  '200 nodes, all to all, big batch': {
    ms: { virtual: [2020, 2020, 2020], real: [2036, 2026, 2139] },
    messagesSent: { virtual: [597, 597, 597], real: [565, 451, 597] },
    messagesReceived: { virtual: [206, 206, 206], real: [206, 206, 206] },
    duplicates: { virtual: [198, 198, 198], real: [198, 187, 198] }
  }
}
