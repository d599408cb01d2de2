/** `1 peer`, `2 peers`: a number with what it counts. `many` where an `s` at the end does not make the plural. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
