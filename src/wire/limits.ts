/** Nesting of a JSON, XML or CBOR document and of a query parameter's name. No model's input needs half of it. */
export const nestingMax = 100

/**
 * Values of a JSON or CBOR document, elements and attributes of an XML one, parts of a query's names: each takes up to a hundred times the
 * memory of the few bytes that it is. The widest inputs (PutMetricData, PutLogEvents) have a fifth of it.
 */
export const itemsMax = 500_000

/** Parameters of one query request: PutMetricData, the widest operation, takes some 30,000. */
export const parametersMax = 100_000

/** Bytes of a compressed body when inflated. Source: CloudWatch API Reference, PutMetricData: 1 MB uncompressed. */
export const inflatedBytesMax = 4 * 1024 * 1024

/** Violations that one message lists, and characters of a value that it quotes: an error must not outgrow its request. */
export const violationsMax = 50
export const quotedCharactersMax = 1024
