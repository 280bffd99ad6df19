import type { Service } from './chosen.ts'
import type { SelectedModel } from './select.ts'

/**
 * Constraints that are narrower than what a self-hosted deployment needs, by service and shape, with what takes their place.
 * AWS reaches an external key store's proxy on port 443 alone; one in a private network may stand on any port.
 */
const widened: Readonly<Partial<Record<Service, Readonly<Record<string, { from: string; to: string }>>>>> = {
  kms: {
    XksProxyUriEndpointType: { from: '^https://[a-zA-Z0-9.-]+$', to: String.raw`^https://[a-zA-Z0-9.-]+(:\d{1,5})?$` },
  },
}

/** The model with its widened patterns; fails when AWS changed one, so that somebody looks. */
export function widen(service: Service, model: SelectedModel): SelectedModel {
  const shapes = Object.entries(widened[service] ?? {}).map(([name, { from, to }]) => {
    const shape = model.shapes[name]
    if (shape?.['pattern'] !== from) throw new Error(`the pattern of ${service} ${name} is not '${from}' any more`)
    return [name, { ...shape, pattern: to }]
  })
  return { ...model, shapes: { ...model.shapes, ...Object.fromEntries(shapes) } }
}
