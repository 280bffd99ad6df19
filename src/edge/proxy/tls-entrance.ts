import type { Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import type { CertificateChoice } from '../door.ts'
import type { TlsFacts } from '../request.ts'
import { type ClientHello, readClientHello } from './client-hello.ts'
import type { Kept, Place } from './connection.ts'
import { Http1Connection } from './http1-connection.ts'
import { Http2Entrance } from './http2-connection.ts'
import { logBug, type Shared } from './shared.ts'

/** A connection whose protocol is not known yet. */
interface Waiting {
  readonly socket: Socket
  readonly sinceMs: number
}

/** The first byte of a TLS record that holds a handshake. */
const handshakeRecord = 22

/**
 * Tells TLS from plain HTTP by a connection's first byte, shows the certificate of the name that is asked for, and hands what is inside
 * on. A ClientHello is read twice: here for its fingerprints, and by the TLS library.
 */
export class TlsEntrance {
  readonly #shared: Shared
  readonly #keep: (connection: Kept, socket: Socket) => void
  readonly #waiting = new Set<Waiting>()
  readonly #handshaking = new Set<Socket>()
  /** By certificate and policy; a certificate that is replaced has another chain. */
  readonly #contexts = new WeakMap<object, Map<object, SecureContext | undefined>>()
  readonly #http2: Http2Entrance

  constructor(shared: Shared, keep: (connection: Kept, socket: Socket) => void) {
    this.#shared = shared
    this.#keep = keep
    this.#http2 = new Http2Entrance(shared, keep)
  }

  /** Waits for the first bytes; `plain` takes the connection where they are no TLS. */
  sniff(socket: Socket, place: Place, plain: () => void): void {
    const waiting: Waiting = { socket, sinceMs: this.#shared.world.nowMs() }
    this.#waiting.add(waiting)
    let gathered = Buffer.alloc(0)
    const forget = (): void => {
      this.#waiting.delete(waiting)
      socket.off('data', look)
      socket.off('close', forget)
      socket.off('end', ended)
    }
    const ended = (): void => {
      socket.end()
    }
    const look = (bytes: Buffer): void => {
      gathered = gathered.length === 0 ? Buffer.from(bytes) : Buffer.concat([gathered, bytes])
      const tls = gathered[0] === handshakeRecord
      const hello = tls ? readClientHello(gathered) : undefined
      if (hello === 'more') return
      forget()
      socket.pause()
      if (tls) {
        socket.unshift(gathered)
        this.#handshake(socket, place, hello)
        return
      }
      plain()
      socket.emit('data', gathered)
      socket.resume()
    }
    socket.on('data', look)
    socket.on('close', forget)
    socket.on('end', ended)
    socket.on('error', () => undefined)
  }

  /** How many are on the way in. */
  get size(): number {
    return this.#waiting.size + this.#handshaking.size
  }

  sweep(nowMs: number): void {
    const { headMsMax } = this.#shared.limits
    for (const { socket, sinceMs } of this.#waiting) if (nowMs - sinceMs > headMsMax) socket.destroy()
  }

  /** Ends those of whom nothing has come. */
  stop(): void {
    for (const { socket } of this.#waiting) socket.destroy()
  }

  cut(): void {
    this.stop()
    for (const socket of this.#handshaking) socket.destroy()
  }

  #handshake(socket: Socket, place: Place, hello: ClientHello | undefined): void {
    const { world, limits } = this.#shared
    const fallback = this.#choose(place, undefined)
    if (fallback === undefined) return void socket.destroy() // Nothing on this port speaks TLS.
    const secureContext = this.#contextOf(fallback)
    if (secureContext === undefined) return void socket.destroy()
    let chosen = fallback
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      ALPNProtocols: fallback.http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
      SNICallback: (serverName, done) => {
        chosen = this.#choose(place, serverName.toLowerCase()) ?? fallback
        const context = this.#contextOf(chosen)
        if (context) done(null, context)
        else done(new Error(`no TLS with ${chosen.certificate.arn}`))
      },
    })
    const giveUp = world.after(limits.handshakeMsMax, () => socket.destroy())
    this.#handshaking.add(socket)
    socket.once('close', () => this.#handshaking.delete(socket))
    const failed = (): void => {
      giveUp()
      secure.destroy()
    }
    secure.on('error', failed)
    secure.once('secure', () => {
      giveUp()
      this.#handshaking.delete(socket)
      secure.off('error', failed)
      secure.on('error', () => undefined)
      // As tls.Server does for the sockets that it makes: node:http2 waits for it.
      Object.assign(secure, { secureConnecting: false })
      const facts: TlsFacts = {
        version: secure.getProtocol() ?? '',
        cipher: secure.getCipher().name,
        serverName: typeof secure.servername === 'string' ? secure.servername.toLowerCase() : undefined,
        certificateArn: chosen.certificate.arn,
        ja3: hello?.ja3,
        ja4: hello?.ja4,
      }
      try {
        this.#enter(secure, { ...place, tls: facts })
      } catch (error) {
        logBug(this.#shared, error)
        secure.destroy()
      }
    })
  }

  #enter(secure: TLSSocket, place: Place): void {
    if (secure.alpnProtocol === 'h2') this.#http2.enter(secure, place)
    else this.#keep(new Http1Connection(secure, place, this.#shared), secure)
  }

  #choose({ port }: Place, serverName: string | undefined): CertificateChoice | undefined {
    return this.#shared.doors().certificate(port, serverName)
  }

  /** `undefined` for a certificate that the TLS library does not take: nobody who asks for its name is served, everybody else is. */
  #contextOf({ certificate, policy }: CertificateChoice): SecureContext | undefined {
    const byPolicy = this.#contexts.get(certificate) ?? new Map<object, SecureContext | undefined>()
    this.#contexts.set(certificate, byPolicy)
    if (byPolicy.has(policy)) return byPolicy.get(policy)
    let made: SecureContext | undefined
    try {
      made = createSecureContext({
        cert: certificate.chain,
        key: certificate.privateKey,
        minVersion: policy.minVersion,
        maxVersion: policy.maxVersion,
        ciphers: policy.ciphers.join(':'),
        honorCipherOrder: true,
      })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#shared.log({ level: 'error', event: 'certificate-unusable', certificate: certificate.arn, why })
    }
    byPolicy.set(policy, made)
    return made
  }
}
