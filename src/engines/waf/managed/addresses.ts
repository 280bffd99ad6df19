import { anyMark, mark } from '../injection/signs/index.ts'
import type { TextTest } from '../statements/index.ts'

/** Where clouds tell a machine who it is. */
const metadata =
  /169\.254\.169\.254|169\.254\.170\.2|fd00:ec2::254|metadata\.google|metadata\/instance|instance-data|latest\/(?:meta-data|user-data|dynamic)/i

/** An address by which a server would ask the cloud about itself. */
export const metadataRequest: TextTest = { test: (text) => metadata.test(text), detector: 'ServerRequest' }

const remote = /^\s*(?:https?|ftps?|php|smb|file):\/\/(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?:[/?#]|$)/i
const program = /^\s*(?:https?|ftps?):\/\/[^\s?#]{1,512}\.(?:php\d?|phtml|asp|aspx|jsp|sh|pl|py|txt)\?*$/i
const query = /\?+$/

/** A host behind an at-sign where only a lenient parser sees one: `http://shop.example/@evil.example/`, `?@…`, `#@…`, `\\@…`. */
const hidden =
  /^\s*(?:https?|ftps?):\/{2,3}[^\s/?#@]{1,255}(?:\/@[\w-]{1,63}\.(?:com|net|org|info|biz|xyz|ru|cn|top)\/?$|\/?[?#\\]@[\w-]{1,63}\.[\w.-]{2,255}(?:[:/]|$))/i
/** A scheme by which a file is fetched, cut off by `?`. */
const fetched = /^\s*(?:ftps?|file)(?::\S{0,1024})?\?+$/i

/** An address of a file that an application is to load and run: of a machine without a name, or a program's, cut off by `?`. */
export const remoteFile: TextTest = {
  test: (text) =>
    text.length <= 4_096 &&
    (remote.test(text) ||
      hidden.test(text) ||
      fetched.test(text) ||
      (program.test(text) && query.test(text))),
  needs: (signs) =>
    (anyMark(signs, mark.colon) && anyMark(signs, mark.slash)) || anyMark(signs, mark.question),
}
