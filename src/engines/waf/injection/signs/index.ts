/**
 * What a text consists of, found in one pass: kinds of characters and pieces of words. It says which detectors can find
 * something in the text at all: for most texts, none.
 */
export { needs } from './needs.ts'
export { type Signs, signsOf, bothSigns, anyMark, anyWord, always, mark, word } from './signs.ts'
