/** The kinds of `workload`, for lists. */
export const WORKLOADS = [
  { name: 'fetch', about: 'every leech fetches every file of the seeds; in waves, if so wished' },
  { name: 'trade', about: 'every peer has a file of its own and fetches those of others' },
  { name: 'popularity', about: 'requests by popularity (Zipf, Zipf–Mandelbrot, uniform) at a rate' },
  { name: 'trace', about: 'requests as a list says them' }
] as const
