import { InvalidArgumentError } from 'commander'

/** Reads the value of an option that is a whole number, of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,15}$/u.test(text) || Number(text) < least) {
      throw new InvalidArgumentError(`Expected a whole number, ${least} or more.`)
    }
    return Number(text)
  }
}
