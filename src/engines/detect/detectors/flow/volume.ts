/** What a machine sends in an hour: the hour that runs, and the largest of the past, which fades. Plain JSON. */
export interface Volume {
  hour: number
  bytes: number
  largest: number
  told: boolean
}

const hourMs = 60 * 60_000
/** Less than this in an hour concerns nobody. Units: bytes. */
const bytesMin = 1e9
/** So many times the largest hour: a busy day brings two or three times as much. */
const timesMin = 10
/** A large hour counts half after two weeks. */
const fadePerHour = 2 ** (-1 / (14 * 24))

export function noVolume(): Volume {
  return { hour: 0, bytes: 0, largest: 0, told: false }
}

/** Adds what was sent, and gives the figures once in an hour that is out of all proportion. */
export function addTraffic(
  volume: Volume,
  atMs: number,
  bytes: number,
): { readonly bytesOfHour: number; readonly largestHour: number } | undefined {
  const hour = Math.floor(atMs / hourMs)
  if (hour > volume.hour) {
    const faded = volume.largest * fadePerHour ** Math.min(hour - volume.hour, 10_000)
    volume.largest = Math.max(faded, volume.bytes)
    volume.hour = hour
    volume.bytes = 0
    volume.told = false
  }
  volume.bytes += bytes
  if (volume.told || volume.bytes < bytesMin || volume.bytes < volume.largest * timesMin) return undefined
  volume.told = true
  return { bytesOfHour: volume.bytes, largestHour: Math.round(volume.largest) }
}
