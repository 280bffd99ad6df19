import { crc32, deflateSync } from 'node:zlib'
import type { Chance } from './chance.ts'
import { glyphs } from './glyphs.ts'

/** Units: pixels. */
export const width = 240
export const height = 80

const characters = [...glyphs.keys()]
const length = 5

/** Characters to read from a picture. 20^5: a guess is right once in 3.2 million. */
export function drawnText(chance: Chance): string {
  return Array.from({ length }, () => characters[chance.below(characters.length)] ?? '').join('')
}

/**
 * The text as a picture (PNG): strokes turned, sheared and bent, with lines across and specks. It is drawn here, into pixels, because
 * a page that held the strokes would hold the answer.
 */
export function drawing(text: string, chance: Chance): Buffer {
  const pixels = new Uint8Array(width * height).fill(235)
  const bend = { amplitude: chance.between(3, 6), wave: chance.between(28, 46), phase: chance.between(0, 6) }
  const bent = (x: number, y: number): Point => [x, y + bend.amplitude * Math.sin(x / bend.wave + bend.phase)]
  for (const [at, character] of Array.from(text).entries()) {
    const place = placeOf(at, chance)
    for (const stroke of glyphs.get(character) ?? []) {
      const points = stroke.split(' ').map((pair) => place(Number(pair[0]), Number(pair[1])))
      drawThrough(
        pixels,
        points.map(([x, y]) => bent(x, y)),
        chance.between(1.4, 2.1),
        chance.between(20, 90),
      )
    }
  }
  for (let line = 0; line < 5; line += 1) {
    const points: Point[] = Array.from({ length: 4 }, (_, step) => [
      (step * width) / 3 + chance.between(-9, 9),
      chance.between(8, height - 8),
    ])
    drawThrough(pixels, points, chance.between(0.8, 1.4), chance.between(40, 120))
  }
  for (let speck = 0; speck < 500; speck += 1)
    pixels[chance.below(pixels.length)] = Math.floor(chance.between(40, 200))
  return png(pixels)
}

type Point = readonly [x: number, y: number]

/** Where a point of a character's grid comes to stand. */
function placeOf(at: number, chance: Chance): (x: number, y: number) => Point {
  const [turn, shear] = [chance.between(-0.35, 0.35), chance.between(-0.3, 0.3)]
  const [wide, high] = [chance.between(6, 8), chance.between(6, 8)]
  const [left, top] = [26 + at * 46 + chance.between(-5, 5), height / 2 + chance.between(-5, 5)]
  return (x, y) => {
    const [dx, dy] = [(x - 2 + shear * (y - 3)) * wide, (y - 3) * high]
    return [left + dx * Math.cos(turn) - dy * Math.sin(turn), top + dx * Math.sin(turn) + dy * Math.cos(turn)]
  }
}

function drawThrough(pixels: Uint8Array, points: readonly Point[], radius: number, shade: number): void {
  for (const [index, [x, y]] of points.entries()) {
    const [toX, toY] = points[index + 1] ?? [x, y]
    const steps = Math.max(Math.ceil(Math.hypot(toX - x, toY - y)), 1)
    for (let step = 0; step <= steps; step += 1)
      dot(pixels, x + ((toX - x) * step) / steps, y + ((toY - y) * step) / steps, radius, shade)
  }
}

function dot(pixels: Uint8Array, x: number, y: number, radius: number, shade: number): void {
  for (let row = Math.ceil(y - radius); row <= y + radius; row += 1)
    for (let column = Math.ceil(x - radius); column <= x + radius; column += 1)
      if (row >= 0 && row < height && column >= 0 && column < width) pixels[row * width + column] = shade
}

/** Source: PNG (W3C), an 8-bit greyscale image in one data chunk. */
function png(pixels: Uint8Array): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const rows = Buffer.alloc((width + 1) * height)
  for (let row = 0; row < height; row += 1)
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 3 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type), data])
  const [size, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  size.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(typed))
  return Buffer.concat([size, typed, check])
}
