// An HTTP/1.1 server, lean and strict: it stands before everything else that reads what a stranger sent.
export type { Http1Request, Respond } from './http1-request.ts'
export { defaultLimits, type Http1Limits } from './limits.ts'
export { createHttp1Server, type Give, type Http1Server } from './server.ts'
// What another reader of HTTP/1 shares: the edge's, which hands bodies on as they come.
export { ChunkedBody } from './chunked-body.ts'
export { contentLength, hostAndPort, notInFieldValue, notInHead, token, trimmed } from './grammar.ts'
export { reasonPhrases } from './reason-phrases.ts'
export { SectionEnd } from './section-end.ts'
