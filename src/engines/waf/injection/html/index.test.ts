// Goal: text that runs a script in a page is told from text with brackets, markup and code in it.
// Method: rows of both, each with the reason; the examples are our own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCrossSiteScripting } from './index.ts'

const attacks: readonly (readonly [why: string, text: string])[] = [
  ['a script element', '<script>ping()</script>'],
  ['in any case, with an attribute', '<ScRiPt src=//evil.example></sCrIpT>'],
  ['after text without a space', 'tea<script>ping()//'],
  ['a slash instead of the space', '<script/x>ping()</script>'],
  ['a handler of an element', '<p onmouseover="ping()">hi'],
  ['a handler without quotes, in a slash-separated tag', '<svg/onload=ping()>'],
  ['a handler that no list knows yet', '<div onsomethingnew=ping(1)>'],
  ['a handler within an attribute value that the text closes', 'x" onfocus="ping()" autofocus="'],
  ['the same with single quotes', "x' onfocus=ping() autofocus='"],
  ['the same where no quotes were', 'x onfocus=ping() autofocus'],
  ['an attribute list as the whole text', 'style=x:url(javascript:ping())'],
  ['a URL that is a script', 'javascript:alert(4)'],
  ['with white space and entities inside', '<a href="java&#10;scr&Tab;ipt&colon;ping()">go'],
  ['numeric entities, padded and unterminated', '<a href="&#0000106avascript:ping()">go'],
  ['a data URL that is a page', '<object data="data:text/html;base64,PHNjcmlwdD4=">'],
  ['vbscript', '<img src="vbscript:msgbox(1)">'],
  ['a form sent to a script', '<form><button formaction=javascript:ping()>go'],
  ['a page within an attribute', '<iframe srcdoc="&lt;script&gt;ping()&lt;/script&gt;">'],
  ['a frame of another site', '<iframe src=//evil.example>'],
  ['a base for all relative links', '<base href="//evil.example/">'],
  ['a redirect in a meta element', '<meta http-equiv=refresh content="0;url=javascript:ping()">'],
  ['a style that computes', '<div style="width:expr/**/ession(ping())">'],
  ['a style with escapes', '<div style="background:\\75rl(\\6a avascript:ping())">'],
  ['an animation that sets a link', '<svg><set attributeName=href to=javascript:ping()></svg>'],
  ['a string of a script is closed', "x');alert(1);//"],
  ['a string of a script is continued', '"-alert(1)-"'],
  ['the text is a call', 'confirm(document.domain)'],
  ['a name in parentheses is called', '(alert)(1)'],
  ['entities around all of it', '&lt;img src=x onerror=ping()&gt;'],
  ['escapes of a script around all of it', '\\u003cimg src=x onerror=ping()\\u003e'],
  ['full-width brackets', '\uff1cscript\uff1eping()\uff1c/script\uff1e'],
  ['script without letters', '[][(![]+[])[+[]]]'],
  ['an element closed and another opened', '--></title><svg onload=ping()>'],
]

const benign: readonly (readonly [why: string, text: string])[] = [
  ['bold text', '<b>bold</b> and <i>italic</i>'],
  ['a paragraph with a class', '<p class="note">Hello</p>'],
  ['a link', '<a href="https://example.org/a?b=c">there</a>'],
  ['an image', '<img src="/cat.png" alt="a cat">'],
  ['a table', '<table><tr><td>1</td></tr></table>'],
  ['a comparison', 'a < b && c > d'],
  ['a comparison without spaces', 'if (a<b) return c>d'],
  ['generics', 'Map<String, List<Object>> m = new HashMap<>()'],
  ['a type parameter', 'function f<T extends object>(x: T): Promise<T>'],
  ['an arrow and a heart', 'I <3 this -> so much'],
  ['an address', 'Jo Doe <jo@example.org>'],
  ['a handler as JSX writes it', '<button onClick={() => save(item)}>Save</button>'],
  ['a named handler of JSX', '<Form onSubmit={handleSubmit} />'],
  ['styles of JSX', "<div style={{ marginBottom: '1em' }}>"],
  ['plain style', '<span style="color: red; width: 50%">red</span>'],
  ['words that begin with on', 'once="1" only = "two" online=true'],
  ['an assignment in prose', 'the "price" on sale = 5'],
  ['JavaScript of a sample', "const x = document.querySelector('a')"],
  ['a call in prose', 'Use fetch() or alert the user (politely)'],
  ['a word before a colon', 'JavaScript: the good parts'],
  ['entities in prose', 'Fish &amp; chips &lt;3 &quot;yum&quot;'],
  ['a Windows path', 'C:\\users\\x\\onload'],
  ['XML', '<?xml version="1.0"?><order id="4"><item>tea</item></order>'],
  ['a comment', '<!-- to do: write more -->'],
  ['a URL with parameters', 'https://example.org/?online=1&onset=2'],
  ['a data URL of an image', 'data:image/png;base64,iVBORw0KGgo='],
  ['LaTeX', '\\frac{a}{b} < \\sqrt{2}'],
  ['a JSON document', '{"html":"<b>x</b>","on":true,"onset":"x=1"}'],
  ['an emoticon', '>:( or <(^_^)>'],
  ['a doctype of HTML', '<!DOCTYPE html><html lang="en"><body>Hi</body></html>'],
  ['an e-mail quotation', '> she wrote:\n> > I agree = yes'],
  ['a shell redirect', 'sort < in.txt > out.txt'],
  ['a possessive and an equation', "Ohm's law: V = I*R"],
]

for (const [why, text] of attacks) {
  test(`cross-site scripting: ${why}`, () => assert.equal(isCrossSiteScripting(text), true, text))
}
for (const [why, text] of benign) {
  test(`no cross-site scripting: ${why}`, () => assert.equal(isCrossSiteScripting(text), false, text))
}
test('every row ran, and there are as many benign ones', () => {
  assert.deepEqual([attacks.length, benign.length], [33, 33])
})
