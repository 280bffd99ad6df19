// Source: sqlite.org/fileformat2.html, section 4 (the write-ahead log: its header, frames, and checksum algorithm).

const headerBytes = 32
const frameHeaderBytes = 24
const [magicLittle, magicBig] = [0x377f0682, 0x377f0683]
const [saltsAt, saltBytes] = [16, 8]
type Sum = readonly [number, number]

/** A bit of the file; bit 0 is the lowest of its byte. */
export interface Bit {
  readonly byte: number
  readonly bit: number
}

/** What a write-ahead log was found to be. A tail that was torn, or is left from an earlier round, belongs to a whole one. */
export type WalVerdict =
  | { readonly kind: 'whole' }
  | {
      readonly kind: 'damaged'
      /** Where SQLite stops reading: what is from there on is lost to it. Units: bytes. */
      readonly at: number
      /** Commits from there on, of those that can be told. */
      readonly commitsLost: number
      /** What was flipped, where one bit explains it and no other does: the sums are weak in the highest bits. */
      readonly flipped: Bit | undefined
    }

/**
 * Tells a write-ahead log in which something was damaged from one that only ends where a crash tore it: SQLite takes both for the same,
 * and lets go of all that was committed from there on. Each commit is synced before the next begins, so a commit that follows shows that
 * a frame once was whole. At the very end, where none follows, one flipped bit that explains it does.
 */
export function examineWal(file: Buffer, pageBytes: number): WalVerdict {
  const frameBytes = frameHeaderBytes + pageBytes
  const count = Math.floor((file.length - headerBytes) / frameBytes)
  if (count < 1) return { kind: 'whole' }
  const place = (frame: number): number => headerBytes + frame * frameBytes
  let isBig = file.readUInt32BE(0) === magicBig

  function add([first, second]: Sum, from: number, to: number): Sum {
    let [one, two] = [first, second]
    for (let at = from; at < to; at += 8) {
      one = (one + (isBig ? file.readUInt32BE(at) : file.readUInt32LE(at)) + two) >>> 0
      two = (two + (isBig ? file.readUInt32BE(at + 4) : file.readUInt32LE(at + 4)) + one) >>> 0
    }
    return [one, two]
  }
  const sumAt = (at: number): Sum => [file.readUInt32BE(at), file.readUInt32BE(at + 4)]
  const sumOf = (frame: number): Sum => sumAt(place(frame) + 16)
  const isCommit = (frame: number): boolean => file.readUInt32BE(place(frame) + 4) > 0

  function headerIsWhole(): boolean {
    const magic = file.readUInt32BE(0)
    isBig = magic === magicBig
    return (
      (isBig || magic === magicLittle) &&
      file.readUInt32BE(8) % 65_535 === pageBytes % 65_535 &&
      same(add([0, 0], 0, 24), sumAt(24))
    )
  }

  /** Of the round whose salts are at a place, and following on a frame of this sum. */
  function isWhole(frame: number, seed: Sum, saltsPlace: number): boolean {
    const at = place(frame)
    if (bitsBetween(file, at + 8, saltsPlace, saltBytes) > 0) return false
    return same(add(add(seed, at, at + 8), at + frameHeaderBytes, at + frameBytes), sumOf(frame))
  }

  function commitsFrom(first: number, saltsPlace: number): number {
    let commits = 0
    for (let frame = first; frame < count; frame += 1)
      if (isCommit(frame) && isWhole(frame, sumOf(frame - 1), saltsPlace)) commits += 1
    return commits
  }

  /** The bits of a range without whose flip all is well. */
  function flipsIn(from: number, bytes: number, isWell: () => boolean): readonly Bit[] {
    const found: Bit[] = []
    for (let byte = from; byte < from + bytes; byte += 1)
      for (let bit = 0; bit < 8; bit += 1) {
        flip(file, { byte, bit })
        const well = isWell()
        flip(file, { byte, bit })
        if (well) found.push({ byte, bit })
      }
    return found
  }

  if (!headerIsWhole()) {
    const flips = flipsIn(0, headerBytes, headerIsWhole)
    // Without it nobody knows the salts: frames that follow one another show that there was a log.
    let commitsLost = 0
    for (const big of [false, true]) {
      isBig = big
      commitsLost = Math.max(commitsLost, commitsFrom(1, place(0) + 8))
    }
    if (flips.length === 0 && commitsLost === 0) return { kind: 'whole' }
    return { kind: 'damaged', at: 0, commitsLost, flipped: onlyOne(flips) }
  }
  let [bad, seed] = [0, sumAt(24)]
  while (bad < count && isWhole(bad, seed, saltsAt)) {
    seed = sumOf(bad)
    bad += 1
  }
  if (bad === count) return { kind: 'whole' }
  const mayBeOfRound = (frame: number): boolean =>
    bitsBetween(file, place(frame) + 8, saltsAt, saltBytes) <= 1
  let end = bad // Of the commit that the bad frame belongs to.
  while (end < count && !(mayBeOfRound(end) && isCommit(end))) end += 1
  const commitsBehind = commitsFrom(end + 1, saltsAt)
  const flips = mayBeOfRound(bad) ? flipsIn(place(bad), frameBytes, () => isWhole(bad, seed, saltsAt)) : []
  if (commitsBehind === 0 && flips.length === 0) return { kind: 'whole' }
  return { kind: 'damaged', at: place(bad), commitsLost: commitsBehind + 1, flipped: onlyOne(flips) }
}

function onlyOne([one, another]: readonly Bit[]): Bit | undefined {
  return another ? undefined : one
}

/** Flips a bit, or flips it back. */
export function flip(file: Buffer, { byte, bit }: Bit): void {
  file[byte] = (file[byte] ?? 0) ^ (1 << bit)
}

function same([one, two]: Sum, [first, second]: Sum): boolean {
  return one === first && two === second
}

/** In how many bits two ranges differ. */
function bitsBetween(file: Buffer, one: number, other: number, bytes: number): number {
  let bits = 0
  for (let at = 0; at < bytes; at += 1)
    for (let rest = (file[one + at] ?? 0) ^ (file[other + at] ?? 0); rest > 0; rest &= rest - 1) bits += 1
  return bits
}
