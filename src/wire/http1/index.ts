// An HTTP/1.1 server, lean and strict: it stands before everything else that reads what a stranger sent.
export type { Http1Request, Respond } from './http1-request.ts'
export { defaultLimits, type Http1Limits } from './limits.ts'
export { createHttp1Server, type Http1Server, type Http1ServerOptions } from './server.ts'
