import { createServer } from 'node:net'

/** A port that can be bound, or why not: `EADDRINUSE`, `EACCES`. */
export type Probed = { readonly port: number } | { readonly error: string }

/**
 * Looks whether a port is free, for nobody else: workers bind it shared, and two servers that both do so would take each other's
 * connections. 0 finds a free one.
 */
export function probe(host: string, port: number): Promise<Probed> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve({ error: 'code' in error ? String(error.code) : error.message }))
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address()
      const bound = typeof address === 'object' && address !== null ? address.port : port
      server.close(() => resolve({ port: bound }))
    })
  })
}
