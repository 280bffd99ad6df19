/** What is needed of a Node stream of bytes that arrives from a client. */
export interface IncomingBody {
  read(): unknown
  unshift(chunk: Uint8Array): void
  /** Reads on and drops what comes. */
  resume(): unknown
  on(event: 'readable' | 'error' | 'close', listener: (error?: unknown) => void): unknown
  removeListener(event: 'readable' | 'error' | 'close', listener: (error?: unknown) => void): unknown
  /** Whether the whole message has arrived. */
  readonly complete: boolean
  readonly destroyed: boolean
}

export interface ReadAhead {
  readonly body: Uint8Array
  readonly cut: boolean
}

const nothing = new Uint8Array(0)

/**
 * The first bytes of a body, which stay in the stream for whoever reads it next. Rejects when the client goes away.
 */
export function readAhead(stream: IncomingBody, bytesMax: number): Promise<ReadAhead> {
  const chunks: Uint8Array[] = []
  let size = 0
  return new Promise((resolve, reject) => {
    const settle = (then: () => void): void => {
      stream.removeListener('readable', look)
      stream.removeListener('error', gone)
      stream.removeListener('close', gone)
      then()
    }
    const gone = (error?: unknown): void =>
      settle(() => reject(error instanceof Error ? error : new Error('the request was aborted')))
    const look = (): void => {
      for (let chunk = stream.read(); chunk !== null && size <= bytesMax; chunk = stream.read()) {
        if (!(chunk instanceof Uint8Array)) return gone(new Error('the body must be read as bytes'))
        chunks.push(chunk)
        size += chunk.length
        if (size > bytesMax) break
      }
      if (size <= bytesMax && !stream.complete) return
      settle(() => {
        const all = chunks.length === 1 ? (chunks[0] ?? nothing) : Buffer.concat(chunks)
        // In the same turn as the last read: once the stream has told its end, nothing can be put back.
        if (all.length > 0) stream.unshift(all)
        resolve({ body: all.subarray(0, bytesMax), cut: size > bytesMax })
      })
    }
    if (stream.destroyed) return gone()
    stream.on('error', gone)
    stream.on('close', gone)
    stream.on('readable', look)
  })
}

/** Whether a request has a body, by its headers: RFC 9112, section 6. */
export function announcesBody(headers: readonly (readonly [name: string, value: string])[]): boolean {
  return headers.some(([name, value]) => {
    const lower = name.toLowerCase()
    return lower === 'transfer-encoding' || (lower === 'content-length' && value.trim() !== '0')
  })
}
