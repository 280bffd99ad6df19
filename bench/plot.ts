/** Draws lines as SVG: no scripts, no fonts of its own, readable on light and on dark pages. */

/** An axis: what it shows, and how steps are spaced. */
export interface Axis {
  /** With its unit: `CPU µs`. */
  readonly label: string
  readonly scale: 'linear' | 'log'
}

/** One line, named in the legend. Points stand in the order of x. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Plot {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

interface Range {
  readonly from: number
  readonly to: number
  readonly ticks: readonly number[]
}

const area = { left: 70, top: 44, width: 560, height: 380 } as const
const legendLeft = area.left + area.width + 24
const legendStep = 20
/** Eight colours that keep apart for most eyes, light enough for a dark page and dark enough for a light one; then dashed. */
const colours = ['#3b82c4', '#d9742b', '#2f9e63', '#c94f4f', '#8d6bc7', '#a5742f', '#c758a5', '#6b7d8f']
const dashes = ['', '7 4', '2 3']

/** The picture of these lines, a whole SVG document. Points that an axis cannot show (none, or not above zero on a log axis) are left out. */
export function plot({ title, x, y, series }: Plot): string {
  const shown = series.map(({ name, points }) => ({
    name,
    points: points.filter(([px, py]) => isShown(x, px) && isShown(y, py)),
  }))
  const all = shown.flatMap(({ points }) => points)
  const xs = rangeOf(
    x,
    all.map(([value]) => value),
  )
  const ys = rangeOf(
    y,
    all.map(([, value]) => value),
  )
  const across = (value: number): number => area.left + area.width * shareOf(x, xs, value)
  const down = (value: number): number => area.top + area.height * (1 - shareOf(y, ys, value))
  const bottom = area.top + area.height
  const longest = Math.max(0, ...series.map(({ name }) => name.length))
  const width = legendLeft + 40 + longest * 7
  const height = Math.max(bottom + 56, area.top + series.length * legendStep + 20)
  const marks = [
    ...xs.ticks.map(
      (tick) =>
        `<path class="grid" d="M${at(across(tick))} ${area.top}V${bottom}"/>` +
        text(across(tick), bottom + 18, figure(tick), 'middle'),
    ),
    ...ys.ticks.map(
      (tick) =>
        `<path class="grid" d="M${area.left} ${at(down(tick))}H${area.left + area.width}"/>` +
        text(area.left - 8, down(tick) + 4, figure(tick), 'end'),
    ),
  ]
  const lines = shown.map(({ name, points }, index) => {
    const path = points.map(([px, py]) => `${at(across(px))} ${at(down(py))}`).join('L')
    const key = area.top + index * legendStep + 10
    return (
      (path === '' ? '' : `<path ${strokeOf(index)} d="M${path}"/>`) +
      `<path ${strokeOf(index)} d="M${legendLeft} ${key}h28"/>${text(legendLeft + 36, key + 4, name, 'start')}`
    )
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>
text { font: 12px sans-serif; fill: #24292f } .title { font-size: 15px } path { fill: none; stroke-width: 2 } .grid { stroke: #8884; stroke-width: 1 }
@media (prefers-color-scheme: dark) { text { fill: #d7dde3 } }
</style>
${text(area.left, 24, title, 'start', 'title')}
${marks.join('\n')}
${lines.join('\n')}
${text(area.left + area.width / 2, bottom + 42, x.label, 'middle')}
<g transform="translate(18 ${area.top + area.height / 2}) rotate(-90)">${text(0, 0, y.label, 'middle')}</g>
</svg>
`
}

function isShown({ scale }: Axis, value: number): boolean {
  return Number.isFinite(value) && (scale === 'linear' || value > 0)
}

/** From the smallest tick to the largest, around all values; a linear axis begins at zero. */
function rangeOf({ scale }: Axis, values: readonly number[]): Range {
  const [least, most] = [Math.min(...values, Infinity), Math.max(...values, -Infinity)]
  if (least > most) return { from: scale === 'log' ? 1 : 0, to: scale === 'log' ? 10 : 1, ticks: [] }
  if (scale === 'log') {
    const [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))]
    const ticks = Array.from({ length: Math.max(1, high - low) + 1 }, (_, n) => 10 ** (low + n))
    return { from: ticks[0] ?? 1, to: ticks.at(-1) ?? 10, ticks }
  }
  const [low, high] = [Math.min(0, least), Math.max(0, most)]
  const step = niceStep((high - low || 1) / 6)
  const [first, last] = [Math.floor(low / step), Math.ceil((high || step) / step)]
  const ticks = Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step)
  return { from: first * step, to: last * step, ticks }
}

/** The next of 1, 2, 5, 10, 20 … that is not below. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10)
}

function shareOf({ scale }: Axis, { from, to }: Range, value: number): number {
  return scale === 'log' ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from)
}

function strokeOf(index: number): string {
  const dash = dashes[Math.floor(index / colours.length) % dashes.length] ?? ''
  const colour = colours[index % colours.length] ?? ''
  return `stroke="${colour}"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`
}

function text(x: number, y: number, words: string, anchor: string, name?: string): string {
  const styled = name === undefined ? '' : ` class="${name}"`
  return `<text${styled} x="${at(x)}" y="${at(y)}" text-anchor="${anchor}">${escaped(words)}</text>`
}

function figure(value: number): string {
  return value !== 0 && Math.abs(value) < 0.01
    ? value.toExponential(0)
    : Number(value.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 3 })
}

function at(value: number): string {
  return value.toFixed(1)
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
