import { text } from './read.ts'

/** Source: AWS WAFV2 API, ResourceArn. */
export const arn = text(20, 2048, /\S/)
/** Source: AWS WAFV2 API, EntityName. */
export const entityName = text(1, 128, /^[\w-]+$/)
/** Source: AWS WAFV2 API, LabelName and LabelMatchKey. */
export const labelText = text(1, 1024, /^[0-9A-Za-z_\-:]+$/)
/** Source: AWS WAFV2 API, ForwardedIPHeaderName. */
export const headerName = text(1, 255, /^[a-zA-Z0-9-]+$/)
