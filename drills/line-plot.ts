// Lines over time as an SVG file that any browser shows.

/** One line: its name, and a value for each step. */
export interface Line {
  readonly name: string
  readonly values: readonly number[]
}

const [width, height, left, bottom, top] = [720, 260, 60, 30, 24]
const colours = ['#1f5fbf', '#bf3f1f', '#2f8f4f', '#8f4fbf', '#7f7f00', '#008f8f']

/** Draws lines over the same steps, from 0 up. */
export function linePlot(title: string, unit: string, lines: readonly Line[]): string {
  const most = Math.max(1, ...lines.flatMap(({ values }) => values))
  const steps = Math.max(1, ...lines.map(({ values }) => values.length - 1))
  const x = (step: number): string => (left + ((width - left - 150) * step) / steps).toFixed(1)
  const y = (value: number): string => (height - bottom - ((height - bottom - top) * value) / most).toFixed(1)
  const drawn = lines.map(({ name, values }, at) => {
    const colour = colours[at % colours.length] ?? ''
    const points = values.map((value, step) => `${x(step)},${y(value)}`).join(' ')
    const label = `<text x="${width - 142}" y="${top + 16 * at}" fill="${colour}">${escaped(name)}</text>`
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points}"/>${label}`
  })
  const scale = [0, most / 2, most].map(
    (value) => `<text x="${left - 6}" y="${y(value)}" text-anchor="end">${value.toFixed(0)}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
<text x="${left}" y="14" font-weight="bold">${escaped(title)} (${escaped(unit)})</text>
${scale.join('\n')}
${drawn.join('\n')}
</svg>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
